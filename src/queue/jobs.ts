import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { setTimeout } from 'node:timers/promises';
import { FairShare } from './fair-share.js';

/** What travels through the queue: ids only. Whoever takes a job reads the rest from the database. */
export interface Jobs {
  inbound: { eventId: string; channelId: string | null; deathsNoted?: number };
  outbound: { deliveryId: string };
}

export type QueueName = keyof Jobs;
export const queueNames: QueueName[] = ['inbound', 'outbound'];

/** A worker that dies leaves its jobs locked; after this long another takes them. A living one renews its locks meanwhile. */
export const workerPatience = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 3 };

/** Back-fill waits until no live job does: BullMQ takes jobs without a priority first. */
/** BullMQ takes jobs without a priority first, then those with a smaller one. */
const priorities = { beyondShare: 5, backfill: 10 };

const patienceMs = 2_000;

/**
 * Adds jobs. The job's id is its row's, so adding one that still waits does nothing. A queue that is out of reach fails
 * nobody: the rows are safe, and the sweep adds their jobs when it is back.
 */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger('queue');
  private readonly queues: Record<QueueName, Queue>;
  private readonly share = new FairShare();
  private hanging?: Promise<unknown>;

  constructor(@InjectQueue('inbound') inbound: Queue, @InjectQueue('outbound') outbound: Queue) {
    this.queues = { inbound, outbound };
    for (const queue of [inbound, outbound])
      queue.on('error', (error) => this.logger.warn({ queue: queue.name, error: error.message }, 'queue trouble'));
  }

  private urgency(channelId: string | null, backfill: boolean): JobsOptions {
    if (backfill) return { priority: priorities.backfill };
    return this.share.has(channelId ?? '', Date.now()) ? {} : { priority: priorities.beyondShare };
  }

  async addInbound(events: Array<{ id: string; channelId: string | null; backfill: boolean }>, _overdue = false): Promise<void> {
    const jobs = events.map(({ id, channelId, backfill }) =>
      job('inbound', { eventId: id, channelId }, id, this.urgency(channelId, backfill)),
    );
    await this.add('inbound', jobs);
  }

  /**
   * `notBefore` delays the attempt; the row's own time decides, the queue's clock only hurries it along. Each attempt is a
   * job of its own, because the next is planned while the job of the last still runs, and so is each time it is planned for:
   * a queue that was restored from an old file may hold one of that name for a time that is no longer meant. `round` makes
   * another job of the same plan, where that has come to nothing.
   */
  async addOutbound(deliveries: Array<{ id: string; attempts: number; notBefore: Date | null; round?: number }>): Promise<void> {
    const jobs = deliveries.map(({ id, attempts, notBefore, round }) => {
      const delay = Math.max(0, (notBefore?.getTime() ?? 0) - Date.now());
      const name = [id, attempts, notBefore?.getTime() ?? 'now', ...(round === undefined ? [] : [`r${round}`])].join('.');
      return job('outbound', { deliveryId: id }, name, delay ? { delay } : {});
    });
    await this.add('outbound', jobs);
  }

  /** Jobs per state of each queue, for metrics and readiness. Throws when the queue cannot be reached. */
  async counts(): Promise<Record<QueueName, Record<string, number>>> {
    const [inbound, outbound] = await Promise.all(queueNames.map((name) => this.queues[name].getJobCounts()));
    return { inbound: inbound!, outbound: outbound! };
  }

  /** While one call hangs no further ones are piled up behind it. */
  private async add(name: QueueName, jobs: Parameters<Queue['addBulk']>[0]): Promise<void> {
    if (!jobs.length || this.hanging) return;
    const warn = (error: string) => this.logger.warn({ queue: name, jobs: jobs.length, error }, 'jobs not added; the sweep will');
    const adding = this.queues[name].addBulk(jobs).catch((error: Error) => warn(error.message));
    const late = Symbol();
    if ((await Promise.race([adding, setTimeout(patienceMs, late, { ref: false })])) !== late) return;
    this.hanging = adding.finally(() => (this.hanging = undefined));
    warn('the queue does not answer');
  }
}

const job = <N extends QueueName>(name: N, data: Jobs[N], jobId: string, options: JobsOptions) => ({
  name,
  data,
  opts: { jobId, ...options },
});
