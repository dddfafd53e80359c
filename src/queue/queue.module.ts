import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { createPostgresBackend, type QueueOptions, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { resolve } from 'node:path';
import pg from 'pg';
import type { Config } from '../config.js';
import { JobQueue, queueNames } from './jobs.js';
import { PrivateRedis } from './private-redis.js';

/** Where jobs wait: what BullMQ connects to, and the private Redis if there is one. */
export interface Backend {
  connection: QueueOptions['connection'];
  redis?: PrivateRedis;
}

/** Opens the queue that the configuration names. The rest of the code is the same for all three. */
export async function openBackend(config: Config): Promise<Backend> {
  if (config.QUEUE_BACKEND === 'postgres') return postgres(config.DATABASE_URL!);
  if (config.REDIS_URL) return { connection: { url: config.REDIS_URL, maxRetriesPerRequest: null } };
  const redis = await PrivateRedis.start(resolve(config.DATA_DIR));
  return { redis, connection: { path: redis.socket, maxRetriesPerRequest: null } };
}

async function postgres(url: string): Promise<Backend> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await runMigrations(client, 'bullmq');
  } finally {
    await client.end();
  }
  setDefaultBackendFactory(createPostgresBackend as unknown as Parameters<typeof setDefaultBackendFactory>[0]);
  return { connection: { connectionString: url, schema: 'bullmq', max: 10 } as QueueOptions['connection'] };
}

@Global()
@Module({})
export class QueueModule {
  static register(backend: Backend): DynamicModule {
    const root = BullModule.forRoot({
      connection: backend.connection,
      // The database remembers what failed; a job that lingered would keep its id from being added again.
      defaultJobOptions: {
        attempts: 5,
        backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
    const queues = BullModule.registerQueue(...queueNames.map((name) => ({ name })));
    return {
      module: QueueModule,
      imports: [root, queues],
      providers: [JobQueue],
      exports: [JobQueue, queues],
    };
  }
}
