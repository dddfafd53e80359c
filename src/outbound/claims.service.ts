import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, LessThan, LessThanOrEqual } from 'typeorm';
import { ConnectorError } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { noteAttempt } from '../conversations/attempts.js';
import { Delivery } from '../conversations/delivery.entity.js';
import type { Message } from '../conversations/message.entity.js';
import { transact } from '../database/data-source.js';
import { isOutage } from '../outage.js';
import { Changes } from '../realtime/changes.service.js';
import { type Cargo, Cargos, refuseClosed } from './cargo.service.js';
import { Circuits, type Held } from './circuits.service.js';
import { HeldReplies } from './held-replies.service.js';
import { Lease, leaseMs, leaseUntil, type Moment, moment } from './lease.js';
import { olderOnItsWay, waiting } from './order.js';
import { turnOf } from './pace.js';
import { usualPatience } from './retry-schedule.js';
import { afterSetback } from './setback.js';
import { mine, Settlement } from './settlement.service.js';

/** A delivery this process may send, as long as its fence is the row's and its lease lasts. `probe`: it finds out whether its channel works again. */
export interface Claim extends Cargo {
  lease: Lease;
  probe: boolean;
}

/** Who may send a delivery now: taken, held and given back by guarded writes. */
@Injectable()
export class Claims {
  private readonly logger = new Logger('claims');
  private readonly inHand = new Set<string>();

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly cargos: Cargos,
    private readonly circuits: Circuits,
    private readonly heldReplies: HeldReplies,
    private readonly settlement: Settlement,
    private readonly changes: Changes,
  ) {}

  async channelOf(deliveryId: string): Promise<string | null> {
    return (await this.database.manager.findOneBy(Delivery, { id: deliveryId }))?.channelId ?? null;
  }

  /**
   * Takes a due delivery. Null when it is not due, taken, or done, or when an older one of its conversation is still on
   * its way, or the customer would read the answers in the wrong order. A date when its channel lets it go only then: because of
   * its pace, or because nothing gets through just now.
   */
  async claim(id: string, channelId: string): Promise<Claim | Date | null> {
    const circuit = await this.circuits.ask(channelId);
    if (circuit === 'probe' || circuit === 'open to all') return this.takeNow(id, channelId, circuit === 'probe');
    if (circuit.kind !== 'auth') return this.heldReplies.hold(id, circuit);
    return this.refuse(id, circuit);
  }

  /** Holds what was claimed while the work takes. */
  async keeping(claim: Claim, work: () => Promise<void>): Promise<void> {
    const { id, channelId } = claim.delivery;
    this.inHand.add(id);
    const renewing = setInterval(() => void this.renew(claim), leaseMs / 3);
    try {
      await work();
    } finally {
      clearInterval(renewing);
      this.inHand.delete(id);
      if (claim.probe) await this.circuits.release(channelId);
    }
  }

  /** Whether this process is at it. A clock that was put forward makes leases look as if they had run out. */
  holds({ id }: Delivery): boolean {
    return this.inHand.has(id);
  }

  /**
   * Called by the connector right before the point of no return. Throws when another process has taken over, and when it may
   * have: this one may have been paused while the database answered.
   */
  async commit({ delivery, lease }: Claim): Promise<void> {
    const asked = moment();
    const committedAt = new Date(asked.wall);
    const commit = this.database.manager.update(Delivery, mine(delivery), { committedAt, leaseUntil: leaseUntil(asked) });
    const { affected } = await commit.catch((error: Error) => {
      throw new ConnectorError('unavailable', 'Our own database did not answer before the reply was sent.', { cause: error });
    });
    if (!affected) throw new ConnectorError('unavailable', 'Another process took this reply over.');
    lease.extend(asked);
    if (!lease.holds())
      throw new ConnectorError('unavailable', 'This process was held up for so long that another one may have taken over.');
    delivery.committedAt = committedAt;
  }

  /**
   * Takes over what a dead process was sending; null when it lives after all, or when nothing had left the house yet. As it was
   * read a moment ago, its sender may have committed it since: then it is left for the next look, which asks the platform.
   */
  async inherit(abandoned: Delivery): Promise<Claim | null> {
    const { id, fence, committedAt } = abandoned;
    const asked = moment();
    const now = new Date(asked.wall);
    const change = committedAt ? { leaseUntil: leaseUntil(asked) } : { state: 'queued' as const, nextAttemptAt: now, leaseUntil: null };
    const still = { ...mine(abandoned), leaseUntil: LessThan(now), ...(!committedAt && { committedAt: IsNull() }) };
    const taken = await transact(this.database, async (manager) => {
      const { affected } = await manager.update(Delivery, still, { ...change, fence: fence + 1, updatedAt: now });
      const answer = committedAt ? 'The app stopped while it was being sent.' : 'The app stopped before anything was sent.';
      if (affected) await noteAttempt(manager, abandoned, { outcome: 'abandoned', answer });
      return Boolean(affected);
    });
    if (!taken) return null;
    this.logger.warn({ delivery: id, committed: !!committedAt }, 'its sender died; taking over');
    if (!committedAt) return null;
    return { ...(await this.cargos.load({ ...abandoned, fence: fence + 1 })), lease: new Lease(asked), probe: false };
  }

  private async takeNow(id: string, channelId: string, probe: boolean): Promise<Claim | Date | null> {
    const asked = moment();
    const perMinute = await this.rateOf(channelId);
    const { manager } = this.database;
    const taken = perMinute ? await this.takeInTurn(id, channelId, perMinute, asked) : await this.take(manager, id, asked);
    const claim = taken === true ? await this.load(id, asked, probe) : null;
    if (!claim && probe) await this.circuits.release(channelId);
    return taken instanceof Date ? taken : claim;
  }

  private async load(id: string, asked: Moment, probe: boolean): Promise<Claim | null> {
    const { manager } = this.database;
    const delivery = await manager.findOneByOrFail(Delivery, { id });
    try {
      const cargo = await this.cargos.load(delivery);
      refuseClosed(cargo);
      await this.tell(manager, cargo.message);
      this.changes.announce();
      return { ...cargo, lease: new Lease(asked), probe };
    } catch (error) {
      await this.giveBack(delivery, error as Error);
      return null;
    }
  }

  private async take(manager: EntityManager, id: string, { wall }: Moment): Promise<boolean> {
    const now = new Date(wall);
    const { affected } = await manager
      .createQueryBuilder()
      .update(Delivery)
      .set({
        state: 'sending',
        attempts: () => 'attempts + 1',
        fence: () => 'fence + 1',
        leaseUntil: new Date(wall + leaseMs),
        attemptAt: now,
        committedAt: null,
        updatedAt: now,
      })
      .where(`id = :id AND state IN (:...waiting) AND next_attempt_at <= :now AND NOT EXISTS (${olderOnItsWay})`, { id, now, waiting })
      .execute();
    return Boolean(affected);
  }

  /** Of all processes one at a time decides who of a channel goes next. What has to wait has not been attempted. */
  private async takeInTurn(id: string, channelId: string, perMinute: number, asked: Moment): Promise<boolean | Date> {
    return transact(this.database, async (manager) => {
      if (this.database.options.type === 'postgres')
        await manager.query('SELECT 1 FROM channel WHERE id = $1 FOR NO KEY UPDATE', [channelId]);
      const now = new Date();
      const delivery = await manager.findOneBy(Delivery, { id, state: In(waiting), nextAttemptAt: LessThanOrEqual(now) });
      if (!delivery) return false;
      const turn = await turnOf(manager, delivery, perMinute, now);
      if (!turn) return this.take(manager, id, asked);
      await manager.update(Delivery, id, { nextAttemptAt: turn, updatedAt: now });
      return turn;
    });
  }

  /** The platform would refuse it as it refused the one before: it is not asked again for each. */
  private async refuse(id: string, { reason }: Held): Promise<null> {
    if (!(await this.take(this.database.manager, id, moment()))) return null;
    const delivery = await this.database.manager.findOneByOrFail(Delivery, { id });
    await this.giveBack(delivery, new ConnectorError('auth', reason));
    return null;
  }

  private async rateOf(channelId: string): Promise<number | null> {
    const channel = await this.database.manager.findOneBy(Channel, { id: channelId, removedAt: IsNull() });
    const rate = channel && this.connectors.find(channel.type)?.rate;
    return rate ? rate((await this.channels.stored(channel)).settings) : null;
  }

  private async renew({ delivery, lease, probe }: Claim): Promise<void> {
    const asked = moment();
    try {
      const { affected } = await this.database.manager.update(Delivery, mine(delivery), { leaseUntil: leaseUntil(asked) });
      if (affected) lease.extend(asked);
      if (probe) await this.circuits.renewProbe(delivery.channelId);
    } catch (error) {
      this.logger.warn({ delivery: delivery.id, error: (error as Error).message }, 'cannot renew the lease');
    }
  }

  /** Nothing was sent, because we could not even read what to send. */
  private async giveBack(delivery: Delivery, error: Error): Promise<void> {
    const foreseen = isOutage(error) || (error instanceof ConnectorError && !error.retryable);
    this.logger[foreseen ? 'warn' : 'error']({ delivery: delivery.id, error: error.message }, 'cannot prepare this reply');
    await this.settlement.settle(delivery, { outcome: 'failed', error }, (now, since) =>
      afterSetback(now, error, { attempts: now.attempts, since, patience: usualPatience, closesAt: null }),
    );
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
  }
}
