import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, LessThan, LessThanOrEqual } from 'typeorm';
import { type ChannelAccess, type Connector, ConnectorError, type Outgoing, type ReplyWindow } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { FileStore } from '../files/file-store.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { PublicFiles } from '../conversations/public-files.service.js';
import { ReplyWindows } from '../conversations/reply-windows.service.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { changeDelivery } from '../conversations/reopening.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { stillToReach } from '../conversations/recipient-fates.js';
import { transact } from '../database/data-source.js';
import { Changes, type NewChange } from '../realtime/changes.service.js';
import { holdLaterParts } from './later-parts.js';
import { olderOnItsWay, waiting } from './order.js';
import { turnOf } from './pace.js';
import { giveBackPrivateReply } from '../conversations/private-replies.js';
import { afterSetback } from './setback.js';

const leaseMs = 30_000;

/** A delivery this process may send, as long as its fence is the row's. */
export interface Claim {
  delivery: Delivery;
  message: Message;
  channel: Channel;
  connector: Connector;
  access: ChannelAccess;
  /** As it was when this was claimed. */
  window: ReplyWindow;
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
    private readonly windows: ReplyWindows,
    private readonly publicFiles: PublicFiles,
    private readonly changes: Changes,
  ) {}

  async channelOf(deliveryId: string): Promise<string | null> {
    return (await this.database.manager.findOneBy(Delivery, { id: deliveryId }))?.channelId ?? null;
  }

  /**
   * Takes a due delivery. Null when it is not due, taken, or done, or when an older one of its conversation is still on
   * its way, or the customer would read the answers in the wrong order. A date when its channel's pace lets it go only then.
   */
  async claim(id: string): Promise<Claim | Date | null> {
    const { manager } = this.database;
    const channelId = await this.channelOf(id);
    const perMinute = channelId && (await this.rateOf(channelId));
    const taken = perMinute ? await this.takeInTurn(id, channelId, perMinute) : await this.take(manager, id);
    if (taken !== true) return taken || null;
    const delivery = await manager.findOneByOrFail(Delivery, { id });
    try {
      const claim = await this.load(delivery);
      refuseClosed(claim);
      await this.tell(manager, claim.message);
      this.changes.announce();
      return claim;
    } catch (error) {
      await this.giveBack(delivery, error as Error);
      return null;
    }
  }

  private async take(manager: EntityManager, id: string): Promise<boolean> {
    const now = new Date();
    const { affected } = await manager
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
      .where(`id = :id AND state IN (:...waiting) AND next_attempt_at <= :now AND NOT EXISTS (${olderOnItsWay})`, { id, now, waiting })
      .execute();
    return Boolean(affected);
  }

  /** Of all processes one at a time decides who of a channel goes next. What has to wait has not been attempted. */
  private async takeInTurn(id: string, channelId: string, perMinute: number): Promise<boolean | Date> {
    return transact(this.database, async (manager) => {
      if (this.database.options.type === 'postgres')
        await manager.query('SELECT 1 FROM channel WHERE id = $1 FOR NO KEY UPDATE', [channelId]);
      const now = new Date();
      const delivery = await manager.findOneBy(Delivery, { id, state: In(waiting), nextAttemptAt: LessThanOrEqual(now) });
      if (!delivery) return false;
      const turn = await turnOf(manager, delivery, perMinute, now);
      if (!turn) return this.take(manager, id);
      await manager.update(Delivery, id, { nextAttemptAt: turn, updatedAt: now });
      return turn;
    });
  }

  private async rateOf(channelId: string): Promise<number | null> {
    const channel = await this.database.manager.findOneBy(Channel, { id: channelId, removedAt: IsNull() });
    const rate = channel && this.connectors.find(channel.type)?.rate;
    return rate ? rate((await this.channels.stored(channel)).settings) : null;
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
      files.map(async ({ id, filename, contentType, sha256 }) => ({
        id,
        filename,
        contentType,
        content: await this.store.read(sha256),
        url: this.publicFiles.addressOf(id),
      })),
    );
    const window = await this.windows.ofReply(manager, conversation, channel.type, message, new Date(), true);
    const outgoing = {
      deliveryId: delivery.id,
      externalId: message.externalId,
      text: message.text,
      html: message.html,
      envelope: (message.envelope ?? {}) as Record<string, unknown>,
      attachments,
      recipients: stillToReach(delivery.recipients),
      windowMode: window.mode,
    };
    return { delivery, message, channel, connector, window, outgoing, access: await this.channels.access(channel) };
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
    const refused = error instanceof ConnectorError && error.kind === 'rejected';
    this.logger[refused ? 'warn' : 'error']({ delivery: delivery.id, error: error.message }, 'cannot prepare this reply');
    await this.settle(delivery, (now) => afterSetback(now, error), error);
  }

  /**
   * Notes how an attempt ended and gives the lease back, unless somebody else has it. Decided by the row as it is now: a
   * bounce of an earlier attempt may have come while this one was under way. `error` is why it did not succeed.
   */
  async settle(delivery: Delivery, decide: (now: Delivery) => Partial<Delivery>, error?: Error): Promise<Partial<Delivery>> {
    const settled = await transact(this.database, async (manager) => {
      const { affected } = await manager.update(Delivery, mine(delivery), { leaseUntil: null, updatedAt: new Date() });
      if (!affected) return {};
      const before = await manager.findOneByOrFail(Delivery, { id: delivery.id });
      const change = decide(before);
      const told = await changeDelivery(manager, before, change);
      const message = await manager.findOneByOrFail(Message, { id: delivery.messageId });
      await this.tell(manager, message, ...told);
      await this.follow(manager, message, change, error);
      return change;
    });
    this.changes.announce();
    return settled;
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

  /** What a failure changes beside its delivery. */
  private async follow(manager: EntityManager, message: Message, { state }: Partial<Delivery>, error?: Error): Promise<void> {
    const { heldByOther = false, noPrivateReply = false } = error instanceof ConnectorError ? error : {};
    if (heldByOther) await this.noteHolder(manager, message);
    if (state !== 'failed' && state !== 'uncertain') return;
    for (const held of await holdLaterParts(manager, message)) await this.tell(manager, held);
    if (message.mode === 'private' && state === 'failed' && !noPrivateReply) await this.giveBackPrivate(manager, message);
  }

  /** The platform does not always say who. */
  private async noteHolder(manager: EntityManager, { conversationId: id }: Message): Promise<void> {
    const held = { heldBy: 'another app', heldAt: new Date(), version: () => 'version + 1' };
    const { affected } = await manager.update(Conversation, { id, heldBy: IsNull() }, held);
    if (affected) await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
  }

  private async giveBackPrivate(manager: EntityManager, message: Message): Promise<void> {
    const { conversationId } = message;
    const comment = await giveBackPrivateReply(manager, message);
    await this.changes.write(manager, ...comment, { type: 'conversation.updated', conversationId });
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message, ...more: NewChange[]): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId }, ...more);
  }
}

/** Planned for a time at which the platform allows no answer any more: it was allowed when it was written. */
function refuseClosed({ window: { open, reason } }: Claim): void {
  if (open) return;
  throw new ConnectorError('rejected', `It was too late to send this. ${reason ?? 'The platform allows no answer here any more.'}`);
}

/** The row, as long as it is still this claimant's. */
const mine = ({ id, fence }: Delivery) => ({ id, fence, state: 'sending' as const });
