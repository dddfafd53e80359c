import { rm, writeFile } from 'node:fs/promises';
import type { Config } from '../config.js';
import { restoreMark } from '../database/unfinished-restore.js';
import { FileStore } from '../files/file-store.js';
import type { Closing } from './format.js';
import { keyPath } from './key.js';
import type { RestorePlan } from './plan-restore.js';
import type { Watch } from './progress.js';
import { verify } from './read-backup.js';
import { restoreDatabase } from './restore-database.js';
import { filesInto } from './restore-files.js';
import type { ResumedReplies } from './resume-work.js';
import { begin, clear, isUnfinished } from './target.js';

export interface RestoreReport {
  closing: Closing;
  replies: ResumedReplies;
}

/**
 * Restores into an empty place: reads all of the backup once, which checks it and stores its files, then fills the database in
 * one go. Whatever fails takes away what it did; a process that was killed leaves a mark, and the next restore starts over.
 */
export async function restore(config: Config, plan: RestorePlan, watch: Watch): Promise<RestoreReport> {
  if (isUnfinished(config)) await clear(config);
  await begin(config, `A restore of ${plan.path}, begun ${new Date().toISOString()}, is not finished.`);
  try {
    const { closing } = await verify(plan.path, watch, filesInto(config));
    for (const sha256 of closing.damaged) await rm(new FileStore(config).path(sha256));
    if (plan.writesKey) await writeKey(config, plan.key!);
    const replies = await restoreDatabase(config, plan, closing, watch);
    await rm(restoreMark(config.DATA_DIR));
    return { closing, replies };
  } catch (error) {
    if (plan.writesKey) await rm(keyPath(config.DATA_DIR), { force: true });
    await clear(config);
    throw error;
  }
}

const writeKey = ({ DATA_DIR }: Config, key: Buffer) =>
  writeFile(keyPath(DATA_DIR), `${key.toString('base64')}\n`, { mode: 0o600, flush: true });
