import type { Queue } from 'bullmq';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Config } from '../config.js';
import type { Pulse } from '../queue/pulse.js';
import { reason } from '../reason.js';
import { within } from './figures.js';
import type { DependencyView } from './health.shapes.js';
import { livingProcesses } from './heartbeat.js';
import { policyFault } from './redis-facts.js';

const patienceMs = 2_000;
/** Below this, large mail soon cannot be kept. */
const scarceBytes = 500 * 1024 * 1024;

/** What a probe found: null when all is well, else what somebody should look at. Throws when it is down. */
type Finding = Promise<string | null>;

/** A probe's finding as others see it. */
export async function probe(look: () => Finding): Promise<DependencyView> {
  const started = performance.now();
  const view = (status: DependencyView['status'], detail: string | null) => ({
    status,
    detail,
    ms: Math.round(performance.now() - started),
  });
  try {
    const detail = await within(patienceMs, look());
    return view(detail === null ? 'ok' : 'degraded', detail);
  } catch (error) {
    return view('down', reason(error));
  }
}

export async function databaseAnswers(database: DataSource): Finding {
  await database.query('SELECT 1');
  return null;
}

/** Migrations that this version brings and the database has not seen, and the other way round. */
export async function migrationsOf(database: DataSource): Promise<{ missing: string[]; unknown: string[] }> {
  const rows = await database.query<Array<{ name: string }>>('SELECT name FROM migrations').catch((error: Error) => {
    // Of a database that nobody has started on.
    if (/no such table|relation "migrations" does not exist/.test(error.message)) return [];
    throw error;
  });
  const [done, known] = [rows.map(({ name }) => name), database.migrations.map(({ name, constructor }) => name ?? constructor.name)];
  return { missing: known.filter((name) => !done.includes(name)), unknown: done.filter((name) => !known.includes(name)) };
}

export async function tablesAreCurrent(database: DataSource): Finding {
  const { missing, unknown } = await migrationsOf(database);
  if (missing.length) throw new Error(`The tables are older than this version: ${missing.length} migration(s) are missing.`);
  return unknown.length ? 'A newer version of Tributary has changed the tables since this one started.' : null;
}

/** Redis may be set up to throw jobs away when its memory is full. */
export async function queueAnswers({ QUEUE_BACKEND }: Config, pulse: Pulse, queue: Queue): Finding {
  await pulse.check();
  if (QUEUE_BACKEND === 'postgres') return null;
  return policyFault(await (await queue.getBackend().client).info());
}

export async function diskHasRoom({ DATA_DIR }: Config): Finding {
  const attachments = join(DATA_DIR, 'attachments');
  const directory = (await stat(attachments).catch(() => null)) ? attachments : DATA_DIR;
  await access(directory, constants.W_OK);
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < scarceBytes ? `Only ${Math.floor((bavail * bsize) / 1024 ** 2)} MB are left.` : null;
}

/** Messages are taken in and replies sent by workers alone. */
export async function somebodyWorks(database: DataSource): Finding {
  const working = (await livingProcesses(database)).some(({ role }) => role !== 'api');
  return working ? null : 'No worker was heard of lately: messages wait to be taken in, and replies to be sent.';
}
