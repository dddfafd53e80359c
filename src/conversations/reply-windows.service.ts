import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import type { ReplyKind, ReplyWindow, WindowFacts } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Connectors } from '../connectors.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';
import { Post } from './post.entity.js';

type Dated = Pick<Conversation, 'id' | 'kind' | 'lastInboundAt' | 'lastActionAt' | 'postId'>;

/** What a window is looked up for: the conversation with its channel's type, and under a post the comment that is answered. */
export interface Answering {
  conversation: Dated;
  channelType: string;
  comment: Message | null;
  post: Post | null;
}

/** When less is allowed than now, in any of the ways there are; null when that never happens. */
export function nextNarrowing({ answer, privately }: Windows): Date | null {
  const times = [answer, privately].flatMap((window) => (window?.open && window.closesAt ? window.closesAt.getTime() : []));
  return times.length ? new Date(Math.min(...times)) : null;
}

/** The windows of a conversation as a list shows them; `privately` null where there is no such answer. */
export interface Windows {
  answer: ReplyWindow;
  privately: ReplyWindow | null;
}

const byHand = (kind: Dated['kind']): ReplyKind => ({ mode: kind === 'comment' ? 'public' : null, automatic: false });

/**
 * Whether, how and until when a customer may be answered: asked here by whoever wants to know, so that the reply box, the API,
 * the scheduler, the sender and the order of the inbox agree.
 */
@Injectable()
export class ReplyWindows {
  constructor(private readonly connectors: Connectors) {}

  /** What `messageId` names, else the customer's newest comment that still stands. `manager` may be a transaction's. */
  async answering(manager: EntityManager, conversation: Dated, channelType: string, messageId?: string | null): Promise<Answering> {
    if (conversation.kind !== 'comment') return { conversation, channelType, comment: null, post: null };
    const comment = messageId
      ? await manager.findOneBy(Message, { id: messageId, conversationId: conversation.id })
      : ((await newestComments(manager, [conversation.id])).get(conversation.id) ?? null);
    const post = conversation.postId ? await manager.findOneBy(Post, { id: conversation.postId }) : null;
    return { conversation, channelType, comment, post };
  }

  at(answering: Answering, at: Date, reply: ReplyKind): ReplyWindow {
    return this.connectors.of({ type: answering.channelType }).replyWindow(windowFacts(answering), at, reply);
  }

  /** Whether a reply that is written may leave then. `holds`: the one private answer that a comment allows is taken by this very reply. */
  async ofReply(
    manager: EntityManager,
    conversation: Dated,
    channelType: string,
    { replyToMessageId, mode, authorType }: Message,
    at: Date,
    holds: boolean,
  ): Promise<ReplyWindow> {
    const answering = await this.answering(manager, conversation, channelType, replyToMessageId);
    const { comment } = answering;
    const mine = comment && mode === 'private' && holds ? { ...comment, answeredPrivately: false } : comment;
    return this.at({ ...answering, comment: mine }, at, { mode, automatic: authorType === 'system' });
  }

  /** As people see them: for what they write themselves, and under a post for everybody to read. */
  both(answering: Answering, at: Date): Windows {
    const { kind } = answering.conversation;
    const privately = kind === 'comment' ? this.at(answering, at, { mode: 'private', automatic: false }) : null;
    return { answer: this.at(answering, at, byHand(kind)), privately };
  }

  /** Those of a page of conversations, by conversation. */
  async ofPage(manager: EntityManager, rows: Conversation[], channels: Channel[], posts: Post[], at: Date): Promise<Map<string, Windows>> {
    const commented = rows.filter(({ kind }) => kind === 'comment').map(({ id }) => id);
    const comments = await newestComments(manager, commented);
    return new Map(
      rows.map((conversation) => {
        const channelType = channels.find(({ id }) => id === conversation.channelId)!.type;
        const post = posts.find(({ id }) => id === conversation.postId) ?? null;
        return [conversation.id, this.both({ conversation, channelType, comment: comments.get(conversation.id) ?? null, post }, at)];
      }),
    );
  }
}

/** The one place where a window's facts are put together. */
function windowFacts({ conversation, comment, post }: Answering): WindowFacts {
  const { kind, lastInboundAt, lastActionAt } = conversation;
  return {
    ...{ kind, lastInboundAt, lastActionAt },
    comment: comment && {
      writtenAt: comment.sentAt,
      answeredPrivately: comment.answeredPrivately,
      gone: !!(comment.deletedAt ?? post?.removedAt),
      isLive: post?.isLive ?? false,
    },
  };
}

/** Of each conversation the newest comment of a customer's, if it can be one that has not been taken back. */
async function newestComments(manager: EntityManager, conversationIds: string[]): Promise<Map<string, Message>> {
  if (!conversationIds.length) return new Map();
  const ranked = manager
    .createQueryBuilder(Message, 'm')
    .select('m.id', 'id')
    .addSelect(
      'ROW_NUMBER() OVER (PARTITION BY m.conversation_id ORDER BY CASE WHEN m.deleted_at IS NULL THEN 0 ELSE 1 END, m.sent_at DESC, m.id DESC)',
      'place',
    )
    .where({ conversationId: In(conversationIds), kind: 'message', direction: 'inbound' });
  const rows = await manager
    .createQueryBuilder(Message, 'comment')
    .where(`comment.id IN (SELECT ranked.id FROM (${ranked.getQuery()}) ranked WHERE ranked.place = 1)`)
    .setParameters(ranked.getParameters())
    .getMany();
  return new Map(rows.map((row) => [row.conversationId, row]));
}
