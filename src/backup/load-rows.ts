import type { EntityManager } from 'typeorm';
import type { Dialect } from '../database/dialect.js';
import type { Manifest, TableShape } from './format.js';
import type { Watch } from './progress.js';
import { readBackup, textOf } from './read-backup.js';
import { fromBackup, type Value } from './values.js';

/** PostgreSQL takes 65,535 values in a statement, SQLite 32,766. */
const mostValues = 30_000;
const mostRows = 500;

/** Fills empty tables with the rows of a backup. They come in an order in which each finds what it refers to. */
export async function loadRows(manager: EntityManager, path: string, manifest: Manifest, watch: Watch): Promise<void> {
  const total = manifest.tables.reduce((sum, { rows }) => sum + rows, 0);
  const progress = watch('Rows', total, 'rows');
  const tables = new Map(manifest.tables.map((table) => [table.name, table]));
  // Migrations put first rows into some.
  for (const name of [...tables.keys()].reverse()) await manager.query(`DELETE FROM "${name}"`);
  const json = await jsonColumns(manager);
  for await (const { kind, table, content } of readBackup(path)) {
    if (kind === 'file') break;
    if (kind !== 'table') continue;
    const rows = (await textOf(content)).trimEnd().split('\n');
    await insert(
      manager,
      tables.get(table)!,
      json,
      rows.map((line) => JSON.parse(line) as Value[]),
    );
    progress.add(rows.length);
  }
  progress.end();
}

async function insert(manager: EntityManager, { name, columns }: TableShape, json: Set<string>, rows: Value[][]): Promise<void> {
  const dialect = dialectOf(manager);
  const list = columns.map((column) => `"${column.name}"`).join(', ');
  const kinds = columns.map((column) => (json.has(`${name}.${column.name}`) ? 'json' : column.kind));
  const step = Math.min(mostRows, Math.floor(mostValues / columns.length));
  for (let from = 0; from < rows.length; from += step) {
    const some = rows.slice(from, from + step);
    const values = some.flatMap((row) => row.map((value, index) => fromBackup(dialect, kinds[index]!, value)));
    await manager.query(`INSERT INTO "${name}" (${list}) VALUES ${places(dialect, some.length, columns.length)}`, values);
  }
}

function places(dialect: Dialect, rows: number, columns: number): string {
  const place = (index: number) => (dialect === 'postgres' ? `$${index + 1}` : '?');
  const row = (at: number) => `(${Array.from({ length: columns }, (_, index) => place(at * columns + index)).join(', ')})`;
  return Array.from({ length: rows }, (_, at) => row(at)).join(', ');
}

/** `table.column` of what PostgreSQL will read as JSON. */
async function jsonColumns(manager: EntityManager): Promise<Set<string>> {
  if (dialectOf(manager) === 'sqlite') return new Set();
  const rows = await manager.query<Array<{ name: string }>>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'jsonb'`,
  );
  return new Set(rows.map(({ name }) => name));
}

export const dialectOf = (manager: EntityManager): Dialect => (manager.connection.options.type === 'postgres' ? 'postgres' : 'sqlite');
