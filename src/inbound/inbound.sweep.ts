import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { InboundEvent } from './inbound-event.entity.js';

const everyMs = 5_000;
const overdueMs = 5_000;
/** Clocks of several machines differ by less. */
const clockToleranceMs = 60_000;
const batch = 1_000;
const leastPerChannel = 50;
/** As long as workers keep up with what is added, the next ones follow after this. */
const goOnMs = 500;

type Waiting = Pick<InboundEvent, 'id' | 'channelId' | 'backfill'>;

/**
 * Adds jobs again for events that still wait: what a crash left between row and job, what a queue forgot, what is to be
 * replayed. Of each channel its next ones, live before history, so that none stands in line behind all that another has.
 * Events that came before their account was connected find their channel here.
 */
@Injectable()
export class InboundSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('inbound sweep', everyMs, () => this.sweep());
  private readonly stopping = new AbortController();
  /** At the start nothing waits for a reason, so even the newest are added. */
  private patienceMs = 0;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    for (let before = new Set<string>(); ;) {
      const rows = await this.addNext();
      const keepsUp = rows.length >= batch && rows.filter(({ id }) => before.has(id)).length < batch / 2;
      if (!keepsUp || this.stopping.signal.aborted) return;
      before = new Set(rows.map(({ id }) => id));
      await sleep(goOnMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async addNext(): Promise<Waiting[]> {
    const storedBefore = new Date(Date.now() - this.patienceMs);
    this.patienceMs = overdueMs;
    await this.routeStrays();
    const rows = await this.next(storedBefore);
    await this.queue.addInbound(rows, true);
    return rows;
  }

  /** In the order in which they should be taken: the first of each channel, the second of each, and so on. */
  private async next(storedBefore: Date): Promise<Waiting[]> {
    const channels = await this.waitingChannels();
    const each = Math.max(leastPerChannel, Math.ceil(batch / Math.max(1, channels.length)));
    // Stored by a clock that was wrong: nobody should wait until that time comes.
    const ahead = new Date(Date.now() + clockToleranceMs);
    const found: Array<Waiting & { place: number }> = [];
    for (const channelId of channels) {
      const rows = await this.waiting().andWhere({ channelId }).orderBy('e.backfill').addOrderBy('e.storedAt').limit(each).getMany();
      const due = rows.filter(({ storedAt }) => storedAt < storedBefore || storedAt > ahead);
      found.push(...due.map(({ id, backfill }, place) => ({ id, channelId, backfill, place })));
    }
    return found.toSorted((one, other) => Number(one.backfill) - Number(other.backfill) || one.place - other.place);
  }

  private async waitingChannels(): Promise<string[]> {
    const rows = await this.database.manager
      .createQueryBuilder(Channel, 'c')
      .select('c.id')
      .whereExists(this.waiting().andWhere('e.channelId = c.id'))
      .getMany();
    return rows.map(({ id }) => id);
  }

  /** Without their times: those are looked at afterwards, or a database goes by them through all that was ever stored. */
  private waiting(): SelectQueryBuilder<InboundEvent> {
    return this.database.manager
      .createQueryBuilder(InboundEvent, 'e')
      .select(['e.id', 'e.backfill', 'e.storedAt'])
      .where(`e.state = 'received'`);
  }

  /** By the names by which what comes now is routed: the account's own first, then its other one. */
  private async routeStrays(): Promise<void> {
    const channel = `SELECT channel.id FROM channel WHERE channel.type = inbound_event.connector
      AND inbound_event.account IN (channel.external_id, channel.alias) AND channel.removed_at IS NULL`;
    const named = `${channel} ORDER BY CASE WHEN channel.external_id = inbound_event.account THEN 0 ELSE 1 END LIMIT 1`;
    await this.database.query(
      `UPDATE inbound_event SET channel_id = (${named}), state = 'received', reason = NULL WHERE state = 'unrouted' AND EXISTS (${channel})`,
    );
  }
}
