/** Where long work says how far it is; `total` and what is added are in the unit, a noun in the plural or `bytes`. */
export type Watch = (label: string, total: number | undefined, unit: string) => { add(amount: number): void; end(): void };
