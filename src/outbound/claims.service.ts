import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ChannelAccess, type Connector, ConnectorError, type Outgoing } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { AttachmentStore } from '../conversations/attachment-store.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { nextAttempt } from './retry-schedule.js';

export const leaseMs = 30_000;

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
    private readonly store: AttachmentStore,
    private readonly changes: Changes,
  ) {}

  async channelOf(deliveryId: string): Promise<string | null> {
    return (await this.database.manager.findOneBy(Delivery, { id: deliveryId }))?.channelId ?? null;
  }

  /** Takes a due delivery, or null when it is not due, taken, or done. */
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
      .where(`id = :id AND state = 'queued' AND (next_attempt_at IS NULL OR next_attempt_at <= :now)`, { id, now })
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
    const { affected } = await this.database.manager.update(Delivery, mine(delivery), { committedAt: new Date() });
    if (!affected) throw new ConnectorError('unavailable', 'Another process took this reply over.');
  }

  async renew({ delivery }: Claim): Promise<void> {
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
    await this.database.manager.update(Delivery, mine(delivery), { ...change, updatedAt: new Date() });
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
  }
}

/** The row, as long as it is still this claimant's. */
export const mine = ({ id, fence }: Delivery) => ({ id, fence, state: 'sending' as const });
