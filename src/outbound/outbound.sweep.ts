import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, In, LessThan } from 'typeorm';
import { Delivery, type DeliveryState } from '../conversations/delivery.entity.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Claims } from './claims.service.js';
import { waiting } from './order.js';
import { Outcomes } from './outcomes.service.js';

const everyMs = 5_000;
const overdueMs = 5_000;
const batch = 500;

/** Picks up replies that a crash left behind: due ones without a job, and those whose sender died. */
@Injectable()
export class OutboundSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('outbound sweep', everyMs, () => this.sweep());
  private readonly lanes = new ChannelLanes();
  /** At the start nothing waits for a reason. */
  private patienceMs = 0;
  private prunedAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly claims: Claims,
    private readonly outcomes: Outcomes,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    const abandoned = await this.overdue(['sending'], 'leaseUntil', 0);
    await Promise.all(abandoned.map((delivery) => this.takeOver(delivery)));
    const due = await this.overdue(waiting, 'nextAttemptAt', this.patienceMs);
    this.patienceMs = overdueMs;
    if (due.length) await this.queue.addOutbound(due.map(({ id, attempts }) => ({ id, attempts, notBefore: null })));
    if (Date.now() - this.prunedAt < 3_600_000) return;
    this.prunedAt = Date.now();
    await this.changes.prune();
  }

  private overdue(states: DeliveryState[], column: 'leaseUntil' | 'nextAttemptAt', patienceMs: number): Promise<Delivery[]> {
    return this.database.manager.find(Delivery, {
      where: { state: In(states), [column]: LessThan(new Date(Date.now() - patienceMs)) },
      order: { [column]: 'ASC' },
      take: batch,
    });
  }

  /** Not committed means surely not sent: it goes back into the queue. Committed means the platform is asked first. */
  private async takeOver(abandoned: Delivery): Promise<void> {
    const leave = this.lanes.enter(abandoned.channelId);
    if (!leave) return;
    try {
      const claim = await this.claims.inherit(abandoned);
      if (claim) await this.claims.keeping(claim, () => this.outcomes.resolve(claim, 'the app stopped while it was being sent.'));
    } catch (error) {
      await this.outcomes.unknowable(abandoned, error as Error);
    } finally {
      leave();
    }
  }
}
