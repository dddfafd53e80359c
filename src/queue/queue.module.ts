import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Backend } from './backend.js';
import { JobQueue, queueNames } from './jobs.js';
import { Pulse } from './pulse.js';
import { Workers } from './workers.js';

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
      imports: [DiscoveryModule, root, queues],
      providers: [{ provide: Backend, useValue: backend }, Pulse, Workers, JobQueue],
      exports: [JobQueue, Pulse, queues],
    };
  }
}
