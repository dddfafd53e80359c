import { type INestApplicationContext, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule, type Foundations } from './app.module.js';
import { Vault } from './channels/vault.js';
import { leave, type Standing } from './closing.js';
import type { Config } from './config.js';
import { describeDatabase, openDatabase } from './database/data-source.js';
import { endDeadLeases } from './database/dead-leases.js';
import { keepOrderOfIds } from './database/order-of-ids.js';
import { refuseUnfinishedRestore } from './database/unfinished-restore.js';
import { Conflict } from './errors.js';
import { FrontDoor } from './http/front-door.js';
import { WaitingRoom } from './http/waiting-room.js';
import { makeHttpApp } from './http-app.js';
import { makeLogger } from './logger.js';
import { isOutage } from './outage.js';
import { endsWithin, untilPossible } from './patience.js';
import { People } from './people/people.service.js';
import { openBackend } from './queue/backend.js';
import { reason } from './reason.js';

const logger = new Logger('app');
const closeMs = 3_000;
const slowMs = 15_000;
/** A large database takes its time to be brought up to date; another process may be at it; a server may have stopped answering. */
const stillStarting = 'still starting: the database is opened and brought up to date, then the queue';

export interface RunningApp {
  /** Where HTTP listens; null for a worker that nobody may ask. */
  url: string | null;
  /** Ends what is in hand, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts the role that the configuration names. While the database is away it keeps trying, and the port tells so; a
 * queue that is away is not waited for. Throws what waiting cannot mend, and the signal's reason when that aborts.
 */
export async function startApp(config: Config, signal = new AbortController().signal): Promise<RunningApp> {
  Logger.overrideLogger(makeLogger(config.LOG_LEVEL));
  // Before anything is made in DATA_DIR, be it a key.
  refuseUnfinishedRestore(config.DATA_DIR);
  const vault = Vault.open(config);
  const room = new WaitingRoom();
  const door = config.listenPort === null ? null : await FrontDoor.open(config.listenPort, config.HOST, room.answer);
  const database = describeDatabase(config);
  const tell = (error: unknown, nextTryMs: number) => {
    room.trouble = reason(error);
    logger.warn({ database, error: room.trouble, nextTryMs }, 'cannot reach the database; trying again');
  };
  const slow = setInterval(() => logger.warn({ database, queue: config.QUEUE_BACKEND }, stillStarting), slowMs);
  try {
    const standing = await untilPossible(() => setUp(config, vault, door), { passes: isOutage, tell, signal });
    if (room.trouble) logger.log({ database }, 'the database is there');
    if (door) logger.log({ url: door.url }, 'listening');
    return { url: door?.url ?? null, stop: () => leave(standing) };
  } catch (error) {
    await door?.close(0);
    throw error;
  } finally {
    clearInterval(slow);
  }
}

/** Opens the foundations and puts the app on them; what was opened is closed again when it fails. */
async function setUp(config: Config, vault: Vault, door: FrontDoor | null): Promise<Standing> {
  const opened: Array<() => Promise<unknown> | undefined> = [];
  try {
    const database = await openDatabase(config);
    opened.push(() => database.destroy());
    await endDeadLeases(database);
    await keepOrderOfIds(database);
    const backend = await openBackend(config);
    opened.push(() => backend.redis?.stop());
    const foundations = { config, database, backend, vault };
    const app = door ? await makeHttpApp(foundations, door) : await makeWorker(foundations);
    opened.push(() => app.close());
    await createAdmin(app.get(People), config);
    await app.init();
    if (door) await openHttp(app as NestFastifyApplication, door);
    return { role: config.ROLE, app, door, backend, database };
  } catch (error) {
    for (const close of opened.reverse()) await closeAgain(close);
    throw error;
  }
}

/** Why it is closed is what matters, and what hangs must not keep anybody from hearing of it. */
async function closeAgain(close: () => Promise<unknown> | undefined): Promise<void> {
  try {
    if (!(await endsWithin(closeMs, Promise.resolve(close())))) logger.warn('what was opened does not close; going on without');
  } catch (error) {
    logger.warn({ error: reason(error) }, 'what was opened does not close; going on without');
  }
}

/** What Nest's own listening would do; the port is open already. */
async function openHttp(app: NestFastifyApplication, door: FrontDoor): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await fastify.ready();
  door.leadIn();
}

const makeWorker = (foundations: Foundations): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(AppModule.register(foundations), {
    logger: makeLogger(foundations.config.LOG_LEVEL),
    abortOnError: false,
  });

async function createAdmin(people: People, { ADMIN_EMAIL, ADMIN_PASSWORD }: Config): Promise<void> {
  if (!ADMIN_EMAIL || !ADMIN_PASSWORD || !(await people.needsSetup())) return;
  try {
    await people.createFirstAdmin({ name: ADMIN_EMAIL.split('@')[0]!, email: ADMIN_EMAIL, password: ADMIN_PASSWORD });
  } catch (error) {
    // Another process that started at the same moment was faster, with the same environment.
    if (!(error instanceof Conflict)) throw error;
  }
}
