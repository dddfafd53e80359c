import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Content } from '#libs/connector';
import { Config } from '../config.js';
import { newId } from '../database/columns.js';

const abandonedMs = 86_400_000;
/** Longer than it takes to write the row that refers to what was stored. */
const settleMs = 60_000;

/** A file in the store. `size` in bytes. */
export interface StoredFile {
  sha256: string;
  size: number;
}

/** Files by the hash of their content: storing one twice stores it once, and a crash between file and row leaves nothing wrong. */
@Injectable()
export class FileStore implements OnApplicationBootstrap {
  private readonly directory: string;
  private readonly spools: string;

  constructor(@Inject(Config) config: Config) {
    this.directory = join(config.DATA_DIR, 'attachments');
    this.spools = join(config.DATA_DIR, 'spool');
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.removeAbandoned();
  }

  /** Resolves once the content is on the disk. A file is moved in, so it must be in a {@link spool} and is gone from there. */
  async put(content: Content): Promise<StoredFile> {
    if (!Buffer.isBuffer(content)) return this.moveIn(content.path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = this.path(sha256);
    if (!(await touch(path))) await writeWhole(path, content);
    return { sha256, size: content.length };
  }

  read(sha256: string): Promise<Buffer> {
    return readFile(this.path(sha256));
  }

  /** All of it, or the bytes from `start` to `end`, both included. */
  stream(sha256: string, part: { start?: number; end?: number } = {}): ReadStream {
    return createReadStream(this.path(sha256), part);
  }

  /**
   * Removes content that no row refers to. False when the same content was stored a moment ago, for a row that may not be
   * written yet: then ask again later.
   */
  async remove(sha256: string): Promise<boolean> {
    const { mtimeMs } = await stat(this.path(sha256)).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs < settleMs) return false;
    await rm(this.path(sha256), { force: true });
    return true;
  }

  /** Where a stored file lies, for those who read it piece by piece. */
  path(sha256: string): string {
    return join(this.directory, sha256.slice(0, 2), sha256.slice(2));
  }

  /** Runs work with a directory of its own beside the store, which is gone afterwards. */
  async withSpool<T>(work: (spool: string) => Promise<T>): Promise<T> {
    await mkdir(this.spools, { recursive: true, mode: 0o700 });
    const spool = await mkdtemp(join(this.spools, 's-'));
    // A mailbox may keep still for days; its spool must not look abandoned to others.
    const inUse = setInterval(() => void utimes(spool, new Date(), new Date()).catch(() => clearInterval(inUse)), abandonedMs / 24).unref();
    try {
      return await work(spool);
    } finally {
      clearInterval(inUse);
      await rm(spool, { recursive: true, force: true });
    }
  }

  /** The same for a single payload. Few need it, so the directory is made by who does. */
  async withSpoolIfNeeded<T>(work: (spool: string) => Promise<T>): Promise<T> {
    const spool = join(this.spools, newId());
    return work(spool).finally(() => rm(spool, { recursive: true, force: true }));
  }

  private async moveIn(from: string): Promise<StoredFile> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(from), hash);
    const sha256 = hash.digest('hex');
    const file = await open(from, 'r+');
    const { size } = await file.stat();
    await file.sync().finally(() => file.close());
    await mkdir(dirname(this.path(sha256)), { recursive: true, mode: 0o700 });
    await moveTo(this.path(sha256), from);
    await touch(this.path(sha256));
    return { sha256, size };
  }

  /** What a killed process left behind; a day old, because others may be at work in the same directory. */
  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.spools).catch(() => [])) {
      const path = join(this.spools, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true });
    }
  }
}

/** Written aside and renamed, so that nobody ever finds half of it. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const draft = `${path}.${newId()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, content, { flag: 'wx', mode: 0o600, flush: true });
    await moveTo(path, draft);
  } catch (error) {
    // A full disk must not be filled further by each attempt.
    await rm(draft, { force: true });
    throw error;
  }
}

/** A name outlives a power cut once its directory is on the disk, too. */
async function moveTo(path: string, from: string): Promise<void> {
  await rename(from, path);
  for (const changed of [dirname(path), dirname(dirname(path))]) {
    const handle = await open(changed);
    await handle.sync().finally(() => handle.close());
  }
}

/** Whether it exists; and if so, somebody is about to refer to it. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}
