/** A value that cannot be what it should; the message begins with the path to it. */
export class WrongField extends Error {
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
  }
}

/** Makes something typed of a value of JSON. Throws {@link WrongField}. */
export type Reader<T> = (value: unknown, path: string) => T;

/** Reads an object field by field. */
export type Shape<T> = { [Key in keyof T]-?: Reader<T[Key]> };

export const text: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new WrongField(path, `should be a text, not ${shown(value)}`);
};

export const number: Reader<number> = (value, path) => {
  if (typeof value === 'number') return value;
  throw new WrongField(path, `should be a number, not ${shown(value)}`);
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw new WrongField(path, `should be true or false, not ${shown(value)}`);
};

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or a text such as `250ms`, `2s`, `5m`, `1h30m`, `7d`; in ms. */
export const duration: Reader<number> = (value, path) => {
  if (typeof value === 'number' && value >= 0) return value;
  const parts = typeof value === 'string' ? [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)] : [];
  if (parts.length && parts.map(([part]) => part).join('') === value)
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0);
  throw new WrongField(path, `should be a time such as "250ms", "2s", "5m", "1h30m" or "7d", not ${shown(value)}`);
};

/** A point in time in ISO 8601; in ms. */
export const moment: Reader<number> = (value, path) => {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new WrongField(path, `should be a time such as "2026-11-22T10:00:00Z", not ${shown(value)}`);
};

export const oneOf =
  <const Choices extends readonly string[]>(choices: Choices): Reader<Choices[number]> =>
  (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new WrongField(path, `should be one of ${choices.join(', ')}, not ${shown(value)}`);
  };

export const list =
  <T>(item: Reader<T>): Reader<T[]> =>
  (value, path) => {
    if (Array.isArray(value)) return value.map((each, place) => item(each, `${path}[${place}]`));
    throw new WrongField(path, `should be a list, not ${shown(value)}`);
  };

export const optional =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : reader(value, path);

/** What is not given is this. */
export const usually =
  <T>(otherwise: NoInfer<T>, reader: Reader<T>): Reader<T> =>
  (value, path) =>
    value === undefined ? otherwise : reader(value, path);

export const orNull =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : reader(value, path);

/** An object of any fields; a number that is too large for JSON's is written as text. */
export const object: Reader<Record<string, unknown>> = (value, path) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new WrongField(path, `should be an object, not ${shown(value)}`);
};

/** An object of these fields and no others. */
export const shape =
  <T>(fields: Shape<T>): Reader<T> =>
  (value, path) => {
    const given = object(value, path);
    const stranger = Object.keys(given).find((key) => !(key in fields));
    if (stranger) throw new WrongField(below(path, stranger), `there is no such field; there are ${Object.keys(fields).join(', ')}`);
    const read = Object.entries<Reader<unknown>>(fields).map(([key, reader]) => [key, reader(given[key], below(path, key))]);
    return Object.fromEntries(read) as T;
  };

const below = (path: string, key: string) => (path ? `${path}.${key}` : key);

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return JSON.stringify(value).slice(0, 60);
}
