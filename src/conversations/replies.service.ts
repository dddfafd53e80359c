import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { insertNew, transact } from '../database/data-source.js';
import { Conflict, Invalid } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation, ThreadKey } from './conversation.entity.js';
import type { MessageView, ReplyPreviewView } from './conversation.view.js';
import { type Asked, type Composed, Composition, filesGone, type NewReply } from './composition.service.js';
import { Conversations } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { type OutgoingRow, outgoingRows, writtenBy } from './outgoing-rows.js';
import { addRecipients } from './participants.js';
import { previewOf } from './preview.js';
import { takePrivateReply } from './private-replies.js';
import { asBefore, type ConversationBefore } from './take-back.js';

/** Written since the agent last looked. Told apart from the transaction, which may use nothing but its own connection. */
class Stale extends Error {
  constructor(readonly since: Message[]) {
    super();
  }
}

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

  /** Messages and deliveries are rows before anything is sent; the job only hurries the sending along. Resolves with the first message. */
  async reply(conversationId: string, reply: NewReply, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey, reply.text);
    if (earlier) return earlier;
    const composed = await this.composition.compose(conversation, reply, author);
    const rows = outgoingRows(conversation, reply, author, composed, idempotencyKey);
    await this.store(conversationId, reply, author, composed, rows).catch(async (error: unknown) => {
      if (!(error instanceof Stale)) throw error;
      const messages = await this.conversations.messageViews(error.since);
      throw new Conflict('Somebody wrote here since you last looked.', { messages });
    });
    this.changes.announce();
    const { message, delivery } = rows[0]!;
    // Whoever has sent a message of it adds the next one.
    await this.queue.addOutbound([{ id: delivery.id, attempts: 0, notBefore: delivery.nextAttemptAt }]);
    return this.conversations.messageView(message.id);
  }

  async preview(conversationId: string, asked: Asked, author: User): Promise<ReplyPreviewView> {
    return this.composition.preview(await this.conversations.row(conversationId), asked, author);
  }

  private async store(conversationId: string, reply: NewReply, author: User, composed: Composed, rows: OutgoingRow[]): Promise<void> {
    await transact(this.database, async (manager) => {
      // First, because it locks the conversation: of two who answer at once the second sees what the first wrote.
      const before = await this.answered(manager, conversationId, reply, composed, rows);
      if (!reply.force) await this.refuseStale(manager, conversationId, reply.lastSeenMessageId, author);
      if (composed.mode === 'private') await this.answerPrivately(manager, rows[0]!.message);
      for (const [index, row] of rows.entries()) await this.storePart(manager, row, author, index ? null : before);
      await this.changes.write(
        manager,
        ...rows.map(({ message }) => ({ type: 'message.created' as const, conversationId, messageId: message.id })),
        { type: 'conversation.updated', conversationId },
      );
    });
  }

  private async storePart(
    manager: EntityManager,
    { message, delivery, part }: OutgoingRow,
    author: User,
    undoTo: ConversationBefore | null,
  ): Promise<void> {
    const { id: messageId, channelId, conversationId } = message;
    await manager.insert(Message, message);
    if (part.fileIds.length) await attach(manager, messageId, part.fileIds, author);
    await manager.insert(Delivery, { ...delivery, undoTo });
    const keys = part.prepared.ownKeys.map((key) => ({ channelId, key, conversationId, claimed: true, messageId }));
    if (keys.length) await insertNew(manager, ThreadKey, keys);
    await addRecipients(manager, conversationId, part.prepared.recipients);
  }

  private async answerPrivately(manager: EntityManager, reply: OutgoingRow['message']): Promise<void> {
    const told = await takePrivateReply(manager, reply);
    if (!told)
      throw new Invalid('This comment was answered privately already, and the platform allows that once.', [
        { path: 'mode', message: 'private is used up for this comment' },
      ]);
    await this.changes.write(manager, ...told);
  }

  async note(conversationId: string, text: string, author: User, idempotencyKey: string | null): Promise<MessageView> {
    const conversation = await this.conversations.row(conversationId);
    const earlier = await this.earlier(author, idempotencyKey, text);
    if (earlier) return earlier;
    const message = { ...writtenBy(author, conversation, new Date()), kind: 'note' as const, text, idempotencyKey };
    await transact(this.database, async (manager) => {
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

  private async answered(
    manager: EntityManager,
    conversationId: string,
    reply: NewReply,
    { files }: Composed,
    rows: OutgoingRow[],
  ): Promise<ConversationBefore> {
    await manager.increment(Conversation, { id: conversationId }, 'version', 1);
    const before = await manager.findOneByOrFail(Conversation, { id: conversationId });
    const closed = { status: 'closed' as const, closedAt: new Date() };
    const status = reply.then && (reply.then === 'close' ? closed : { status: 'pending' as const });
    await manager
      .createQueryBuilder()
      .update(Conversation)
      .set({
        ...status,
        preview: previewOf({ text: reply.text, files }),
        lastMessageAt: rows.at(-1)!.message.sentAt,
        waitingSince: null,
        unread: false,
        messageCount: () => `message_count + ${rows.length}`,
      })
      .where({ id: conversationId })
      .execute();
    return asBefore(before, status?.status ?? null);
  }

  /** What the same request wrote the first time. */
  private async earlier(author: User, idempotencyKey: string | null, text: string): Promise<MessageView | null> {
    const row = idempotencyKey && (await this.database.manager.findOneBy(Message, { authorId: author.id, idempotencyKey }));
    if (!row) return null;
    // A long text may have left as several messages, of which this is the first.
    if (!text.includes(row.text)) throw new Invalid('This Idempotency-Key was used for another message.');
    return this.conversations.messageView(row.id);
  }
}

async function attach(manager: EntityManager, messageId: string, ids: string[], author: User): Promise<void> {
  const { affected } = await manager.update(Attachment, { id: In(ids), messageId: IsNull(), uploadedBy: author.id }, { messageId });
  if (affected !== ids.length) throw filesGone();
}
