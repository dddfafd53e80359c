import { type EntityManager, MoreThan } from 'typeorm';
import { Conversation, type ConversationStatus } from './conversation.entity.js';
import { Message } from './message.entity.js';

/** A conversation as it was before a reply changed it; times in ISO 8601. `then`: the status that the reply gave it, if any. */
export interface ConversationBefore {
  status: ConversationStatus;
  snoozedUntil: string | null;
  closedAt: string | null;
  unread: boolean;
  then: ConversationStatus | null;
}

export function asBefore({ status, snoozedUntil, closedAt, unread }: Conversation, then: ConversationStatus | null): ConversationBefore {
  return { status, snoozedUntil: snoozedUntil?.toISOString() ?? null, closedAt: closedAt?.toISOString() ?? null, unread, then };
}

/**
 * Gives a conversation the status back that it had before a reply was written that is now taken back, unless somebody has
 * changed it since. What it says of its messages is counted anew elsewhere.
 */
export async function putBack(manager: EntityManager, reply: Message, before: ConversationBefore | null): Promise<void> {
  if (!before) return;
  const { conversationId: id } = reply;
  const { status, then, unread } = before;
  if (unread) await manager.update(Conversation, id, { unread });
  if (!then || (await wasAnsweredSince(manager, reply))) return;
  const [snoozedUntil, closedAt] = [before.snoozedUntil, before.closedAt].map((time) => (time ? new Date(time) : null));
  await manager.update(Conversation, { id, status: then }, { status, snoozedUntil, closedAt });
}

/** Then the status is that answer's. */
const wasAnsweredSince = (manager: EntityManager, { id, conversationId }: Message): Promise<boolean> =>
  manager.existsBy(Message, { conversationId, kind: 'message', direction: 'outbound', authorType: 'agent', id: MoreThan(id) });
