import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, In, LessThanOrEqual, MoreThan, MoreThanOrEqual } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';
import { transact } from '../database/data-source.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import type { Held } from './circuits.service.js';
import { heldByChannel, waiting } from './order.js';

const batch = 500;

/** Replies that wait because their channel's sending is held. Waiting costs them no attempt, and they say what they wait for. */
@Injectable()
export class HeldReplies {
  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  /** Lets a due reply wait; null when it is not due after all. What some have already got says of the others what it said before. */
  async hold(id: string, { until, kind, reason }: Held): Promise<Date | null> {
    const now = new Date();
    const held = await transact(this.database, async (manager) => {
      const due = { id, state: In(waiting), nextAttemptAt: LessThanOrEqual(now) };
      const { affected } = await manager.update(Delivery, due, { nextAttemptAt: until, updatedAt: now });
      if (!affected) return false;
      const told = {
        ...{ errorKind: kind === 'rate-limited' ? kind : ('unavailable' as const), errorCode: heldByChannel, errorRetryable: true },
        ...{ errorMessage: `Nothing gets through at the moment, so this waits. ${reason}`, errorAction: null },
      };
      await manager.update(Delivery, { id, state: 'queued' }, told);
      const { messageId } = await manager.findOneByOrFail(Delivery, { id });
      const { conversationId } = await manager.findOneByOrFail(Message, { id: messageId });
      await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
      return true;
    });
    this.changes.announce();
    return held ? until : null;
  }

  /** Lets those go whose channels are held no more, whatever ended that; not while one reply tries for all of them. */
  async free(): Promise<void> {
    const rows = await this.later({ errorCode: heldByChannel })
      .andWhere(
        `NOT EXISTS (SELECT 1 FROM channel_circuit circuit WHERE circuit.channel_id = delivery.channel_id
           AND (circuit.open_until > :now OR circuit.probe_until > :now))`,
        { now: new Date() },
      )
      .getMany();
    await this.letGo(rows);
  }

  /** Lets those of a channel go that wait since it began to fail: also those that were tried meanwhile, and would be tried later by themselves. */
  async freeSince(channelId: string, since: Date): Promise<void> {
    const kinds = { errorKind: In(['unavailable', 'rate-limited']) };
    await this.letGo(await this.later({ channelId, errorCode: heldByChannel }).getMany());
    await this.letGo(await this.later({ channelId, ...kinds, attemptAt: MoreThanOrEqual(since) }).getMany());
  }

  private later(which: FindOptionsWhere<Delivery>) {
    return this.database.manager
      .createQueryBuilder(Delivery, 'delivery')
      .where({ state: 'queued', nextAttemptAt: MoreThan(new Date()), ...which })
      .orderBy('delivery.id')
      .limit(batch);
  }

  private async letGo(rows: Delivery[]): Promise<void> {
    if (!rows.length) return;
    const now = new Date();
    for (const { id, nextAttemptAt } of rows)
      await this.database.manager.update(Delivery, { id, state: 'queued', nextAttemptAt: nextAttemptAt! }, { nextAttemptAt: now });
    await this.queue.addOutbound(rows.map(({ id, attempts }) => ({ id, attempts, notBefore: now })));
  }
}
