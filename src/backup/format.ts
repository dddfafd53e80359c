import { createHash } from 'node:crypto';
import type { Dialect } from '../database/dialect.js';
import type { TarEntry } from './tar.js';

/** Grows when a Tributary of before could not read what is written now. */
export const formatVersion = 1;

/** How a column's values are written: `time` in milliseconds, `bytes` in base64, `flag` as true or false, anything else as it is. */
export type ColumnKind = 'time' | 'bytes' | 'flag' | 'plain';

export interface TableShape {
  name: string;
  columns: Array<{ name: string; kind: ColumnKind }>;
}

/** A channel whose settings are sealed in the backup. */
export interface SealedChannel {
  id: string;
  type: string;
  name: string;
  address: string;
}

/** The first entry: what is in the backup and how to read it. */
export interface Manifest {
  format: number;
  /** The version of Tributary that made it. */
  product: string;
  /** The moment of the rows, ISO 8601. */
  createdAt: string;
  database: Dialect;
  /** By name, in the order in which they were applied. */
  migrations: string[];
  /** In an order in which rows find what they refer to. */
  tables: Array<TableShape & { rows: number }>;
  /** The newest number that browsers were told as a change. */
  lastChange: number;
  /** Files of the store that rows refer to. */
  files: number;
  channels: SealedChannel[];
  key: { fingerprint: string | null; included: boolean };
}

/** The last entry: whoever has read it has read all. */
export interface Closing {
  /** Entries before it. */
  entries: number;
  /** SHA-256 over `path size\n` of each entry before it, in hex; each path holds the hash of its content. */
  digest: string;
  files: { count: number; bytes: number };
  /** Files (SHA-256) that rows refer to and that are not here: removed while the backup ran, as nobody needs them any more; missing in the store; or not what their name says. */
  released: string[];
  missing: string[];
  damaged: string[];
}

/** What kind of entry a path stands for, and the SHA-256 that its content must have. */
export interface EntryName {
  kind: 'manifest' | 'key' | 'table' | 'file' | 'end';
  sha256: string;
  /** Of a table's entry. */
  table: string;
}

const names: Array<[EntryName['kind'], RegExp]> = [
  ['manifest', /^manifest-(?<sha256>[0-9a-f]{64})\.json$/],
  ['key', /^secret-(?<sha256>[0-9a-f]{64})\.key$/],
  ['table', /^tables\/(?<table>\w+)\/\d+-(?<sha256>[0-9a-f]{64})\.ndjson$/],
  ['file', /^files\/(?<sha256>[0-9a-f]{64})$/],
  ['end', /^end-(?<sha256>[0-9a-f]{64})\.json$/],
];

/** Null for a path that no version of this format has. */
export function readName(path: string): EntryName | null {
  for (const [kind, pattern] of names) {
    const { sha256, table = '' } = pattern.exec(path)?.groups ?? {};
    if (sha256) return { kind, sha256, table };
  }
  return null;
}

/** An entry of this content, which must fit into memory; `name` gets its hash. */
export function entryOf(content: Buffer, name: (sha256: string) => string): TarEntry {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: name(sha256), size: content.length, content: [content] };
}

export const manifestEntry = (manifest: Manifest) => entryOf(json(manifest), (sha256) => `manifest-${sha256}.json`);
export const keyEntry = (key: Buffer) => entryOf(Buffer.from(`${key.toString('base64')}\n`), (sha256) => `secret-${sha256}.key`);
export const endEntry = (closing: Closing) => entryOf(json(closing), (sha256) => `end-${sha256}.json`);
export const filePath = (sha256: string) => `files/${sha256}`;

/** The running digest of {@link Closing}. */
export class Digest {
  private readonly hash = createHash('sha256');
  entries = 0;

  add({ path, size }: Pick<TarEntry, 'path' | 'size'>): void {
    this.hash.update(`${path} ${size}\n`);
    this.entries++;
  }

  hex(): string {
    return this.hash.copy().digest('hex');
  }
}

const json = (value: object) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
