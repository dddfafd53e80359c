import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { Config } from '../config.js';
import { FileStore } from '../files/file-store.js';
import { type Closing, Digest, endEntry, keyEntry, type Manifest, manifestEntry } from './format.js';
import { type Plan, planBackup } from './plan.js';
import type { Watch } from './progress.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import { fileEntries, stillReferred } from './stored-files.js';
import { tableEntries } from './tables.js';
import { pack, type TarEntry } from './tar.js';

export interface BackupOptions {
  withKey: boolean;
  watch: Watch;
  signal: AbortSignal;
}

/** What was written, and what there is to say about it. */
export interface BackupReport extends Pick<Plan, 'manifest' | 'unopened'> {
  closing: Closing;
}

/**
 * Writes everything to `out` while the app runs: the rows of one moment, then the files that they refer to. The snapshot is
 * held for the rows alone, because it keeps the database from tidying up.
 */
export async function writeBackup(config: Config, out: NodeJS.WritableStream, options: BackupOptions): Promise<BackupReport> {
  const snapshot = await openSnapshot(config);
  try {
    const plan = await planBackup(config, snapshot, options.withKey);
    const closing: Closing = { entries: 0, digest: '', files: { count: 0, bytes: 0 }, released: [], missing: [], damaged: [] };
    const entries = closed(everything(config, snapshot, plan, closing, options.watch), closing);
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    await pipeline(pack(entries, new Date(plan.manifest.createdAt)), zstd, out, { signal: options.signal });
    return { manifest: plan.manifest, unopened: plan.unopened, closing };
  } finally {
    await snapshot.close();
  }
}

async function* everything(config: Config, snapshot: Snapshot, plan: Plan, closing: Closing, watch: Watch): AsyncGenerator<TarEntry> {
  yield manifestEntry(plan.manifest);
  if (plan.key) yield keyEntry(plan.key);
  yield* tables(snapshot, plan.manifest, watch);
  await snapshot.close();
  yield* files(config, plan, closing, watch);
}

async function* tables(snapshot: Snapshot, manifest: Manifest, watch: Watch): AsyncGenerator<TarEntry> {
  const total = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const progress = watch('Rows', total, 'rows');
  for (const table of manifest.tables) yield* tableEntries(snapshot, table, progress.add);
  progress.end();
}

async function* files(config: Config, { manifest, hashes }: Plan, closing: Closing, watch: Watch): AsyncGenerator<TarEntry> {
  const store = new FileStore(config);
  const absent: string[] = [];
  const progress = watch('Files', manifest.files, 'files');
  for await (const entry of fileEntries(hashes, (sha256) => store.path(sha256), { absent, damaged: closing.damaged })) {
    yield entry;
    closing.files.count++;
    closing.files.bytes += entry.size;
    progress.add(1);
  }
  progress.end();
  if (absent.length) await sortOut(config, manifest, absent, closing);
}

/** What is not there: removed meanwhile, as nobody needs it any more, or lost? Only another look at the rows can tell. */
async function sortOut(config: Config, { tables }: Manifest, absent: string[], closing: Closing): Promise<void> {
  const now = await openSnapshot(config);
  try {
    const needed = await stillReferred(now, tables, absent);
    closing.missing = absent.filter((sha256) => needed.has(sha256));
    closing.released = absent.filter((sha256) => !needed.has(sha256));
  } finally {
    await now.close();
  }
}

/** The entries, and after them the one that vouches for them. */
async function* closed(entries: AsyncIterable<TarEntry>, closing: Closing): AsyncGenerator<TarEntry> {
  const digest = new Digest();
  for await (const entry of entries) {
    digest.add(entry);
    yield entry;
  }
  Object.assign(closing, { entries: digest.entries, digest: digest.hex() });
  yield endEntry(closing);
}
