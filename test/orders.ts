/** A list in every order there is; of n things n! lists. */
export const orders = <T>(items: T[]): T[][] =>
  items.length < 2 ? [items] : items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
