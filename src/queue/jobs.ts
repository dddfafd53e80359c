import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { JobsOptions, Queue } from 'bullmq';
import { endsWithin } from '../patience.js';
import { reason } from '../reason.js';
import { FairShare } from './fair-share.js';
import { Pulse } from './pulse.js';

/**
 * What travels through the queue: ids only. Whoever takes a job reads the rest from the database. `deathsNoted`: how many
 * deaths of workers that had the job are in the ledger already.
 */
export interface Jobs {
  inbound: { eventId: string; channelId: string | null; deathsNoted?: number };
  outbound: { deliveryId: string };
}

export type QueueName = keyof Jobs;
export const queueNames: QueueName[] = ['inbound', 'outbound'];

/** A worker that dies leaves its jobs locked; after this long another takes them. A living one renews its locks meanwhile. */
export const workerPatience = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 3 };

/** BullMQ takes jobs without a priority first, then those with a smaller one. What is beyond its channel's share waits for the others', back-fill for all. */
const priorities = { beyondShare: 5, backfill: 10 };

const patienceMs = 2_000;
/** Clocks of several machines differ by less. */
const clockToleranceMs = 60_000;
/** Of overdue jobs so many are looked after at a time: the oldest come first, so all have their turn. */
const mostFreed = 100;

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

  constructor(
    @InjectQueue('inbound') inbound: Queue,
    @InjectQueue('outbound') outbound: Queue,
    private readonly pulse: Pulse,
  ) {
    this.queues = { inbound, outbound };
    for (const queue of [inbound, outbound]) queue.on('error', (error) => void pulse.suspect(error));
  }

  /** `overdue` ones should have been done by now: what may hold their jobs back is cleared away. */
  async addInbound(events: Array<{ id: string; channelId: string | null; backfill: boolean }>, overdue = false): Promise<void> {
    const jobs = events.map(({ id, channelId, backfill }) =>
      job('inbound', { eventId: id, channelId }, id, this.urgency(channelId, backfill)),
    );
    await this.add('inbound', jobs, overdue);
  }

  /**
   * `notBefore` delays the attempt; the row's own time decides, the queue's clock only hurries it along. Each attempt is a
   * job of its own, because the next is planned while the job of the last still runs, and so is each time it is planned for:
   * a queue that was restored from an old file may hold one of that name for a time that is no longer meant. `round` makes
   * another job of the same plan, where that has come to nothing. `overdue` as above.
   */
  async addOutbound(
    deliveries: Array<{ id: string; attempts: number; notBefore: Date | null; round?: number }>,
    overdue = false,
  ): Promise<void> {
    const jobs = deliveries.map(({ id, attempts, notBefore, round }) => {
      const delay = Math.max(0, (notBefore?.getTime() ?? 0) - Date.now());
      const name = [id, attempts, notBefore?.getTime() ?? 'now', ...(round === undefined ? [] : [`r${round}`])].join('.');
      return job('outbound', { deliveryId: id }, name, delay ? { delay } : {});
    });
    await this.add('outbound', jobs, overdue);
  }

  /** Throws with the reason when the queue cannot be used: it is out of reach, or takes no work. Answers within seconds. */
  check(): Promise<void> {
    return this.pulse.check();
  }

  /** Jobs per state of each queue. Throws when the queue cannot be used. */
  async counts(): Promise<Record<QueueName, Record<string, number>>> {
    await this.check();
    const [inbound, outbound] = await Promise.all(queueNames.map((name) => this.queues[name].getJobCounts()));
    return { inbound: inbound!, outbound: outbound! };
  }

  private urgency(channelId: string | null, backfill: boolean): JobsOptions {
    if (backfill) return { priority: priorities.backfill };
    return this.share.has(channelId ?? '', Date.now()) ? {} : { priority: priorities.beyondShare };
  }

  /** While the queue is away, or one call hangs, no further ones are piled up. */
  private async add(name: QueueName, jobs: Parameters<Queue['addBulk']>[0], overdue = false): Promise<void> {
    if (!jobs.length || this.hanging || this.pulse.isDown) return;
    const warn = (error: string) => this.logger.warn({ queue: name, jobs: jobs.length, error }, 'jobs not added; the sweep will');
    const adding = this.addNow(this.queues[name], jobs, overdue).catch((error: unknown) => warn(reason(error)));
    if (await endsWithin(patienceMs, adding)) return;
    this.hanging = adding.finally(() => (this.hanging = undefined));
    warn('the queue does not answer');
  }

  private async addNow(queue: Queue, jobs: Parameters<Queue['addBulk']>[0], overdue: boolean): Promise<void> {
    if (overdue) await Promise.all(jobs.slice(0, mostFreed).map(({ opts }) => freeId(queue, opts!.jobId!)));
    await queue.addBulk(jobs);
  }
}

/**
 * A Redis that got full in the middle of a script leaves a job that is in no list: nobody would ever take it, and its id
 * keeps it from being added anew. One that was put off while the clock was wrong would wait until that time comes.
 */
async function freeId(queue: Queue, jobId: string): Promise<void> {
  const state = await queue.getJobState(jobId);
  if (state === 'unknown') await queue.remove(jobId);
  if (state !== 'delayed') return;
  const putOff = await queue.getJob(jobId);
  if ((putOff?.processedOn ?? 0) > Date.now() + clockToleranceMs) await queue.remove(jobId);
}

const job = <N extends QueueName>(name: N, data: Jobs[N], jobId: string, options: JobsOptions) => ({
  name,
  data,
  opts: { jobId, ...options },
});
