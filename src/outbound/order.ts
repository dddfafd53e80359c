import type { DeliveryState } from '../conversations/delivery.entity.js';

/** What waits for an attempt, if it has a time for one: also a reply that has left but not for all of its recipients. */
export const waiting: DeliveryState[] = ['queued', 'sent', 'delivered', 'read'];

/** The `errorCode` of a reply that waits because its channel's sending is held. */
export const heldByChannel = 'channel-held';

/**
 * Replies of the same conversation that must go before `delivery`: being sent, due and waiting, or held back for a moment
 * because their author may undo them, or because nothing gets through. One that is planned for later holds up nobody but the
 * later messages of itself. One that was to leave at once is not taken for planned because the clock was put back.
 */
export const olderOnItsWay = `
  SELECT 1 FROM delivery older
  JOIN message older_message ON older_message.id = older.message_id
  JOIN message this_message ON this_message.id = delivery.message_id
  WHERE older_message.conversation_id = this_message.conversation_id
    AND older.id < delivery.id
    AND (older.state = 'sending' OR (older.state = 'queued' AND (older.attempts > 0 OR older.next_attempt_at <= :now OR older.undo_until IS NOT NULL
      OR older.error_code = '${heldByChannel}' OR older.next_attempt_at <= older.updated_at
      OR COALESCE(older_message.part_of, older_message.id) = this_message.part_of)))`;
