import type { EntityManager } from 'typeorm';
import type { NewChange } from '../realtime/changes.service.js';
import { Conversation, windowUnknown } from './conversation.entity.js';
import { Message } from './message.entity.js';

type Reply = Pick<Message, 'conversationId' | 'replyToMessageId'>;

/** Platforms allow one private answer to a comment. Takes it for this reply, in the transaction that writes it; null when it is used up. */
export async function takePrivateReply(manager: EntityManager, reply: Reply): Promise<NewChange[] | null> {
  const free = { id: reply.replyToMessageId ?? '', answeredPrivately: false };
  const { affected } = reply.replyToMessageId ? await manager.update(Message, free, { answeredPrivately: true }) : { affected: 0 };
  return affected ? newsOf(manager, reply) : null;
}

/** The reply that took it will surely not reach anybody. Resolves with what to tell. */
export async function giveBackPrivateReply(manager: EntityManager, reply: Reply): Promise<NewChange[]> {
  if (!reply.replyToMessageId) return [];
  await manager.update(Message, { id: reply.replyToMessageId }, { answeredPrivately: false });
  return newsOf(manager, reply);
}

async function newsOf(manager: EntityManager, { conversationId, replyToMessageId }: Reply): Promise<NewChange[]> {
  await manager.update(Conversation, conversationId, { windowClosesAt: windowUnknown, version: () => 'version + 1' });
  return replyToMessageId ? [{ type: 'message.updated', conversationId, messageId: replyToMessageId }] : [];
}
