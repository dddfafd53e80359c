import { keys } from '../api/resources.js';

/** What an event's data names; the event itself carries no content. */
export interface Change {
  conversationId?: string;
  messageId?: string;
}

/**
 * Which answers an event makes stale. A new message also changes its conversation's preview, place and reply window, and
 * who an answer would go to; a changed one may have come back, which tells something of the contact's address.
 */
export function changedBy(event: string, { conversationId = '', messageId = '' }: Change): ReadonlyArray<readonly unknown[]> {
  switch (event) {
    case 'message.created':
      return [keys.messages(conversationId), keys.conversation(conversationId), keys.replyPreview(conversationId), keys.lists];
    case 'message.updated':
      return [keys.messages(conversationId), keys.attempts(messageId), keys.contacts];
    case 'channel.updated':
      return [keys.channels];
    default:
      return [keys.conversation(conversationId), keys.lists];
  }
}

/** What an event may change for everybody at once: asked for again less often, as these events come in floods. */
export function countedBy(event: string): ReadonlyArray<readonly unknown[]> {
  return event === 'message.updated' ? [keys.deliveries, keys.deliveryCounts] : [];
}
