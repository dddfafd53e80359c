import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Claims, leaseMs } from './claims.service.js';
import { Outcomes } from './outcomes.service.js';

const everyMs = 5_000;
const overdueMs = 5_000;
const batch = 500;

/** Picks up replies that a crash left behind: due ones without a job, and those whose sender died. */
@Injectable()
export class OutboundSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('outbound sweep');
  private readonly rounds = new Repeating('outbound sweep', everyMs, () => this.sweep(overdueMs));
  private prunedAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly claims: Claims,
    private readonly outcomes: Outcomes,
    private readonly changes: Changes,
  ) {}

  /** SQLite has one process, so whatever is `sending` at its start was being sent by a dead one. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.database.options.type !== 'postgres')
      await this.database.manager.update(Delivery, { state: 'sending' }, { leaseUntil: new Date(0) });
    await this.sweep(0);
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(patienceMs: number): Promise<void> {
    for (const abandoned of await this.overdue('sending', 'leaseUntil', 0)) await this.takeOver(abandoned);
    const due = await this.overdue('queued', 'nextAttemptAt', patienceMs);
    if (due.length) await this.queue.addOutbound(due.map(({ id, attempts }) => ({ id, attempts, notBefore: null })));
    if (Date.now() - this.prunedAt < 3_600_000) return;
    this.prunedAt = Date.now();
    await this.changes.prune();
  }

  private overdue(state: 'sending' | 'queued', column: 'leaseUntil' | 'nextAttemptAt', patienceMs: number): Promise<Delivery[]> {
    return this.database.manager.find(Delivery, {
      where: { state, [column]: LessThan(new Date(Date.now() - patienceMs)) },
      order: { [column]: 'ASC' },
      take: batch,
    });
  }

  /** Not committed means surely not sent: it goes back into the queue. Committed means the platform is asked first. */
  private async takeOver(abandoned: Delivery): Promise<void> {
    const { id, fence } = abandoned;
    const change = abandoned.committedAt
      ? { fence: fence + 1, leaseUntil: new Date(Date.now() + leaseMs) }
      : { fence: fence + 1, state: 'queued' as const, nextAttemptAt: new Date(), leaseUntil: null };
    const { affected } = await this.database.manager.update(
      Delivery,
      { id, fence, state: 'sending' },
      { ...change, updatedAt: new Date() },
    );
    if (!affected) return;
    this.logger.warn({ delivery: id, committed: !!abandoned.committedAt }, 'its sender died; taking over');
    if (!abandoned.committedAt) return;
    const claim = await this.claims.load({ ...abandoned, fence: fence + 1 });
    await this.outcomes.resolve(claim, 'the app stopped while it was being sent.');
  }
}
