import type { Config } from '../config.js';
import type { Dialect } from '../database/dialect.js';
import type { TableShape } from './format.js';
import { openPostgresSnapshot } from './postgres-snapshot.js';
import { openSqliteSnapshot } from './sqlite-snapshot.js';

export type Row = Record<string, unknown>;

/** The database as it was at one moment, while others go on writing. It changes nothing. */
export interface Snapshot {
  dialect: Dialect;
  /** All tables with their columns and the tables they refer to. */
  tables(): Promise<Array<TableShape & { refersTo: string[] }>>;
  /** Rows as they are asked for, so that their number does not matter. One query at a time. */
  rows(sql: string): AsyncIterable<Row>;
  close(): Promise<void>;
}

export function openSnapshot(config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>): Promise<Snapshot> {
  return config.DATABASE_URL ? openPostgresSnapshot(config.DATABASE_URL) : openSqliteSnapshot(config.DATA_DIR);
}

/** For a query with few answers. */
export async function all<T extends Row>(snapshot: Snapshot, sql: string): Promise<T[]> {
  const rows: Row[] = [];
  for await (const row of snapshot.rows(sql)) rows.push(row);
  return rows as T[];
}
