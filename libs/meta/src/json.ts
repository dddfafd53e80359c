import { parse } from 'lossless-json';

export type JsonObject = Record<string, unknown>;

/** Parses JSON and keeps every digit: integers beyond 2^53, as Meta's ids often are, become strings. Throws SyntaxError, or RangeError when nested too deep. */
export const parseJson = (text: string): unknown => parse(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });

const parseNumber = (digits: string): number | string =>
  /^-?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits)) ? digits : Number(digits);

/** What {@link parseJson} makes of a text, undefined when it is no JSON. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The value itself if it is a JSON object, else undefined. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Text that is not empty, else undefined. */
export const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** An id as digits or text; Meta sends ids as strings, and old versions and odd fields as numbers. */
export const asId = (value: unknown): string | undefined => (Number.isSafeInteger(value) ? String(value) : asText(value));
