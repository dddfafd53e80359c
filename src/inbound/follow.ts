import { type EntityManager, LessThanOrEqual, Not } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import type { Identity } from '../contacts/contact.entity.js';
import { Conversation, type ConversationStatus, windowUnknown } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { previewOf } from '../conversations/preview.js';
import { baseSubjectOf } from './candidates.js';

/** Set aside by the rules of waiting: nobody has to answer it. */
export const isWordless = ({ human, spoken }: Pick<MessageEvent, 'human' | 'spoken'>): boolean => !human || spoken === false;

const answer = `FROM message o WHERE o.conversation_id = :conversationId AND o.direction = 'outbound' AND o.kind = 'message' AND o.human`;
const latestAnswer = `SELECT o.sent_at ${answer} ORDER BY o.sent_at DESC LIMIT 1`;
const standingAfter = `SELECT 1 FROM message n WHERE n.conversation_id = :conversationId AND n.kind = 'message' AND n.deleted_at IS NULL AND n.sent_at > :sentAt`;
const later = (column: string) => () => `CASE WHEN ${column} IS NULL OR ${column} < :sentAt THEN :sentAt ELSE ${column} END`;

/** What a message, which is stored already, changes in its conversation; written so that the order of arrival does not matter. */
export async function follow(manager: EntityManager, conversationId: string, event: MessageEvent, backfill: boolean): Promise<void> {
  const fromCustomer = event.direction === 'inbound';
  const speaks = !isWordless(event);
  const calls = fromCustomer && speaks && !backfill;
  const newest = 'last_message_at <= :sentAt';
  const answers = !fromCustomer && speaks;
  // First the lock: what is looked up below is then all that others, who waited or did not, have written. On SQLite writers take turns.
  if (manager.connection.options.type === 'postgres')
    await manager.query('SELECT 1 FROM conversation WHERE id = $1 FOR NO KEY UPDATE', [conversationId]);
  await manager
    .createQueryBuilder()
    .update(Conversation)
    .set({
      messageCount: () => 'message_count + 1',
      version: () => 'version + 1',
      preview: () => `CASE WHEN EXISTS (${standingAfter}) THEN preview ELSE :preview END`,
      lastMessageAt: () => `CASE WHEN ${newest} THEN :sentAt ELSE last_message_at END`,
      ...(fromCustomer && { lastActionAt: later('last_action_at') }),
      ...(fromCustomer && speaks && { lastInboundAt: later('last_inbound_at') }),
      ...(fromCustomer && event.kind !== 'email' && { windowClosesAt: windowUnknown }),
      ...((calls || answers) && { waitingSince: () => (calls ? sinceThis : sinceNextUnanswered) }),
      ...(calls && { unread: true, status: 'open' satisfies ConversationStatus, snoozedUntil: null }),
      ...(backfill && { status: () => `CASE WHEN message_count = 0 THEN 'closed' ELSE status END` }),
    })
    .where('id = :conversationId')
    .setParameters({
      conversationId,
      sentAt: event.sentAt,
      preview: previewOf({ ...event, files: [...event.attachments, ...(event.linked ?? [])] }),
    })
    .execute();
}

const sinceThis = `CASE WHEN EXISTS (SELECT 1 ${answer} AND o.sent_at >= :sentAt) THEN waiting_since WHEN waiting_since IS NULL OR waiting_since > :sentAt THEN :sentAt ELSE waiting_since END`;

/** An answer that arrives late leaves those waiting who wrote after it. */
const sinceNextUnanswered = `CASE WHEN waiting_since <= :sentAt THEN (SELECT MIN(i.sent_at) FROM message i WHERE i.conversation_id = :conversationId AND i.direction = 'inbound' AND i.kind = 'message' AND i.human AND i.deleted_at IS NULL AND i.sent_at > (${latestAnswer})) ELSE waiting_since END`;

/** A conversation is called and belongs as its first message has it, also when that one arrived late. */
export async function restate(manager: EntityManager, conversationId: string, event: MessageEvent, identity: Identity): Promise<void> {
  const earlier = { conversationId, kind: 'message' as const, sentAt: LessThanOrEqual(event.sentAt) };
  if (await manager.existsBy(Message, earlier)) return;
  const { subject } = event;
  const first = { contactId: identity.contactId, identityId: identity.id, baseSubject: baseSubjectOf(event), ...(subject && { subject }) };
  await manager.update(Conversation, conversationId, first);
}

/** A comment directly under a post: the conversation is its author's, also where answers to it came first. */
export async function restateComment(
  manager: EntityManager,
  conversationId: string,
  event: MessageEvent,
  identity: Identity,
): Promise<void> {
  if (event.kind !== 'comment' || event.direction !== 'inbound' || event.replyTo !== undefined) return;
  await manager.update(
    Conversation,
    { id: conversationId, identityId: Not(identity.id) },
    { contactId: identity.contactId, identityId: identity.id },
  );
}
