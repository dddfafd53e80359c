import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnKind } from './format.js';
import type { Row, Snapshot } from './snapshot.js';

const kinds: Record<string, ColumnKind> = { datetime: 'time', blob: 'bytes', boolean: 'flag' };

/**
 * A second connection in a read transaction. The write-ahead log lets the app go on writing; it cannot be shortened below what
 * we look at, so it grows by what is written until {@link Snapshot.close}.
 */
export async function openSqliteSnapshot(dataDir: string): Promise<Snapshot> {
  const path = join(dataDir, 'tributary.sqlite');
  if (!existsSync(path)) throw new Error(`There is no database at ${path}. Is DATA_DIR right?`);
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  database.exec('BEGIN');
  const pragma = (name: string, table: string) => database.pragma(`${name}(${table})`) as Array<Record<string, string>>;
  const kindOf = (type: string): ColumnKind => kinds[type.toLowerCase()] ?? 'plain';
  return {
    dialect: 'sqlite',
    async tables() {
      const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`;
      return (database.prepare(sql).pluck().all() as string[]).map((name) => ({
        name,
        columns: pragma('table_info', name).map((column) => ({ name: column.name!, kind: kindOf(column.type!) })),
        refersTo: pragma('foreign_key_list', name).map((key) => key.table!),
      }));
    },
    async *rows(sql) {
      yield* database.prepare<[], Row>(sql).iterate();
    },
    async close() {
      if (database.open) database.close();
    },
  };
}
