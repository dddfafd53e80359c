import { Logger } from '@nestjs/common';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions, type EntityManager, type ObjectLiteral, QueryFailedError } from 'typeorm';
import { Team } from '../assignment/team.entity.js';
import { Channel, ChannelSecret, ChannelWatch, DataDeletion, PendingSignIn } from '../channels/channel.entity.js';
import type { Config } from '../config.js';
import { ChannelCircuit } from '../channels/channel-circuit.entity.js';
import { Contact, Identity } from '../contacts/contact.entity.js';
import { Conversation, ConversationLink, ConversationTag, Counter, Participant, ThreadKey } from '../conversations/conversation.entity.js';
import { DeliveryAttempt } from '../conversations/delivery-attempt.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { MessageChange } from '../conversations/message-change.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { Post } from '../conversations/post.entity.js';
import { RunningProcess } from '../health/running-process.entity.js';
import { IdempotentRequest } from '../http/idempotency.entity.js';
import { InboundEvent } from '../inbound/inbound-event.entity.js';
import { ApiKey, Credential, Session, User } from '../people/user.entity.js';
import { Change } from '../realtime/change.entity.js';
import { applyDialect, SnakeNames } from './dialect.js';
import { Initial1795300000000 } from './migrations/1795300000000-initial.js';
import { Mail1795330000000 } from './migrations/1795330000000-mail.js';
import { Social1795340000000 } from './migrations/1795340000000-social.js';
import { Guarantees1795360000000 } from './migrations/1795360000000-guarantees.js';
import { addressOf, reason } from '../reason.js';
import { isolateSqliteTransactions } from './sqlite-transactions.js';
import { refuseUnfinishedRestore } from './unfinished-restore.js';

const mostAttempts = 5;

const entities = [
  ...[User, Credential, Session, ApiKey, Team, IdempotentRequest, RunningProcess],
  ...[Channel, ChannelSecret, ChannelWatch, PendingSignIn, DataDeletion, ChannelCircuit, InboundEvent],
  ...[
    Contact,
    Identity,
    Conversation,
    ConversationTag,
    ConversationLink,
    Participant,
    ThreadKey,
    Counter,
    Message,
    Attachment,
    Delivery,
    DeliveryAttempt,
    Change,
    Post,
    MessageChange,
  ],
];

/** What builds the tables, in the order in which it is applied. */
export const migrations = [Initial1795300000000, Mail1795330000000, Social1795340000000, Guarantees1795360000000];

/** Opens the database that the configuration names and brings its tables up to date. */
export async function openDatabase(config: Pick<Config, 'dialect' | 'DATABASE_URL' | 'DATA_DIR'>): Promise<DataSource> {
  refuseUnfinishedRestore(config.DATA_DIR);
  const dataSource = await connectDatabase(config);
  try {
    await migrate(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** Opens it with the tables that it has, which may be those of another version. */
export async function connectDatabase(config: Pick<Config, 'dialect' | 'DATABASE_URL' | 'DATA_DIR'>): Promise<DataSource> {
  applyDialect(config.dialect);
  const dataSource = await new DataSource(databaseOptions(config)).initialize();
  if (config.dialect === 'sqlite') isolateSqliteTransactions(dataSource);
  return dataSource;
}

/** What may be shown of the database that the configuration names. */
export function describeDatabase({ DATABASE_URL, DATA_DIR }: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>): string {
  return DATABASE_URL ? `PostgreSQL at ${addressOf(DATABASE_URL)}` : `SQLite in ${DATA_DIR}`;
}

/** How the database that the configuration names is opened. */
export function databaseOptions({
  dialect,
  DATABASE_URL,
  DATA_DIR,
}: Pick<Config, 'dialect' | 'DATABASE_URL' | 'DATA_DIR'>): DataSourceOptions {
  const common = {
    entities,
    migrations,
    namingStrategy: new SnakeNames(),
    synchronize: false,
  };
  if (dialect === 'postgres')
    return { ...common, type: 'postgres', url: DATABASE_URL, installExtensions: false, extra: pool, poolErrorHandler: onLostLine };
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
  return {
    ...common,
    type: 'better-sqlite3',
    database: join(DATA_DIR, 'tributary.sqlite'),
    enableWAL: true,
    timeout: 5000,
    prepareDatabase: (database: { pragma(statement: string): void }) => {
      for (const pragma of ['synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 5000']) database.pragma(pragma);
    },
  };
}

/** A host that is gone without a word is noticed within half a minute; one that takes no connection, after ten seconds. */
const pool = { max: 20, connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

/** Of a connection that lay idle. The pool opens another when one is needed. */
function onLostLine(error: Error): void {
  new Logger('database').warn({ error: reason(error) }, 'a connection to the database was lost');
}

/** Several processes may start at once: on PostgreSQL the first migrates and the others wait for it. */
async function migrate(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type !== 'postgres') return void (await dataSource.runMigrations({ transaction: 'each' }));
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SELECT pg_advisory_lock(hashtext('tributary migrations'))`);
    await dataSource.runMigrations({ transaction: 'each' });
    await lock.query(`SELECT pg_advisory_unlock(hashtext('tributary migrations'))`);
  } finally {
    // Even over a lost line: closing the database waits for it for ever otherwise. After a failure that is next, which unlocks, too.
    await lock.release();
  }
}

/** Whether the database refused a row because a unique key already has it. */
export function isDuplicate(error: unknown): boolean {
  const code = driverCode(error);
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Whether the database asks to run the whole transaction again: a deadlock or a serialisation conflict. */
export function wantsRetry(error: unknown): boolean {
  return ['40P01', '40001', 'SQLITE_BUSY'].includes(driverCode(error) ?? '');
}

/** A transaction that is run again, all of it, when the database asks for that: what it did besides must do no harm twice. */
export async function transact<T>(database: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (!wantsRetry(error) || attempt === mostAttempts) throw error;
    }
  }
}

/** Whether the database or the disk failed, rather than what we asked of it. */
export function isOurTrouble(error: unknown): boolean {
  const { code: given, message = '' } = error as Partial<NodeJS.ErrnoException>;
  // An error of another thread keeps its words alone: `ENOSPC: no space left on device, write`.
  const code = driverCode(error) ?? given ?? message.split(':')[0]!;
  // PostgreSQL: connection, resources, operator, system; SQLite: busy, full, input and output; the file system; a lost line.
  return (
    /^(08|53|57|58)\w{3}$|^SQLITE_(BUSY|FULL|IOERR|LOCKED|READONLY|CANTOPEN)|^E[A-Z]{3,}$/.test(code) ||
    /waited too long|Connection terminated|timeout exceeded/.test(message)
  );
}

function driverCode(error: unknown): string | undefined {
  return error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
}

/** Inserts unless a unique key already has such a row; never fails for it. */
export async function insertNew<T extends ObjectLiteral>(manager: EntityManager, entity: new () => T, rows: T | T[]): Promise<void> {
  await manager.createQueryBuilder().insert().into(entity).values(rows).orIgnore().updateEntity(false).execute();
}
