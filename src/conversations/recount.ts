import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { Conversation, windowUnknown } from './conversation.entity.js';
import { Attachment, Message } from './message.entity.js';
import { previewOf } from './preview.js';

/**
 * Makes what a conversation's row says of its messages true again after some came, went, were moved or say something else:
 * count, preview, times, and since when the customer has been waiting, which is since the first message that nobody has
 * answered. What was taken back waits for no answer, and is no preview.
 */
export async function recount(manager: EntityManager, conversationId: string): Promise<void> {
  // First, because it locks the row: nobody adds a message between the counting and the writing.
  await manager.increment(Conversation, { id: conversationId }, 'version', 1);
  const said = { conversationId, kind: 'message' as const };
  const fromCustomer = { ...said, direction: 'inbound' as const };
  const latest = { order: { sentAt: 'DESC', id: 'DESC' } } as const;
  const [newest, standing, lastInbound, lastAction, answer, messageCount] = [
    await manager.findOne(Message, { where: said, ...latest }),
    await manager.findOne(Message, { where: { ...said, deletedAt: IsNull() }, ...latest }),
    await manager.findOne(Message, { where: { ...fromCustomer, human: true }, ...latest }),
    await manager.findOne(Message, { where: fromCustomer, ...latest }),
    await manager.findOne(Message, { where: { ...said, direction: 'outbound', human: true }, ...latest }),
    await manager.countBy(Message, { conversationId, kind: In(['message', 'note']) }),
  ];
  const unanswered = await manager.findOne(Message, {
    where: { ...fromCustomer, human: true, deletedAt: IsNull(), ...(answer && { sentAt: MoreThan(answer.sentAt) }) },
    order: { sentAt: 'ASC', id: 'ASC' },
  });
  await manager.update(Conversation, conversationId, {
    preview: await previewIn(manager, standing),
    ...(newest && { lastMessageAt: newest.sentAt }),
    lastInboundAt: lastInbound?.sentAt ?? null,
    waitingSince: unanswered?.sentAt ?? null,
    windowClosesAt: windowUnknown,
    messageCount,
  });
  if (lastAction) await noteAction(manager, conversationId, lastAction.sentAt);
}

/** The same where only the words of a message changed. */
export async function refreshPreview(manager: EntityManager, conversationId: string): Promise<void> {
  const standing = { conversationId, kind: 'message' as const, deletedAt: IsNull() };
  const newest = await manager.findOne(Message, { where: standing, order: { sentAt: 'DESC', id: 'DESC' } });
  await manager.update(Conversation, conversationId, { preview: await previewIn(manager, newest) });
}

async function previewIn(manager: EntityManager, message: Message | null): Promise<string> {
  if (!message) return '';
  const files = await manager.find(Attachment, {
    select: { filename: true, contentType: true },
    where: { messageId: message.id },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return previewOf({ ...message, files });
}

/** The customer did something, be it without a word. What is known to be later stays. */
export async function noteAction(manager: EntityManager, conversationId: string, at: Date): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(Conversation)
    .set({ lastActionAt: at, windowClosesAt: windowUnknown, version: () => 'version + 1' })
    .where('id = :conversationId AND (last_action_at IS NULL OR last_action_at < :at)', { conversationId, at })
    .execute();
}

/** Somebody should look at it again. */
export async function showUnread(manager: EntityManager, conversationId: string): Promise<void> {
  await manager.update(Conversation, conversationId, { unread: true });
}
