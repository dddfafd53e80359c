import { newId } from '../database/columns.js';
import type { User } from '../people/user.entity.js';
import type { Composed, ComposedPart, NewReply } from './composition.service.js';
import type { Conversation } from './conversation.entity.js';
import { awaiting } from './recipient-fates.js';

export type OutgoingRow = ReturnType<typeof outgoingRows>[number];

/** The rows of a reply: for each message that it leaves as one, and its delivery. Their ids and times are in the order in which they leave. */
export function outgoingRows(conversation: Conversation, reply: NewReply, author: User, composed: Composed, idempotencyKey: string | null) {
  const now = Date.now();
  const first = newId();
  return composed.parts.map((part, index) => {
    const message = {
      ...writtenBy(author, conversation, new Date(now + index)),
      ...{ text: part.text, html: composed.parts.length === 1 ? (reply.html ?? null) : null },
      ...(index ? { partOf: first } : { id: first, idempotencyKey }),
      ...{ mode: composed.mode, replyToMessageId: answeredBy(reply, composed, index) },
      ...{ externalId: part.prepared.externalId, envelope: part.prepared.envelope },
    };
    return { part, message, delivery: deliveryOf(part, message, reply) };
  });
}

/** A message or note of ours, as far as its author makes it one. */
export function writtenBy(author: User, { id: conversationId, channelId }: Conversation, at: Date) {
  return {
    ...{ id: newId(), conversationId, channelId, kind: 'message' as const, direction: 'outbound' as const },
    ...{ authorType: 'agent' as const, authorId: author.id, authorName: author.name },
    ...{ sentAt: at, receivedAt: at, reactions: [] },
  };
}

/** Of an answer to a comment always known; elsewhere only where the agent chose a message, and then only the first hangs under it. */
function answeredBy({ replyToMessageId }: NewReply, { mode, answered }: Composed, index: number): string | null {
  return (mode ? answered?.id : index ? null : replyToMessageId) ?? null;
}

function deliveryOf({ deliveryId: id, prepared }: ComposedPart, message: { id: string; channelId: string }, reply: NewReply) {
  const now = new Date();
  return {
    ...{ id, messageId: message.id, channelId: message.channelId, recipients: awaiting(prepared.recipients) },
    ...{ ...departure(reply, now), createdAt: now, updatedAt: now },
  };
}

/** When a reply leaves: at once, when it is planned for, or when its author can no longer undo it. */
function departure({ sendAt, undoSeconds = 0 }: NewReply, now: Date): { nextAttemptAt: Date; undoUntil: Date | null } {
  const planned = sendAt ?? now;
  const undoUntil = new Date(now.getTime() + undoSeconds * 1_000);
  return undoUntil > planned && undoSeconds ? { nextAttemptAt: undoUntil, undoUntil } : { nextAttemptAt: planned, undoUntil: null };
}
