import { type INestApplicationContext, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Role } from './config.js';
import { Stopping } from './health/stopping.js';
import type { FrontDoor } from './http/front-door.js';
import { endsWithin } from './patience.js';
import type { Backend } from './queue/backend.js';

/** Where others can take over, load balancers get this long to notice that we leave. */
const announceMs: Record<Role, number> = { all: 0, api: 2_000, worker: 0 };
const workMs = 5_000;
const requestsMs = 4_000;
const closeMs = 1_000;

export interface Standing {
  role: Role;
  app: INestApplicationContext;
  door: FrontDoor | null;
  backend: Backend;
  database: DataSource;
}

/**
 * Stops within ten seconds, which is what `docker stop` gives: takes nothing new, ends what is in hand, gives leases back,
 * then closes queue and database. What hangs is left as a crash would leave it, and the next start looks after it.
 */
export async function leave({ role, app, door, backend, database }: Standing): Promise<void> {
  const stopping = app.get(Stopping, { strict: false });
  const logger = new Logger('app');
  logger.log('stopping');
  stopping.announce();
  door?.announceEnd();
  await sleep(announceMs[role]);
  stopping.leave();
  const done = await endsWithin(workMs, Promise.all([door?.close(requestsMs), ...endWork(app)]));
  if (!done) logger.warn('something in hand did not end in time; the next start looks after it');
  const closed = done && (await endsWithin(closeMs, app.close()));
  await endsWithin(closeMs, backend.redis?.stop() ?? Promise.resolve());
  await endsWithin(closeMs, database.destroy());
  logger.log(closed ? 'stopped' : 'stopped with connections open');
}

/** Nest calls these level by level and waits for each, so one that hangs would keep all others from ending: here all begin at once. */
function endWork(app: INestApplicationContext): Promise<void>[] {
  const discovery = app.get(DiscoveryService, { strict: false });
  const parts = new Set([...discovery.getProviders(), ...discovery.getControllers()].map(({ instance }): unknown => instance));
  return [...parts].filter(ends).map(end);
}

const ends = (part: unknown): part is OnModuleDestroy => typeof (part as Partial<OnModuleDestroy> | null)?.onModuleDestroy === 'function';

async function end(part: OnModuleDestroy): Promise<void> {
  await part.onModuleDestroy();
}
