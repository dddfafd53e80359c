import { createPostgresBackend, type QueueOptions, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { Config } from '../config.js';
import { addressOf, reason } from '../reason.js';
import { PrivateRedis } from './private-redis.js';
import { PostgresProbe, type Probe, RedisProbe } from './probe.js';

const logger = new Logger('queue');

/** Where jobs wait. */
export abstract class Backend {
  /** What BullMQ connects to. */
  abstract readonly connection: QueueOptions['connection'];
  /** What may be shown of it. */
  abstract readonly address: string;
  abstract readonly probe: Probe;
  /** The private Redis, if there is one. */
  abstract readonly redis?: PrivateRedis;
}

/**
 * Opens the queue that the configuration names; the rest of the code is the same for all three. A Redis that is away is
 * not waited for. Throws when waiting would not help.
 */
export async function openBackend(config: Config): Promise<Backend> {
  if (config.QUEUE_BACKEND === 'postgres') return postgres(config.DATABASE_URL!);
  if (config.REDIS_URL) return redis(config.REDIS_URL);
  const own = await PrivateRedis.start(resolve(config.DATA_DIR));
  const path = own.socket;
  return { redis: own, address: path, connection: { path, maxRetriesPerRequest: null }, probe: new RedisProbe({ path }) };
}

async function redis(url: string): Promise<Backend> {
  const [address, probe] = [addressOf(url), new RedisProbe({ url })];
  try {
    await probe.check();
  } catch (error) {
    if (/^(WRONGPASS|NOAUTH|NOPERM)|invalid (username|password)/.test(reason(error))) {
      await probe.close();
      throw new Error(`Redis at ${address} does not let us in: ${reason(error)} Put the right user and password into REDIS_URL.`);
    }
    logger.warn({ queue: address, error: reason(error) }, 'cannot use the queue yet; starting without it');
  }
  return { address, probe, connection: { url, maxRetriesPerRequest: null } };
}

async function postgres(url: string): Promise<Backend> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true });
  // A lost line fails the query under way, too; without a listener it would end the process.
  client.on('error', (error) => logger.warn({ error: reason(error) }, 'lost the database'));
  await client.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    await client.end();
  }
  setDefaultBackendFactory(createPostgresBackend as unknown as Parameters<typeof setDefaultBackendFactory>[0]);
  const connection = { connectionString: url, schema: 'bullmq', max: 10, keepAlive: true } as QueueOptions['connection'];
  return { address: addressOf(url), probe: new PostgresProbe(url), connection };
}
