import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, Not } from 'typeorm';
import { type ChannelAccess, type Connector, ConnectorError, type Found, type Outgoing, type Sent } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { AttachmentStore } from '../conversations/attachment-store.js';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { insertNew } from '../database/data-source.js';
import { JobQueue } from '../queue/jobs.js';
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

/** The steps of a delivery's life, each one guarded write. */
@Injectable()
export class Dispatch {
  private readonly logger = new Logger('dispatch');

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly store: AttachmentStore,
    private readonly queue: JobQueue,
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

  async sent({ delivery, message, channel }: Claim, { externalId, ownKeys = [] }: Sent): Promise<void> {
    await this.database.transaction(async (manager) => {
      await removeEchoCopy(manager, message, externalId);
      await manager.update(Message, message.id, { externalId });
      await insertNew(
        manager,
        ThreadKey,
        ownKeys.map((key) => ({ channelId: channel.id, key, conversationId: message.conversationId })),
      );
      await manager.update(
        Delivery,
        { id: delivery.id, state: In(['sending', 'uncertain', 'queued']) },
        { ...settled, state: 'sent', updatedAt: new Date() },
      );
      await this.tell(manager, message);
    });
    this.changes.announce();
    this.logger.log({ channel: channel.id, delivery: delivery.id }, 'sent');
    if (channel.healthState === 'needs-auth') await this.channels.report(channel.id, 'ok');
  }

  /** Decides by kind: look for it, try again later, or tell the agent. */
  async failed(claim: Claim, error: ConnectorError): Promise<void> {
    const { channel, delivery } = claim;
    this.logger.warn(
      { channel: channel.id, delivery: delivery.id, kind: error.kind, outcome: error.outcome, code: error.code },
      'delivery failed',
    );
    if (error.kind === 'auth') await this.channels.report(channel.id, 'needs-auth', error.message);
    if (error.outcome === 'unknown') return this.resolve(claim, error.message);
    await this.retryOrFail(claim, error);
  }

  /** After a crash or an unclear answer: what does the platform know of it? */
  async resolve(claim: Claim, why: string): Promise<void> {
    const { connector, outgoing, access, delivery } = claim;
    const since = delivery.committedAt ?? delivery.updatedAt;
    const found = await connector.find(outgoing, access, since).catch((error: Error): Found => {
      this.logger.warn({ delivery: delivery.id, error: error.message }, 'cannot ask the platform whether it was sent');
      return { state: 'unknown' };
    });
    // Two equal replies soon after another: what was found may be the other one, which is accounted for already.
    const taken = found.state === 'sent' && (await isAnotherReply(this.database.manager, claim.message, found.externalId));
    if (found.state === 'sent' && !taken) return this.sent(claim, found);
    if (found.state === 'absent') return this.retryOrFail(claim, new ConnectorError('unavailable', why));
    await this.settle(claim, {
      state: 'uncertain',
      nextAttemptAt: null,
      errorMessage: `It may have been sent: ${why}`,
      errorRetryable: true,
      errorAction: 'Ask the customer, or send it again at the risk of sending it twice.',
      errorCode: null,
    });
  }

  private async retryOrFail(claim: Claim, error: ConnectorError): Promise<void> {
    const retryAt = error.retryable ? nextAttempt(claim.delivery.attempts, error.retryAfterMs) : null;
    const action = error.action ?? (error.kind === 'auth' ? 'Ask an admin to reconnect the channel, then send it again.' : null);
    const told = {
      errorCode: error.code ?? null,
      errorMessage: error.message,
      errorAction: action,
      errorRetryable: error.kind !== 'rejected',
    };
    await this.settle(claim, { ...told, state: retryAt ? 'queued' : 'failed', nextAttemptAt: retryAt });
    if (retryAt) await this.queue.addOutbound([{ id: claim.delivery.id, notBefore: retryAt }]);
  }

  private async settle({ delivery, message }: Claim, change: Partial<Delivery>): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(Delivery, mine(delivery), { ...change, leaseUntil: null, updatedAt: new Date() });
      if (affected) await this.tell(manager, message);
    });
    this.changes.announce();
  }

  /** Nothing was sent, because we could not even read what to send. */
  private async giveBack(delivery: Delivery, error: Error): Promise<void> {
    this.logger.error({ delivery: delivery.id, error: error.message }, 'cannot prepare this reply');
    const retryAt = nextAttempt(delivery.attempts);
    const change = {
      state: retryAt ? ('queued' as const) : ('failed' as const),
      nextAttemptAt: retryAt,
      errorMessage: error.message,
      errorRetryable: true,
    };
    await this.database.manager.update(Delivery, mine(delivery), { ...change, updatedAt: new Date() });
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
  }
}

const mine = ({ id, fence }: Delivery) => ({ id, fence, state: 'sending' as const });
const settled = { nextAttemptAt: null, leaseUntil: null, errorCode: null, errorMessage: null, errorAction: null, errorRetryable: false };

/** The echo of this very message may have come first and been taken for a colleague's. */
async function removeEchoCopy(manager: EntityManager, message: Message, externalId: string): Promise<void> {
  const copy = await others(manager, message, externalId).getOne();
  if (!copy || (await manager.existsBy(Delivery, { messageId: copy.id }))) return;
  await manager.delete(Message, copy.id);
  await manager.decrement(Conversation, { id: copy.conversationId }, 'messageCount', 1);
}

const isAnotherReply = (manager: EntityManager, message: Message, externalId: string): Promise<boolean> =>
  others(manager, message, externalId).innerJoin(Delivery, 'd', 'd.message_id = m.id').getExists();

const others = (manager: EntityManager, { id, channelId }: Message, externalId: string) =>
  manager.createQueryBuilder(Message, 'm').where({ channelId, externalId, direction: 'outbound', id: Not(id) });
