import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { isOutage } from '../outage.js';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Claims } from './claims.service.js';
import { HeldReplies } from './held-replies.service.js';
import { mendTimes } from './mend-times.js';
import { Outcomes } from './outcomes.service.js';
import { overdue } from './overdue.js';

const everyMs = 5_000;
const overdueMs = 5_000;
/** A job of its own, each minute anew: the first one may stand in an old queue for a time that is no longer meant. */
const roundMs = 60_000;
const batch = 500;

/** Picks up replies that a crash left behind: due ones without a job, those whose sender died, and those that wait for nothing any more. */
@Injectable()
export class OutboundSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('outbound sweep');
  private readonly rounds = new Repeating('outbound sweep', everyMs, () => this.sweep());
  private readonly lanes = new ChannelLanes();
  private readonly takingOver = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  /** At the start nothing waits for a reason. */
  private patienceMs = 0;
  private prunedAt = 0;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly claims: Claims,
    private readonly outcomes: Outcomes,
    private readonly heldReplies: HeldReplies,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.rounds.stop();
    await Promise.all(this.takingOver.values());
  }

  private async sweep(): Promise<void> {
    const { manager } = this.database;
    await mendTimes(manager);
    await this.takeOverAll();
    await this.heldReplies.free();
    const now = Date.now();
    const due = await overdue(manager, new Date(now - this.patienceMs), new Date(now));
    this.patienceMs = overdueMs;
    await this.queue.addOutbound(
      due.map(({ id, attempts, nextAttemptAt: notBefore }) => {
        const late = now - notBefore!.getTime() > roundMs;
        return { id, attempts, notBefore, ...(late && { round: Math.floor(now / roundMs) }) };
      }),
      true,
    );
    if (now - this.prunedAt < 3_600_000) return;
    this.prunedAt = now;
    await this.changes.prune();
  }

  /** Each by itself: what a platform knows of a reply can take long to find out, and the others have to be looked after meanwhile. */
  private async takeOverAll(): Promise<void> {
    const dead = { state: 'sending' as const, leaseUntil: LessThan(new Date()) };
    const abandoned = await this.database.manager.find(Delivery, { where: dead, order: { leaseUntil: 'ASC' }, take: batch });
    for (const delivery of abandoned) {
      if (this.claims.holds(delivery) || this.takingOver.has(delivery.id)) continue;
      const leave = this.lanes.enter(delivery.channelId);
      if (!leave) continue;
      const done = this.takeOver(delivery).finally(() => {
        this.takingOver.delete(delivery.id);
        leave();
      });
      this.takingOver.set(delivery.id, done);
    }
  }

  /** Not committed means surely not sent: it goes back into the queue. Committed means the platform is asked first. */
  private async takeOver(abandoned: Delivery): Promise<void> {
    const surelyDead = abandoned.leaseUntil!.getTime() === 0;
    try {
      const claim = await this.claims.inherit(abandoned);
      if (claim) await this.claims.keeping(claim, () => this.outcomes.inherited(claim, surelyDead, this.stopping.signal));
    } catch (error) {
      // Whoever starts next goes on with it.
      if (this.stopping.signal.aborted) return;
      // The platform still knows when our database is back.
      if (isOutage(error)) return this.putOff(abandoned, error as Error);
      await this.outcomes.unknowable(abandoned, error as Error).catch((cause: Error) => this.putOff(abandoned, cause));
    }
  }

  private putOff({ id }: Delivery, { message }: Error): void {
    this.logger.error({ delivery: id, error: message }, 'cannot take over; trying again when its lease is over');
  }
}
