import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import type { Moderation, ReplyWindow } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Connectors } from '../connectors.js';
import { Contact, Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { Invalid, NotFound, PreconditionFailed } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { Changes, type NewChange } from '../realtime/changes.service.js';
import { Conversation, type ConversationStatus, ConversationTag, type Priority } from './conversation.entity.js';
import {
  type ConversationList,
  type ConversationView,
  conversationView,
  type MessageList,
  type MessageView,
  messageView,
  type ReplyWindowView,
} from './conversation.view.js';
import { Delivery } from './delivery.entity.js';
import { linksOf } from './links.js';
import { type InboxQuery, inboxPage, type PageQuery, readCursor, writeCursor } from './inbox.query.js';
import { Attachment, Message } from './message.entity.js';
import { allowedModeration } from './moderation.js';
import { Post } from './post.entity.js';
import { ReplyWindows } from './reply-windows.service.js';
import { WindowSteps } from './window-steps.service.js';

export interface ConversationPatch {
  status?: ConversationStatus;
  snoozedUntil?: Date | null;
  priority?: Priority;
  subject?: string;
  tags?: string[];
  /** Null says that somebody has looked. */
  review?: string | null;
}

/** Conversations and what is in them. */
@Injectable()
export class Conversations {
  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly windows: ReplyWindows,
    private readonly steps: WindowSteps,
    private readonly changes: Changes,
  ) {}

  async list(query: InboxQuery, user: User): Promise<ConversationList> {
    if (query.sort === 'closing') await this.steps.settle();
    const { rows, nextCursor } = await inboxPage(this.database.manager, query, user.id);
    return { items: await this.views(rows), nextCursor };
  }

  async get(id: string): Promise<ConversationView> {
    const [view] = await this.views([await this.row(id)]);
    return view!;
  }

  async row(id: string): Promise<Conversation> {
    const row = await this.database.manager.findOneBy(Conversation, { id });
    if (!row) throw new NotFound('There is no such conversation.');
    return row;
  }

  /** Oldest first. */
  async messages(conversationId: string, { limit = 100, cursor }: PageQuery): Promise<MessageList> {
    await this.row(conversationId);
    const page = this.database.manager.createQueryBuilder(Message, 'm').where({ conversationId });
    if (cursor) {
      const [at, id] = readCursor(cursor);
      page.andWhere('(m.sentAt, m.id) > (:at, :id)', { at, id });
    }
    const rows = await page
      .orderBy('m.sentAt')
      .addOrderBy('m.id')
      .limit(limit + 1)
      .getMany();
    const last = rows.length > limit ? rows[limit - 1]! : null;
    return { items: await this.messageViews(rows.slice(0, limit)), nextCursor: last && writeCursor(last.sentAt, last.id) };
  }

  async messageView(id: string): Promise<MessageView> {
    const [view] = await this.messageViews([await this.database.manager.findOneByOrFail(Message, { id })]);
    return view!;
  }

  async messageViews(rows: Message[]): Promise<MessageView[]> {
    if (!rows.length) return [];
    const messageId = In(rows.map(({ id }) => id));
    const [attachments, deliveries, moderationOf] = await Promise.all([
      this.database.manager.find(Attachment, { where: { messageId }, order: { createdAt: 'ASC', id: 'ASC' } }),
      this.database.manager.findBy(Delivery, { messageId }),
      this.moderation(rows),
    ]);
    return rows.map((row) =>
      messageView(
        row,
        attachments.filter(({ messageId }) => messageId === row.id),
        deliveries.find(({ messageId }) => messageId === row.id) ?? null,
        moderationOf(row),
      ),
    );
  }

  private async moderation(rows: Message[]): Promise<(row: Message) => Moderation[]> {
    const ids = (pick: (row: Message) => string) => In([...new Set(rows.map(pick))]);
    const [channels, conversations] = await Promise.all([
      this.database.manager.findBy(Channel, { id: ids((row) => row.channelId) }),
      this.database.manager.find(Conversation, { select: { id: true, kind: true }, where: { id: ids((row) => row.conversationId) } }),
    ]);
    return (row) => {
      const channel = channels.find(({ id }) => id === row.channelId)!;
      const { kind } = conversations.find(({ id }) => id === row.conversationId)!;
      return channel.removedAt ? [] : allowedModeration(row, kind, this.connectors.of(channel).capabilities.moderation);
    };
  }

  /** `version` is the one the change was made from: 412 when somebody was faster. */
  async patch(id: string, patch: ConversationPatch, version: number | null, user: User): Promise<ConversationView> {
    const before = await this.row(id);
    if (Object.values(patch).every((value) => value === undefined)) return this.get(id);
    if (patch.snoozedUntil && patch.snoozedUntil <= new Date())
      throw new Invalid('That time has passed.', [{ path: 'snoozedUntil', message: 'must be in the future' }]);
    if (patch.status === 'snoozed' && !(patch.snoozedUntil ?? before.snoozedUntil)) {
      throw new Invalid('Until when?', [{ path: 'snoozedUntil', message: 'is needed to snooze' }]);
    }
    await this.database.transaction(async (manager) => {
      await this.applyPatch(manager, before, patch, version);
      const told = whatChanged(before, patch);
      if (told) await this.changes.write(manager, await addEvent(manager, before, user, told));
      await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
    });
    this.changes.announce();
    return this.get(id);
  }

  /** Resolves with the conversation when that changed it. */
  async setUnread(id: string, unread: boolean): Promise<Conversation | null> {
    const before = await this.row(id);
    if (before.unread === unread) return null;
    await this.database.transaction(async (manager) => {
      await manager.update(Conversation, id, { unread });
      await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
    });
    this.changes.announce();
    return before;
  }

  private async applyPatch(manager: EntityManager, before: Conversation, patch: ConversationPatch, version: number | null): Promise<void> {
    const { status, priority, subject, review } = patch;
    const snoozedUntil = status && status !== 'snoozed' ? null : patch.snoozedUntil;
    const closedAt = status === 'closed' && before.status !== 'closed' ? new Date() : undefined;
    const changes = { status, priority, subject, review, snoozedUntil, closedAt };
    const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const update = manager
      .createQueryBuilder()
      .update(Conversation)
      .set({ ...set, version: () => 'version + 1' })
      .where({ id: before.id });
    if (version !== null) update.andWhere({ version });
    if (!(await update.execute()).affected) throw new PreconditionFailed('Somebody changed this conversation meanwhile. Look at it again.');
    if (patch.tags) await this.retag(manager, before.id, patch.tags);
  }

  private async retag(manager: EntityManager, conversationId: string, tags: string[]): Promise<void> {
    await manager.delete(ConversationTag, { conversationId });
    const unique = [...new Set(tags.map((tag) => tag.trim()).filter(Boolean))];
    if (unique.length)
      await manager.insert(
        ConversationTag,
        unique.map((tag) => ({ conversationId, tag })),
      );
  }

  private async views(rows: Conversation[]): Promise<ConversationView[]> {
    if (!rows.length) return [];
    const ids = (pick: (row: Conversation) => string | null) => In([...new Set(rows.map(pick))].filter((id) => id !== null));
    const [contacts, pictured, channels, posts, tags, links] = await Promise.all([
      this.database.manager.findBy(Contact, { id: ids((row) => row.contactId) }),
      this.database.manager.findBy(Identity, { contactId: ids((row) => row.contactId), pictureSha256: Not(IsNull()) }),
      this.database.manager.findBy(Channel, { id: ids((row) => row.channelId) }),
      this.database.manager.findBy(Post, { id: ids((row) => row.postId) }),
      this.database.manager.find(ConversationTag, { where: { conversationId: ids((row) => row.id) }, order: { tag: 'ASC' } }),
      linksOf(
        this.database.manager,
        rows.map(({ id }) => id),
      ),
    ]);
    const windows = await this.windows.ofPage(this.database.manager, rows, channels, posts, new Date());
    return rows.map((row) => {
      const contact = contacts.find(({ id }) => id === row.contactId)!;
      const channelType = channels.find(({ id }) => id === row.channelId)!.type;
      const { answer, privately } = windows.get(row.id)!;
      return conversationView(row, {
        channelType,
        contact: {
          id: contact.id,
          name: contact.name,
          pictureUrl: pictured.some(({ contactId }) => contactId === contact.id) ? pictureOf(contact) : null,
        },
        tags: tags.filter(({ conversationId }) => conversationId === row.id).map(({ tag }) => tag),
        replyWindow: windowView(answer),
        privateReply: privately && shown(privately),
        post: posts.find(({ id }) => id === row.postId) ?? null,
        links: links.get(row.id) ?? [],
      });
    });
  }
}

const pictureOf = ({ id }: Contact): string => `/api/v1/contacts/${id}/picture`;

/** A window that is open for good is none. */
const windowView = (window: ReplyWindow): ReplyWindowView | null => (window.open && !window.closesAt ? null : shown(window));

const shown = ({ open, closesAt, mode, reason }: ReplyWindow): ReplyWindowView => ({ open, closesAt, mode, reason });

function whatChanged(before: Conversation, patch: ConversationPatch): string | null {
  const parts: string[] = [];
  if (patch.status && patch.status !== before.status) parts.push(patch.status === 'open' ? 'reopened this' : `marked this ${patch.status}`);
  if (patch.priority && patch.priority !== before.priority) parts.push(`set the priority to ${patch.priority}`);
  if (patch.subject !== undefined && patch.subject !== before.subject) parts.push('changed the subject');
  if (patch.review === null && before.review) parts.push('looked at what was odd here and found it in order');
  if (patch.tags) parts.push(patch.tags.length ? `tagged this ${patch.tags.join(', ')}` : 'removed the tags');
  return parts.length ? parts.join(', ') : null;
}

/** A line in the timeline: `what` follows the person's name, e.g. "Ada closed this", or stands alone where nobody did it. Resolves with the change to write. */
export async function addEvent(
  manager: EntityManager,
  conversation: Pick<Conversation, 'id' | 'channelId'>,
  by: (Pick<User, 'name'> & { id: string | null }) | null,
  what: string,
): Promise<NewChange> {
  const now = new Date();
  const id = newId();
  await manager.insert(Message, {
    id,
    conversationId: conversation.id,
    channelId: conversation.channelId,
    kind: 'event',
    direction: 'outbound',
    authorType: by ? 'agent' : 'system',
    authorId: by?.id ?? null,
    authorName: by?.name ?? null,
    sentAt: now,
    receivedAt: now,
    text: by ? `${by.name} ${what}` : what,
    reactions: [],
  });
  return { type: 'message.created', conversationId: conversation.id, messageId: id };
}
