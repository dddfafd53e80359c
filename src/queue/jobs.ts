import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';

/** What travels through the queue: ids only. Whoever takes a job reads the rest from the database. */
export interface Jobs {
  inbound: { eventId: string };
  outbound: { deliveryId: string };
}

export type QueueName = keyof Jobs;
export const queueNames: QueueName[] = ['inbound', 'outbound'];

/** A worker that dies leaves its jobs locked; after this long another takes them. A living one renews its locks meanwhile. */
export const workerPatience = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 3 };

/** Back-fill waits until no live job does: BullMQ takes jobs without a priority first. */
const backfillPriority = 10;

/** Adds jobs. The job's id is its row's, so adding one that still waits does nothing; a lost one is added again by the sweep. */
@Injectable()
export class JobQueue {
  private readonly queues: Record<QueueName, Queue>;

  constructor(@InjectQueue('inbound') inbound: Queue, @InjectQueue('outbound') outbound: Queue) {
    this.queues = { inbound, outbound };
  }

  async addInbound(events: Array<{ id: string; backfill: boolean }>): Promise<void> {
    await this.queues.inbound.addBulk(
      events.map(({ id, backfill }) => job('inbound', { eventId: id }, id, backfill ? { priority: backfillPriority } : {})),
    );
  }

  /** `notBefore` delays the attempt; the row's own time decides, the queue's clock only hurries it along. */
  async addOutbound(deliveries: Array<{ id: string; notBefore: Date | null }>): Promise<void> {
    await this.queues.outbound.addBulk(
      deliveries.map(({ id, notBefore }) => {
        const delay = Math.max(0, (notBefore?.getTime() ?? 0) - Date.now());
        return job('outbound', { deliveryId: id }, id, delay ? { delay } : {});
      }),
    );
  }

  /** Jobs per state of each queue, for metrics and readiness. Throws when the queue cannot be reached. */
  async counts(): Promise<Record<QueueName, Record<string, number>>> {
    const [inbound, outbound] = await Promise.all(queueNames.map((name) => this.queues[name].getJobCounts()));
    return { inbound: inbound!, outbound: outbound! };
  }
}

const job = <N extends QueueName>(name: N, data: Jobs[N], jobId: string, options: JobsOptions) => ({
  name,
  data,
  opts: { jobId, ...options },
});
