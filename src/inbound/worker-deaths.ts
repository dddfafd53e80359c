import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { Jobs } from '../queue/jobs.js';
import { InboundEvent } from './inbound-event.entity.js';
import type { InboundSetbacks } from './inbound-setbacks.js';

type InboundJob = Job<Jobs['inbound']>;

const died = new Error('a worker died while working on it');

/**
 * Finds out the event that kills whoever takes it. Each death is an attempt, counted in the ledger before the event is
 * touched again; and what was in work at one is taken one at a time, so that the others are not taken for it.
 */
export class WorkerDeaths {
  private readonly logger = new Logger('inbound');
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: DataSource,
    private readonly setbacks: InboundSetbacks,
  ) {}

  /** Whether a worker that had the job has died since that was last noted. */
  suspects({ stalledCounter, data: { deathsNoted = 0 } }: InboundJob): boolean {
    return stalledCounter > deathsNoted;
  }

  /** Notes the death, and works on the event unless that was one too many. */
  oneAtATime(job: InboundJob, work: (row: InboundEvent) => Promise<void>): Promise<void> {
    const turn = this.last.then(async () => {
      const row = await this.note(job);
      if (!row) return;
      // In the ledger first: a death in between counts it twice, and not never.
      await job.updateData({ ...job.data, deathsNoted: job.stalledCounter });
      await work(row);
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Counts the attempt. Resolves with the event unless it is settled, be it by this. */
  async note({ data: { eventId: id } }: InboundJob): Promise<InboundEvent | null> {
    const row = await this.database.manager.findOneBy(InboundEvent, { id, state: 'received' });
    if (!row) return null;
    this.logger.warn({ event: id }, 'a worker died while working on this');
    return (await this.setbacks.count(row, died)) ? { ...row, attempts: row.attempts + 1 } : null;
  }
}
