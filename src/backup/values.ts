import type { Dialect } from '../database/dialect.js';
import type { ColumnKind } from './format.js';

/** A value in a row of a backup; the same whatever database it came from. */
export type Value = string | number | boolean | null;

/** What the driver gave us, as it stands in a backup. */
export function toBackup(kind: ColumnKind, value: unknown): Value {
  if (value === null) return null;
  switch (kind) {
    case 'time':
      return milliseconds(value as string | Date);
    case 'bytes':
      return (value as Buffer).toString('base64');
    case 'flag':
      return Boolean(value);
    case 'plain':
      return value as string | number;
  }
}

/** As the driver of the other database takes it; `json` is text that PostgreSQL will read as JSON. */
export function fromBackup(dialect: Dialect, kind: ColumnKind | 'json', value: Value): unknown {
  if (value === null) return null;
  switch (kind) {
    case 'time':
      return timestamp(dialect, new Date(value as number));
    case 'bytes':
      return Buffer.from(value as string, 'base64');
    case 'flag':
      return dialect === 'sqlite' ? Number(value) : value;
    case 'json':
      return (value as string).replace(escapedNul, '$1');
    case 'plain':
      return dialect === 'postgres' && typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
  }
}

/** PostgreSQL has no U+0000, neither in text nor in JSON, where it is written as an escape that no other backslash escapes. */
const escapedNul = /(?<!\\)((?:\\\\)*)\\u0000/g;

/** SQLite has times as text in UTC: `2026-11-22 09:30:00.000`. */
function milliseconds(value: string | Date): number {
  const time = value instanceof Date ? value.getTime() : Date.parse(`${value.replace(' ', 'T')}Z`);
  if (Number.isNaN(time)) throw new Error(`"${String(value)}" is no time.`);
  return time;
}

function timestamp(dialect: Dialect, time: Date): string {
  const iso = time.toISOString();
  return dialect === 'sqlite' ? iso.replace('T', ' ').replace('Z', '') : iso;
}
