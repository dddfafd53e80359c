import pg from 'pg';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { restoreMark } from '../database/unfinished-restore.js';

type Place = Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>;

/** Where a SQLite database grows until it is whole. */
export const draftDatabase = (dataDir: string) => join(dataDir, 'restoring.sqlite');

/** What there is already where a restore should go, as words; the key may be there before. Empty when all is free. */
export async function whatIsThere({ DATA_DIR, DATABASE_URL }: Place): Promise<string[]> {
  const names = (await readdir(DATA_DIR).catch(unlessMissing)).filter((name) => name !== 'secret.key').sort();
  const tables = DATABASE_URL ? await tablesOf(DATABASE_URL) : [];
  return [
    ...(names.length ? [`${DATA_DIR} holds ${some(names)}`] : []),
    ...(tables.length ? [`the PostgreSQL database holds the tables ${some(tables)}`] : []),
  ];
}

/** Marks the place, so that no app starts on half an inbox. */
export async function begin({ DATA_DIR }: Place, words: string): Promise<void> {
  await mkdir(DATA_DIR, { recursive: true, mode: 0o700 });
  await writeFile(restoreMark(DATA_DIR), `${words}\n`, { mode: 0o600, flush: true });
}

export const isUnfinished = ({ DATA_DIR }: Place): boolean => existsSync(restoreMark(DATA_DIR));

/** Takes away what an unfinished restore left: it began in an empty place, so all but the key is its own. PostgreSQL has rolled back its part. */
export async function clear({ DATA_DIR }: Place): Promise<void> {
  const draft = draftDatabase(DATA_DIR);
  for (const path of [join(DATA_DIR, 'attachments'), draft, `${draft}-journal`]) await rm(path, { recursive: true, force: true });
  await rm(restoreMark(DATA_DIR), { force: true });
}

async function tablesOf(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

const some = (names: string[]) => (names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', '));

function unlessMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
