import { Redis, type RedisOptions } from 'ioredis';
import { once } from 'node:events';
import pg from 'pg';
import { endsWithin } from '../patience.js';
import { reason } from '../reason.js';

const patienceMs = 2_000;

/** Tells whether the queue can be used. */
export interface Probe {
  /** Throws with the reason when it cannot be reached, or takes no work. Never hangs. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Asks on a line of its own, and writes: a Redis that is full, a replica, or cannot save to its disk still answers reads. */
export class RedisProbe implements Probe {
  private readonly client: Redis;
  private trouble = 'does not answer';

  constructor({ url, ...options }: RedisOptions & { url?: string }) {
    const own = {
      ...options,
      enableOfflineQueue: false,
      connectTimeout: patienceMs,
      commandTimeout: patienceMs,
      retryStrategy: (times: number) => Math.min(times * 250, 5_000),
    };
    this.client = url ? new Redis(url, own) : new Redis(own);
    this.client.on('error', (error) => (this.trouble = reason(error)));
    this.client.on('ready', () => (this.trouble = 'does not answer'));
  }

  async check(): Promise<void> {
    if (this.client.status !== 'ready') await this.connected();
    await this.client.set('tributary:probe', '1', 'PX', 60_000);
  }

  close(): Promise<void> {
    this.client.disconnect();
    return Promise.resolve();
  }

  /** A first connection takes a moment; one that has just failed is not waited for. */
  private async connected(): Promise<void> {
    const change = Promise.race([once(this.client, 'ready'), once(this.client, 'close')]).catch(() => undefined);
    await endsWithin(patienceMs, change);
    if (this.client.status !== 'ready') throw new Error(this.trouble);
  }
}

/** Asks the database that holds the queue. */
export class PostgresProbe implements Probe {
  private readonly pool: pg.Pool;

  constructor(connectionString: string) {
    this.pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
    // The next check says it.
    this.pool.on('error', () => undefined);
  }

  async check(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
