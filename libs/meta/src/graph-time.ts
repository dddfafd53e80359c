import { asText } from './json.js';

/** A time as Graph's reads give it, ISO 8601 with `+0000`; undefined for anything else. */
export function graphTime(value: unknown): Date | undefined {
  const time = new Date(asText(value) ?? NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
