import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { type Prepared } from '#libs/connector';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { Conflict, Invalid } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation, ThreadKey } from './conversation.entity.js';
import type { MessageView, ReplyPreviewView } from './conversation.view.js';
import { Composition, type NewReply } from './composition.service.js';
import { Conversations } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { addRecipients } from './participants.js';
import { preview } from './preview.js';
import { awaiting } from './recipient-fates.js';

/** Written since the agent last looked. Told apart from the transaction, which may use nothing but its own connection. */
class Stale extends Error {
  constructor(readonly since: Message[]) {
    super();
  }
}

type OutgoingMessage = ReturnType<Replies['message']>;

/** What agents write: replies that leave the house and notes that do not. */
@Injectable()
export class Replies {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly composition: Composition,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  /** Message and delivery are rows before anything is sent; the job only hurries the sending along. */
  async reply(conversationId: string, reply: NewReply, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey, reply.text);
    if (earlier) return earlier;
    const channel = await this.composition.openChannel(conversation, reply.sendAt ?? new Date());
    const deliveryId = newId();
    const prepared = await this.composition.prepare(conversation, channel, reply, author, deliveryId);
    const message = this.message(conversation, reply, author, prepared, idempotencyKey);
    const sendAt = reply.sendAt ?? null;
    await this.store(conversationId, reply, author, message, deliveryId, prepared).catch(async (error: unknown) => {
      if (!(error instanceof Stale)) throw error;
      const messages = await this.conversations.messageViews(error.since);
      throw new Conflict('Somebody wrote here since you last looked.', { messages });
    });
    this.changes.announce();
    await this.queue.addOutbound([{ id: deliveryId, attempts: 0, notBefore: sendAt }]);
    return this.conversations.messageView(message.id);
  }

  async preview(conversationId: string, replyToMessageId: string | undefined, author: User): Promise<ReplyPreviewView> {
    return this.composition.preview(await this.conversations.row(conversationId), replyToMessageId, author);
  }

  private async store(
    conversationId: string,
    reply: NewReply,
    author: User,
    message: OutgoingMessage,
    deliveryId: string,
    prepared: Prepared,
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      // First, because it locks the conversation: of two who answer at once the second sees what the first wrote.
      await this.answered(manager, conversationId, message, reply.then);
      if (!reply.force) await this.refuseStale(manager, conversationId, reply.lastSeenMessageId, author);
      await manager.insert(Message, message);
      if (reply.attachmentIds?.length) await attach(manager, message.id, reply.attachmentIds, author);
      await manager.insert(Delivery, newDelivery(deliveryId, message, prepared, reply.sendAt ?? null));
      await insertNew(
        manager,
        ThreadKey,
        prepared.ownKeys.map((key) => ({ channelId: message.channelId, key, conversationId, claimed: true, messageId: message.id })),
      );
      await addRecipients(manager, conversationId, prepared.recipients);
      await this.changes.write(
        manager,
        { type: 'message.created', conversationId, messageId: message.id },
        { type: 'conversation.updated', conversationId },
      );
    });
  }

  async note(conversationId: string, text: string, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey, text);
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
    return this.conversations.messageView(message.id);
  }

  private async refuseStale(
    manager: EntityManager,
    conversationId: string,
    lastSeenMessageId: string | undefined,
    author: User,
  ): Promise<void> {
    if (!lastSeenMessageId) return;
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
    if (since.length) throw new Stale(since);
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
    const closed = { status: 'closed' as const, closedAt: new Date() };
    const status = then && (then === 'close' ? closed : { status: 'pending' as const });
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

  /** What the same request wrote the first time. */
  private async earlier(author: User, idempotencyKey: string | null, text: string): Promise<MessageView | null> {
    const row = idempotencyKey && (await this.database.manager.findOneBy(Message, { authorId: author.id, idempotencyKey }));
    if (!row) return null;
    if (row.text !== text) throw new Invalid('This Idempotency-Key was used for another message.');
    return this.conversations.messageView(row.id);
  }
}

function newDelivery(id: string, message: { id: string; channelId: string }, { recipients }: Prepared, sendAt: Date | null) {
  const now = new Date();
  return {
    id,
    messageId: message.id,
    channelId: message.channelId,
    recipients: awaiting(recipients),
    nextAttemptAt: sendAt ?? now,
    createdAt: now,
    updatedAt: now,
  };
}

async function attach(manager: EntityManager, messageId: string, ids: string[], author: User): Promise<void> {
  const { affected } = await manager.update(Attachment, { id: In(ids), messageId: IsNull(), uploadedBy: author.id }, { messageId });
  if (affected !== new Set(ids).size)
    throw new Invalid('Some files are gone or sent already. Attach them again.', [
      { path: 'attachmentIds', message: 'are not your unsent uploads' },
    ]);
}
