import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataSource, type EntityManager, MigrationExecutor, type QueryRunner } from 'typeorm';
import { ChannelSecret } from '../channels/channel.entity.js';
import type { Config } from '../config.js';
import { databaseOptions } from '../database/data-source.js';
import { applyDialect } from '../database/dialect.js';
import { noteAbsentFiles } from './absent-files.js';
import type { Closing } from './format.js';
import { opens } from './key.js';
import { dialectOf, loadRows } from './load-rows.js';
import type { RestorePlan } from './plan-restore.js';
import type { Watch } from './progress.js';
import { disconnect, leaveChangesBehind, resumeChannels, type ResumedReplies, resumeReplies } from './resume-work.js';
import { draftDatabase } from './target.js';

/**
 * Fills the database in one transaction: all of it is there, or nothing. On SQLite it grows in a file of its own and gets its
 * name when it is whole.
 */
export async function restoreDatabase(config: Config, plan: RestorePlan, closing: Closing, watch: Watch): Promise<ResumedReplies> {
  applyDialect(config.dialect);
  const database = await new DataSource(optionsOf(config)).initialize();
  try {
    const replies = await database.transaction((manager) => fill(manager, plan, closing, watch));
    await database.destroy();
    if (config.dialect === 'sqlite') await publish(config.DATA_DIR);
    return replies;
  } finally {
    if (database.isInitialized) await database.destroy();
  }
}

function optionsOf(config: Config) {
  const options = databaseOptions(config);
  if (options.type !== 'better-sqlite3') return options;
  const pragmas = ['journal_mode = MEMORY', 'synchronous = OFF', 'cache_size = -65536', 'foreign_keys = ON'];
  const prepareDatabase = (draft: { pragma(statement: string): void }) => pragmas.forEach((pragma) => draft.pragma(pragma));
  return { ...options, database: draftDatabase(config.DATA_DIR), enableWAL: false, prepareDatabase };
}

async function fill(manager: EntityManager, { path, manifest, key }: RestorePlan, closing: Closing, watch: Watch): Promise<ResumedReplies> {
  // An app that is started meanwhile waits, instead of making tables of its own.
  if (dialectOf(manager) === 'postgres') await manager.query(`SELECT pg_advisory_xact_lock(hashtext('tributary migrations'))`);
  await migrate(manager, manifest.migrations);
  await loadRows(manager, path, manifest, watch);
  await migrate(manager);
  if (key) await refuseSealed(manager, key);
  else
    await disconnect(
      manager,
      manifest.channels.map(({ id }) => id),
    );
  await noteAbsentFiles(manager, closing);
  await resumeChannels(manager);
  await leaveChangesBehind(manager, manifest.lastChange);
  return resumeReplies(manager, new Date(manifest.createdAt), new Date());
}

/** Applies those of these names, or all, that have not been yet. */
async function migrate(manager: EntityManager, names?: string[]): Promise<void> {
  const executor = new SomeMigrations(manager.connection, manager.queryRunner, names);
  executor.transaction = 'none';
  await executor.executePendingMigrations();
}

class SomeMigrations extends MigrationExecutor {
  constructor(
    database: DataSource,
    runner: QueryRunner | undefined,
    private readonly names: string[] | undefined,
  ) {
    super(database, runner);
  }

  protected override getMigrations() {
    return super.getMigrations().filter(({ name }) => this.names?.includes(name) ?? true);
  }
}

async function refuseSealed(manager: EntityManager, key: Buffer): Promise<void> {
  for (const { channelId, sealed } of await manager.find(ChannelSecret))
    if (!opens(key, sealed, channelId))
      throw new Error('The key does not open the credentials of the channels in this backup. Nothing was restored.');
}

/** The last step, after which there is a database. */
async function publish(dataDir: string): Promise<void> {
  const draft = draftDatabase(dataDir);
  await sync(draft);
  await rename(draft, join(dataDir, 'tributary.sqlite'));
  await sync(dirname(draft));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}
