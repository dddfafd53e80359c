import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { type Closing, Digest, type EntryName, formatVersion, type Manifest, readName } from './format.js';
import type { Watch } from './progress.js';
import { Damaged, type TarEntry, unpack } from './tar.js';

/** A file that was read to its end, all of it found to be as it was written. */
export interface WholeBackup {
  manifest: Manifest;
  closing: Closing;
}

export type BackupEntry = EntryName & TarEntry;

/** The entries of a backup. Throws with a sentence when the file is cut off or damaged, or no backup at all. */
export async function* readBackup(path: string, onBytes: (read: number) => void = () => undefined): AsyncGenerator<BackupEntry> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const tar = createZstdDecompress();
  // Whoever reads `tar` gets the error, be it of the file or of what is in it.
  pipeline(file, tar, () => undefined);
  let told = 0;
  let isBackup = false;
  try {
    for await (const entry of unpack(tar)) {
      const known = readName(entry.path);
      isBackup ||= known?.kind === 'manifest';
      if (!known || !isBackup) throw new Damaged(`"${entry.path}" does not belong there`);
      yield { ...known, ...entry, content: telling(path, entry.content) };
      onBytes(file.bytesRead - told);
      told = file.bytesRead;
    }
  } catch (error) {
    throw inWords(path, error as NodeJS.ErrnoException, isBackup);
  } finally {
    tar.destroy();
  }
}

/** The content as it is; its reader, too, hears in words what is wrong. */
async function* telling(path: string, content: TarEntry['content']): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw inWords(path, error as Error, true);
  }
}

/** What the backup says of itself. Throws when this Tributary is too old for its format. */
export async function readManifest(path: string): Promise<Manifest> {
  for await (const { content } of readBackup(path)) return manifestOf(path, await textOf(content));
  throw damaged(path, 'it is empty');
}

/** Where the bytes of a file go while they are read. */
export type KeepFile = (sha256: string) => Promise<{ write(chunk: Buffer): Promise<void>; end(): Promise<void> }>;

/** Reads all of it and compares every hash. Throws with a sentence when anything is not as it was written. */
export async function verify(path: string, watch: Watch, keepFile?: KeepFile): Promise<WholeBackup> {
  const progress = watch('Checking', (await stat(path)).size, 'bytes');
  const digest = new Digest();
  const rows = new Map<string, number>();
  const faulty: string[] = [];
  const texts: { manifest?: string; end?: string } = {};
  for await (const entry of readBackup(path, progress.add)) {
    const { kind, table, sha256 } = entry;
    const found = await read(entry, keepFile);
    if (kind === 'file' && found.sha256 !== sha256) faulty.push(sha256);
    else if (found.sha256 !== sha256) throw damaged(path, `${entry.path} has another content`);
    if (kind === 'table') rows.set(table, (rows.get(table) ?? 0) + found.lines);
    if (kind === 'manifest' || kind === 'end') texts[kind] = found.text;
    if (kind !== 'end') digest.add(entry);
  }
  progress.end();
  if (!texts.manifest || !texts.end) throw damaged(path, 'it ends in the middle');
  const whole = { manifest: manifestOf(path, texts.manifest), closing: JSON.parse(texts.end) as Closing };
  compare(path, whole, digest, rows, faulty);
  return whole;
}

/** One file was faulty in the store already, and is noted; any other must be what its name says. */
function compare(path: string, { manifest, closing }: WholeBackup, digest: Digest, rows: Map<string, number>, faulty: string[]): void {
  const unexpected = faulty.find((sha256) => !closing.damaged.includes(sha256));
  if (unexpected) throw damaged(path, `the file ${unexpected} has another content`);
  if (closing.digest !== digest.hex()) throw damaged(path, 'entries are missing, or in another order');
  for (const table of manifest.tables) {
    const found = rows.get(table.name) ?? 0;
    if (found !== table.rows) throw damaged(path, `the table ${table.name} should have ${table.rows} rows and has ${found}`);
  }
}

/** Content of any size; that of the two entries which say what is in the file is small, and kept. */
async function read({ kind, sha256, content }: BackupEntry, keepFile?: KeepFile): Promise<{ sha256: string; lines: number; text: string }> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let lines = 0;
  const keeping = kind === 'file' ? await keepFile?.(sha256) : undefined;
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      await keeping?.write(chunk);
      if (kind === 'manifest' || kind === 'end') kept.push(chunk);
      if (kind === 'table') lines += linesIn(chunk);
    }
  } finally {
    await keeping?.end();
  }
  return { sha256: hash.digest('hex'), lines, text: Buffer.concat(kept).toString() };
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

/** All of a small entry. */
export async function textOf(content: BackupEntry['content']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function manifestOf(path: string, text: string): Manifest {
  const manifest = parsed(path, text);
  if (manifest.format > formatVersion)
    throw new Error(
      `${path} has format ${manifest.format}, and this Tributary reads formats up to ${formatVersion}. Use Tributary ${manifest.product} or newer.`,
    );
  return manifest;
}

function parsed(path: string, text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    throw damaged(path, 'what it says of itself cannot be read');
  }
}

const damaged = (path: string, why: string) => new Error(`${path} is damaged: ${why}. Nothing was restored from it; take another backup.`);

function inWords(path: string, error: NodeJS.ErrnoException, isBackup: boolean): Error {
  const { code = '' } = error;
  if (code === 'ENOENT') return new Error(`There is no file ${path}.`);
  if (!isBackup && (code.startsWith('ZSTD') || code === 'Z_BUF_ERROR' || error instanceof Damaged))
    return new Error(`${path} is no backup of Tributary.`);
  if (code === 'Z_BUF_ERROR') return damaged(path, 'it ends in the middle');
  if (code.startsWith('ZSTD') || error instanceof Damaged) return damaged(path, error.message);
  return error;
}
