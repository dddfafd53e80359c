import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { ConnectorError, type Draft, type Prepared } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { Conflict, Invalid, NotFound } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation, ThreadKey } from './conversation.entity.js';
import type { MessageView } from './conversation.view.js';
import { Conversations } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { preview } from './preview.js';

export interface NewReply {
  text: string;
  html?: string;
  attachmentIds?: string[];
  cc?: string[];
  bcc?: string[];
  replyToMessageId?: string;
  lastSeenMessageId?: string;
  force?: boolean;
  sendAt?: Date;
  then?: 'close' | 'pending';
}

/** What agents write: replies that leave the house and notes that do not. */
@Injectable()
export class Replies {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  /** Message and delivery are rows before anything is sent; the job only hurries the sending along. */
  async reply(conversationId: string, reply: NewReply, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey);
    if (earlier) return earlier;
    if (!reply.force) await this.refuseStale(conversationId, reply.lastSeenMessageId, author);
    const channel = await this.openChannel(conversation, reply.sendAt ?? new Date());
    const deliveryId = newId();
    const prepared = await this.prepare(conversation, channel, reply, author, deliveryId);
    const message = this.message(conversation, reply, author, prepared, idempotencyKey);
    const sendAt = reply.sendAt ?? null;
    await this.database.transaction(async (manager) => {
      await manager.insert(Message, message);
      if (reply.attachmentIds?.length) await attach(manager, message.id, reply.attachmentIds, author);
      await manager.insert(Delivery, newDelivery(deliveryId, message, sendAt));
      await insertNew(
        manager,
        ThreadKey,
        prepared.ownKeys.map((key) => ({ channelId: channel.id, key, conversationId })),
      );
      await this.answered(manager, conversationId, message, reply.then);
      await this.changes.write(
        manager,
        { type: 'message.created', conversationId, messageId: message.id },
        { type: 'conversation.updated', conversationId },
      );
    });
    this.changes.announce();
    await this.queue.addOutbound([{ id: deliveryId, notBefore: sendAt }]);
    return this.view(message.id);
  }

  async note(conversationId: string, text: string, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey);
    if (earlier) return earlier;
    const message = { ...this.message(conversation, { text }, author, null, idempotencyKey), kind: 'note' as const };
    await this.database.transaction(async (manager) => {
      await manager.insert(Message, message);
      await manager.update(Conversation, conversationId, {
        messageCount: () => 'message_count + 1',
        version: () => 'version + 1',
      });
      await this.changes.write(
        manager,
        { type: 'message.created', conversationId, messageId: message.id },
        { type: 'conversation.updated', conversationId },
      );
    });
    this.changes.announce();
    return this.view(message.id);
  }

  /** Sends a reply again that failed, or that an agent decided to risk sending twice. */
  async retry(messageId: string): Promise<MessageView> {
    const { message, delivery } = await this.sent(messageId);
    const conversation = await this.conversations.row(message.conversationId);
    await this.openChannel(conversation, new Date());
    const restart = { state: 'queued' as const, attempts: 0, nextAttemptAt: new Date(), committedAt: null, updatedAt: new Date() };
    const noError = { errorCode: null, errorMessage: null, errorRetryable: false, errorAction: null };
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(
        Delivery,
        { id: delivery.id, state: In(['failed', 'uncertain']) },
        { ...restart, ...noError },
      );
      if (!affected) throw new Conflict(`This reply is ${delivery.state}; only one that failed or is uncertain can be sent again.`);
      await this.changes.write(manager, { type: 'message.updated', conversationId: conversation.id, messageId });
    });
    this.changes.announce();
    await this.queue.addOutbound([{ id: delivery.id, notBefore: null }]);
    return this.view(messageId);
  }

  /** Takes back a reply that is still queued. */
  async undo(messageId: string): Promise<void> {
    const { message, delivery } = await this.sent(messageId);
    const { conversationId } = message;
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(Delivery, { id: delivery.id, state: 'queued', attempts: 0 });
      if (!affected) throw new Conflict('This reply is on its way already and cannot be taken back.');
      await manager.update(Attachment, { messageId }, { messageId: null });
      await manager.delete(Message, { id: messageId });
      await this.takeBack(manager, conversationId);
      await this.changes.write(
        manager,
        { type: 'message.updated', conversationId, messageId },
        { type: 'conversation.updated', conversationId },
      );
    });
    this.changes.announce();
  }

  private async prepare(
    conversation: Conversation,
    channel: Channel,
    reply: NewReply,
    author: User,
    deliveryId: string,
  ): Promise<Prepared> {
    const { manager } = this.database;
    const connector = this.connectors.of(channel);
    const answered = reply.replyToMessageId
      ? await manager.findOneBy(Message, { id: reply.replyToMessageId, conversationId: conversation.id })
      : await manager.findOne(Message, {
          where: { conversationId: conversation.id, direction: 'inbound', kind: 'message' },
          order: { sentAt: 'DESC', id: 'DESC' },
        });
    if (reply.replyToMessageId && !answered)
      throw new Invalid('The message to answer is not in this conversation.', [
        { path: 'replyToMessageId', message: 'is not in this conversation' },
      ]);
    if (reply.attachmentIds?.length && !connector.capabilities.attachments) throw new Invalid(`${connector.label} takes no files here.`);
    const identity = await manager.findOneByOrFail(Identity, { id: conversation.identityId });
    const draft: Draft = {
      deliveryId,
      text: reply.text,
      html: connector.capabilities.html ? (reply.html ?? null) : null,
      subject: conversation.subject,
      cc: reply.cc ?? [],
      bcc: reply.bcc ?? [],
      agentName: author.name,
      customer: { scope: identity.scope, id: identity.externalId, name: identity.name },
      answering: (answered?.envelope ?? null) as Draft['answering'],
    };
    try {
      return connector.prepare(draft, await this.channels.access(channel));
    } catch (error) {
      throw error instanceof ConnectorError ? new Invalid(error.message) : error;
    }
  }

  private async openChannel(conversation: Conversation, at: Date): Promise<Channel> {
    const channel = await this.database.manager.findOneByOrFail(Channel, { id: conversation.channelId });
    if (channel.removedAt)
      throw new Invalid('The channel of this conversation was removed, so no answer can leave through it. An admin can connect it again.');
    const window = this.conversations.window(conversation, channel.type, at);
    if (!window.open) throw new Invalid(window.reason ?? 'The platform does not allow an answer here now.');
    return channel;
  }

  private async refuseStale(conversationId: string, lastSeenMessageId: string | undefined, author: User): Promise<void> {
    if (!lastSeenMessageId) return;
    const { manager } = this.database;
    const seen = await manager.findOneBy(Message, { id: lastSeenMessageId, conversationId });
    if (!seen)
      throw new Invalid('lastSeenMessageId is not in this conversation.', [
        { path: 'lastSeenMessageId', message: 'is not in this conversation' },
      ]);
    const since = await manager
      .createQueryBuilder(Message, 'm')
      .where({ conversationId, kind: Not('event') })
      .andWhere('m.id > :seen AND (m.authorId IS NULL OR m.authorId <> :author)', { seen: seen.id, author: author.id })
      .orderBy('m.id')
      .getMany();
    if (since.length)
      throw new Conflict('Somebody wrote here since you last looked.', { messages: await this.conversations.messageViews(since) });
  }

  private message(conversation: Conversation, reply: NewReply, author: User, prepared: Prepared | null, idempotencyKey: string | null) {
    const now = new Date();
    return {
      id: newId(),
      conversationId: conversation.id,
      channelId: conversation.channelId,
      kind: 'message' as const,
      direction: 'outbound' as const,
      externalId: prepared?.externalId ?? null,
      authorType: 'agent' as const,
      authorId: author.id,
      authorName: author.name,
      sentAt: now,
      receivedAt: now,
      text: reply.text,
      html: reply.html ?? null,
      reactions: [],
      replyToMessageId: reply.replyToMessageId ?? null,
      envelope: prepared?.envelope ?? null,
      idempotencyKey,
    };
  }

  private async answered(
    manager: EntityManager,
    conversationId: string,
    { sentAt, text }: { sentAt: Date; text: string },
    then?: 'close' | 'pending',
  ): Promise<void> {
    const status = then && { status: then === 'close' ? ('closed' as const) : ('pending' as const) };
    await manager
      .createQueryBuilder()
      .update(Conversation)
      .set({
        ...status,
        preview: preview(text),
        lastMessageAt: sentAt,
        waitingSince: null,
        unread: false,
        messageCount: () => 'message_count + 1',
        version: () => 'version + 1',
      })
      .where({ id: conversationId })
      .execute();
  }

  private async takeBack(manager: EntityManager, conversationId: string): Promise<void> {
    const newest = await manager.findOne(Message, { where: { conversationId, kind: 'message' }, order: { sentAt: 'DESC', id: 'DESC' } });
    await manager
      .createQueryBuilder()
      .update(Conversation)
      .set({
        ...(newest && { preview: preview(newest.text), lastMessageAt: newest.sentAt }),
        ...(newest?.direction === 'inbound' && newest.human && { waitingSince: newest.sentAt }),
        messageCount: () => 'message_count - 1',
        version: () => 'version + 1',
      })
      .where({ id: conversationId })
      .execute();
  }

  private async earlier(author: User, idempotencyKey: string | null): Promise<MessageView | null> {
    const row = idempotencyKey && (await this.database.manager.findOneBy(Message, { authorId: author.id, idempotencyKey }));
    return row ? this.view(row.id) : null;
  }

  private async sent(messageId: string): Promise<{ message: Message; delivery: Delivery }> {
    const { manager } = this.database;
    const [message, delivery] = await Promise.all([
      manager.findOneBy(Message, { id: messageId }),
      manager.findOneBy(Delivery, { messageId }),
    ]);
    if (!message || !delivery) throw new NotFound('There is no such reply.');
    return { message, delivery };
  }

  private async view(messageId: string): Promise<MessageView> {
    const [view] = await this.conversations.messageViews([await this.database.manager.findOneByOrFail(Message, { id: messageId })]);
    return view!;
  }
}

function newDelivery(id: string, { id: messageId, channelId }: { id: string; channelId: string }, sendAt: Date | null) {
  const now = new Date();
  return { id, messageId, channelId, nextAttemptAt: sendAt ?? now, createdAt: now, updatedAt: now };
}

async function attach(manager: EntityManager, messageId: string, ids: string[], author: User): Promise<void> {
  const { affected } = await manager.update(Attachment, { id: In(ids), messageId: IsNull(), uploadedBy: author.id }, { messageId });
  if (affected !== new Set(ids).size)
    throw new Invalid('Some files are gone or sent already. Attach them again.', [
      { path: 'attachmentIds', message: 'are not your unsent uploads' },
    ]);
}
