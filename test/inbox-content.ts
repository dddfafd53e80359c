import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';

type Env = Record<string, string>;
type Row = Record<string, unknown>;
/** Table → its rows, each in the same form whatever database it is in, sorted. */
export type Content = Record<string, Row[]>;

/** Everything in the database of a ground, read without any code of the product. */
export async function contentOf({ DATABASE_URL, DATA_DIR }: Env): Promise<Content> {
  const tables = DATABASE_URL ? await fromPostgres(DATABASE_URL) : fromSqlite(join(DATA_DIR!, 'tributary.sqlite'));
  for (const rows of Object.values(tables)) rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return tables;
}

/** Path under the data directory → SHA-256 of the file there. */
export async function filesOf({ DATA_DIR }: Env): Promise<Record<string, string>> {
  const root = join(DATA_DIR!, 'attachments');
  const found: Record<string, string> = {};
  if (!existsSync(root)) return found;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(root.length)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return found;
}

function fromSqlite(path: string): Content {
  const database = new Database(path, { timeout: 5_000 });
  try {
    const names = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all() as Array<{ name: string }>;
    const own = names.map(({ name }) => name).filter((name) => !/^(sqlite_|message_search|migrations$)/.test(name));
    return Object.fromEntries(
      own.map((name) => {
        const columns = database.prepare(`PRAGMA table_info("${name}")`).all() as Array<{ name: string; type: string }>;
        const types = new Map(columns.map((column) => [column.name, column.type.toLowerCase()]));
        return [name, (database.prepare(`SELECT * FROM "${name}"`).all() as Row[]).map((row) => mapRow(row, types))];
      }),
    );
  } finally {
    database.close();
  }
}

async function fromPostgres(url: string): Promise<Content> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
    const content: Content = {};
    for (const { name } of rows.filter((row) => !/^(message_search|migrations)$/.test(row.name)))
      content[name] = (await client.query<Row>(`SELECT * FROM "${name}"`)).rows.map((row) => mapRow(row, new Map()));
    return content;
  } finally {
    await client.end();
  }
}

const mapRow = (row: Row, types: Map<string, string>): Row =>
  Object.fromEntries(
    Object.entries(row)
      .map(([name, value]) => [name, plain(value, types.get(name))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function plain(value: unknown, type = ''): unknown {
  if (value === null) return null;
  if (type === 'boolean') return value === 1;
  if (type === 'datetime') return new Date(`${(value as string).replace(' ', 'T')}Z`).toISOString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'string') return asJson(value);
  return typeof value === 'object' ? sorted(value) : value;
}

/** SQLite has JSON as text. */
function asJson(text: string): unknown {
  if (!/^[[{"]/.test(text)) return text;
  try {
    return sorted(JSON.parse(text));
  } catch {
    // Words that only begin like JSON.
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
