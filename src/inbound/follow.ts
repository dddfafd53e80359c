import type { EntityManager } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { Conversation, type ConversationStatus } from '../conversations/conversation.entity.js';
import { preview } from '../conversations/preview.js';

/** What a message changes in its conversation, written so that the order of arrival does not matter. */
export async function follow(manager: EntityManager, conversationId: string, event: MessageEvent, backfill: boolean): Promise<void> {
  const fromCustomer = event.direction === 'inbound';
  const calls = fromCustomer && event.human && !backfill;
  const newest = 'last_message_at <= :sentAt';
  const answeredLater = `EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = :conversationId AND m.direction = 'outbound' AND m.kind = 'message' AND m.sent_at >= :sentAt)`;
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
