import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { type ChannelAccess, type Connector, ConnectorError, type Outgoing } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { FileStore } from '../files/file-store.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { nextAttempt } from './retry-schedule.js';

const leaseMs = 30_000;

/** Replies that must go before: being sent, or due and waiting. One that is planned for later holds up nobody. */
const olderOnItsWay = `
  SELECT 1 FROM delivery older
  JOIN message older_message ON older_message.id = older.message_id
  WHERE older_message.conversation_id = (SELECT conversation_id FROM message WHERE message.id = delivery.message_id)
    AND older.id < delivery.id
    AND (older.state = 'sending' OR (older.state = 'queued' AND (older.attempts > 0 OR older.next_attempt_at <= :now)))`;

/** A delivery this process may send, as long as its fence is the row's. */
export interface Claim {
  delivery: Delivery;
  message: Message;
  channel: Channel;
  connector: Connector;
  access: ChannelAccess;
  outgoing: Omit<Outgoing, 'committing'>;
}

/** Who may send a delivery now: taken, held and given back by guarded writes. */
@Injectable()
export class Claims {
  private readonly logger = new Logger('claims');

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly store: FileStore,
    private readonly changes: Changes,
  ) {}

  async channelOf(deliveryId: string): Promise<string | null> {
    return (await this.database.manager.findOneBy(Delivery, { id: deliveryId }))?.channelId ?? null;
  }

  /**
   * Takes a due delivery, or null when it is not due, taken, or done. One whose conversation has an older one still on its
   * way waits for that, or the customer would read the answers in the wrong order.
   */
  async claim(id: string): Promise<Claim | null> {
    const now = new Date();
    const { affected } = await this.database.manager
      .createQueryBuilder()
      .update(Delivery)
      .set({
        state: 'sending',
        attempts: () => 'attempts + 1',
        fence: () => 'fence + 1',
        leaseUntil: new Date(now.getTime() + leaseMs),
        committedAt: null,
        updatedAt: now,
      })
      .where(`id = :id AND state = 'queued' AND next_attempt_at <= :now AND NOT EXISTS (${olderOnItsWay})`, { id, now })
      .execute();
    if (!affected) return null;
    const delivery = await this.database.manager.findOneByOrFail(Delivery, { id });
    try {
      const claim = await this.load(delivery);
      await this.tell(this.database.manager, claim.message);
      this.changes.announce();
      return claim;
    } catch (error) {
      await this.giveBack(delivery, error as Error);
      return null;
    }
  }

  /** Everything about a delivery, read fresh. */
  async load(delivery: Delivery): Promise<Claim> {
    const { manager } = this.database;
    const message = await manager.findOneByOrFail(Message, { id: delivery.messageId });
    const channel = await manager.findOneByOrFail(Channel, { id: delivery.channelId });
    if (channel.removedAt) throw new ConnectorError('rejected', 'The channel was removed before this reply was sent.');
    const conversation = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
    const connector = this.connectors.of(channel);
    const files = await manager.find(Attachment, { where: { messageId: message.id }, order: { createdAt: 'ASC', id: 'ASC' } });
    const attachments = await Promise.all(
      files.map(async ({ filename, contentType, sha256 }) => ({ filename, contentType, content: await this.store.read(sha256) })),
    );
    const outgoing = {
      deliveryId: delivery.id,
      externalId: message.externalId,
      text: message.text,
      html: message.html,
      envelope: (message.envelope ?? {}) as Record<string, unknown>,
      attachments,
      windowMode: connector.replyWindow(conversation, new Date()).mode,
    };
    return { delivery, message, channel, connector, outgoing, access: await this.channels.access(channel) };
  }

  /** Called by the connector right before the point of no return. Throws when another process has taken over. */
  async commit({ delivery }: Claim): Promise<void> {
    const commit = this.database.manager.update(Delivery, mine(delivery), { committedAt: new Date() });
    const { affected } = await commit.catch((error: Error) => {
      throw new ConnectorError('unavailable', 'Our own database did not answer before the reply was sent.', { cause: error });
    });
    if (!affected) throw new ConnectorError('unavailable', 'Another process took this reply over.');
  }

  /** Holds the lease while the work takes. */
  async keeping(claim: Claim, work: () => Promise<void>): Promise<void> {
    const renewing = setInterval(() => void this.renew(claim), leaseMs / 3);
    await work().finally(() => clearInterval(renewing));
  }

  private async renew({ delivery }: Claim): Promise<void> {
    await this.database.manager
      .update(Delivery, mine(delivery), { leaseUntil: new Date(Date.now() + leaseMs) })
      .catch((error: Error) => this.logger.warn({ delivery: delivery.id, error: error.message }, 'cannot renew the lease'));
  }

  /** Nothing was sent, because we could not even read what to send. */
  private async giveBack(delivery: Delivery, error: Error): Promise<void> {
    this.logger.error({ delivery: delivery.id, error: error.message }, 'cannot prepare this reply');
    const final = error instanceof ConnectorError && !error.retryable;
    const retryAt = final ? null : nextAttempt(delivery.attempts);
    const change = {
      state: retryAt ? ('queued' as const) : ('failed' as const),
      nextAttemptAt: retryAt,
      errorMessage: error.message,
      errorRetryable: !final,
    };
    await this.database.transaction(async (manager) => {
      await manager.update(Delivery, mine(delivery), { ...change, leaseUntil: null, updatedAt: new Date() });
      await this.tell(manager, await manager.findOneByOrFail(Message, { id: delivery.messageId }));
    });
    this.changes.announce();
  }

  /** Takes over what a dead process was sending; null when it lives after all, or when nothing had left the house yet. */
  async inherit(abandoned: Delivery): Promise<Claim | null> {
    const { id, fence, committedAt } = abandoned;
    const now = new Date();
    const change = committedAt
      ? { leaseUntil: new Date(now.getTime() + leaseMs) }
      : { state: 'queued' as const, nextAttemptAt: now, leaseUntil: null };
    const still = { id, fence, state: 'sending' as const, leaseUntil: LessThan(now) };
    const { affected } = await this.database.manager.update(Delivery, still, { ...change, fence: fence + 1, updatedAt: now });
    if (!affected) return null;
    this.logger.warn({ delivery: id, committed: !!committedAt }, 'its sender died; taking over');
    return committedAt ? this.load({ ...abandoned, fence: fence + 1 }) : null;
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
  }
}

/** The row, as long as it is still this claimant's. */
export const mine = ({ id, fence }: Delivery) => ({ id, fence, state: 'sending' as const });
