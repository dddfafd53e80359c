import type { EntityManager } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { Conversation } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { newId } from '../database/columns.js';
import { User } from '../people/user.entity.js';

/** A message as it is to be placed, and what a colleague who passed it on wrote above. */
export interface Unfolded {
  event: MessageEvent;
  comment: { by: User; text: string } | null;
  /** Why an agent should look at it first; null when nothing is odd. */
  review: string | null;
}

/**
 * A mail that a colleague passed on is its author's. Only when the mail server confirmed that it comes from the colleague:
 * else anybody could open conversations in somebody's name.
 */
export async function unfold(manager: EntityManager, event: MessageEvent, ownAddress: string): Promise<Unfolded> {
  const { correspondence, direction, customer: sender } = event;
  const forwarded = direction === 'inbound' ? correspondence?.forwarded : null;
  const by = forwarded && forwarded.author.id !== ownAddress.toLowerCase() ? await manager.findOneBy(User, { email: sender.id }) : null;
  if (!correspondence || !forwarded || !by) return { event, comment: null, review: null };
  if (!correspondence.authenticated) {
    const review = `A mail in the name of ${by.name} was passed on here, but the mail server could not confirm that ${by.name} sent it. Its original sender may be made up.`;
    return { event, comment: null, review };
  }
  const { author, subject, text, envelope, ownKeys, comment } = forwarded;
  const others = correspondence.participants.filter(({ id }) => id !== sender.id && id !== author.id);
  const unfolded: MessageEvent = {
    ...event,
    ...{ customer: author, subject: subject ?? event.subject, text, html: null, quotedText: null, envelope },
    ownKeys: [...event.ownKeys, ...ownKeys],
    threadKeys: [...event.threadKeys, ...ownKeys.map((key) => ({ rule: 'references', key }))],
    correspondence: { ...correspondence, participants: [author, ...others], isReply: false },
    autoAnswer: undefined,
  };
  return { event: unfolded, comment: comment ? { by, text: comment } : null, review: null };
}

/** What the colleague wrote above stays among us. Resolves with the note's id. */
export async function noteComment(
  manager: EntityManager,
  {
    id: messageId,
    conversationId,
    channelId,
    sentAt,
    receivedAt,
  }: Pick<Message, 'id' | 'conversationId' | 'channelId' | 'sentAt' | 'receivedAt'>,
  { by, text }: NonNullable<Unfolded['comment']>,
): Promise<string> {
  const id = newId();
  await manager.insert(Message, {
    ...{ id, conversationId, channelId, kind: 'note' as const, direction: 'outbound' as const, replyToMessageId: messageId },
    ...{ authorType: 'agent' as const, authorId: by.id, authorName: by.name, text, receivedAt, reactions: [] },
    sentAt: new Date(sentAt.getTime() + 1),
  });
  await manager.increment(Conversation, { id: conversationId }, 'messageCount', 1);
  return id;
}
