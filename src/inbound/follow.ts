import { type EntityManager, LessThanOrEqual } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import type { Identity } from '../contacts/contact.entity.js';
import { Conversation, type ConversationStatus } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { preview } from '../conversations/preview.js';
import { baseSubjectOf } from './candidates.js';

/** What a message changes in its conversation, written so that the order of arrival does not matter. */
export async function follow(manager: EntityManager, conversationId: string, event: MessageEvent, backfill: boolean): Promise<void> {
  const fromCustomer = event.direction === 'inbound';
  const calls = fromCustomer && event.human && !backfill;
  const newest = 'last_message_at <= :sentAt';
  const answeredLater = `EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = :conversationId AND m.direction = 'outbound' AND m.kind = 'message' AND m.human AND m.sent_at >= :sentAt)`;
  const waiting = fromCustomer
    ? `CASE WHEN ${answeredLater} THEN waiting_since WHEN waiting_since IS NULL OR waiting_since > :sentAt THEN :sentAt ELSE waiting_since END`
    : `CASE WHEN waiting_since <= :sentAt THEN NULL ELSE waiting_since END`;
  await manager
    .createQueryBuilder()
    .update(Conversation)
    .set({
      messageCount: () => 'message_count + 1',
      version: () => 'version + 1',
      preview: () => `CASE WHEN ${newest} THEN :preview ELSE preview END`,
      lastMessageAt: () => `CASE WHEN ${newest} THEN :sentAt ELSE last_message_at END`,
      ...(fromCustomer && {
        lastInboundAt: () => 'CASE WHEN last_inbound_at IS NULL OR last_inbound_at < :sentAt THEN :sentAt ELSE last_inbound_at END',
      }),
      ...((calls || !fromCustomer) && { waitingSince: () => waiting }),
      ...(calls && { unread: true, status: 'open' satisfies ConversationStatus, snoozedUntil: null }),
      ...(backfill && { status: () => `CASE WHEN message_count = 0 THEN 'closed' ELSE status END` }),
    })
    .where('id = :conversationId')
    .setParameters({ conversationId, sentAt: event.sentAt, preview: preview(event.text) })
    .execute();
}

/** A conversation is called and belongs as its first message has it, also when that one arrived late. */
export async function restate(manager: EntityManager, conversationId: string, event: MessageEvent, identity: Identity): Promise<void> {
  const earlier = { conversationId, kind: 'message' as const, sentAt: LessThanOrEqual(event.sentAt) };
  if (await manager.existsBy(Message, earlier)) return;
  const { subject } = event;
  const first = { contactId: identity.contactId, identityId: identity.id, baseSubject: baseSubjectOf(event), ...(subject && { subject }) };
  await manager.update(Conversation, conversationId, first);
}
