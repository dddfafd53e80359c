import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { filePath, type TableShape } from './format.js';
import { all, type Snapshot } from './snapshot.js';
import type { TarEntry } from './tar.js';

/** Where rows name files of the store. What was released (`gone`) is only there until it is swept away. */
const references: Array<[table: string, column: string, onlyIf?: string]> = [
  ['attachment', 'sha256', 'state'],
  ['identity', 'picture_sha256'],
  ['inbound_event', 'payload_sha256'],
];

/** Of a SHA-256. */
export const hashBytes = 32;

/** Gathers the hashes of files that are not in the store, and of those that are not what their hash says. */
export interface Complaints {
  absent: string[];
  damaged: string[];
}

/** The hashes of all files that rows refer to: 32 bytes each, for millions of them have to fit into memory. */
export async function referredFiles(snapshot: Snapshot, tables: TableShape[]): Promise<Buffer> {
  const sql = referencesSql(tables);
  const hashes: Buffer[] = [];
  if (sql) for await (const { sha256 } of snapshot.rows(sql)) hashes.push(Buffer.from(sha256 as string, 'hex'));
  return Buffer.concat(hashes);
}

/** Those of these hashes that rows still refer to. */
export async function stillReferred(snapshot: Snapshot, tables: TableShape[], hashes: string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let from = 0; from < hashes.length; from += 500) {
    const some = hashes.slice(from, from + 500).map((hash) => `'${hash}'`);
    const rows = await all<{ sha256: string }>(
      snapshot,
      `SELECT sha256 FROM (${referencesSql(tables)}) r WHERE sha256 IN (${some.join(', ')})`,
    );
    for (const { sha256 } of rows) found.add(sha256);
  }
  return found;
}

/** The files as entries. They are immutable, so they may be copied after the rows. */
export async function* fileEntries(hashes: Buffer, pathOf: (sha256: string) => string, complaints: Complaints): AsyncGenerator<TarEntry> {
  for (let at = 0; at < hashes.length; at += hashBytes) {
    const sha256 = hashes.subarray(at, at + hashBytes).toString('hex');
    const found = await open(pathOf(sha256)).catch(unlessMissing);
    if (!found) {
      complaints.absent.push(sha256);
      continue;
    }
    const { size } = await found.stat();
    yield { path: filePath(sha256), size, content: checked(found, sha256, complaints) };
  }
}

/** Opened beforehand, so that it can be read even when somebody removes it now. The stream closes it. */
async function* checked(file: FileHandle, sha256: string, { damaged }: Complaints): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of file.createReadStream({ highWaterMark: 256 * 1024 })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (hash.digest('hex') !== sha256) damaged.push(sha256);
}

function referencesSql(tables: TableShape[]): string {
  const has = (table: string, column: string) =>
    tables.some(({ name, columns }) => name === table && columns.some((c) => c.name === column));
  return references
    .filter(([table, column]) => has(table, column))
    .map(([table, column, state]) => {
      const kept = state && has(table, state) ? ` AND ${state} <> 'gone'` : '';
      return `SELECT ${column} AS sha256 FROM ${table} WHERE ${column} <> ''${kept}`;
    })
    .join(' UNION ');
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
