import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { Conversation, ConversationLink, ConversationTag, Participant, ThreadKey } from '../conversations/conversation.entity.js';
import { linkConversations } from '../conversations/links.js';
import { Message } from '../conversations/message.entity.js';
import { addParticipants } from '../conversations/participants.js';
import { recount } from '../conversations/recount.js';
import { Raced } from './occasion.js';

/** Whether nobody has worked on a conversation yet, so that it may become part of another one without anybody losing track. */
export async function isUntouched(manager: EntityManager, id: string): Promise<boolean> {
  const conversation = await manager.findOneBy(Conversation, { id });
  if (!conversation) throw new Raced();
  const { assigneeId, teamId, review, status, closedAt, priority } = conversation;
  if (assigneeId || teamId || review || closedAt || priority !== 'normal' || !['open', 'closed'].includes(status)) return false;
  if (await manager.existsBy(Message, { conversationId: id, kind: In(['note', 'event']) })) return false;
  // What a colleague sent from another mail program has no author of ours.
  const fromHere = { conversationId: id, direction: 'outbound' as const };
  if (
    await manager.existsBy(Message, [
      { ...fromHere, authorId: Not(IsNull()) },
      { ...fromHere, authorType: 'system' },
    ])
  )
    return false;
  if (await manager.existsBy(ConversationTag, { conversationId: id })) return false;
  // That the same mail came to another mailbox as well is nobody's work.
  const reason = Not('same-mail' as const);
  return !(await manager.existsBy(ConversationLink, [
    { conversationId: id, reason },
    { otherId: id, reason },
  ]));
}

/**
 * Makes one conversation of two that belong together by what the platform says, and resolves with the one that is left. Two
 * that agents have worked on are only linked, so that nobody loses track; then it is the second.
 */
export async function join(manager: EntityManager, oneId: string, otherId: string): Promise<string> {
  if (oneId === otherId) return otherId;
  // Both at once, in one order for everybody.
  for (const id of [oneId, otherId].sort()) await manager.increment(Conversation, { id }, 'version', 1);
  const [from, into] = (await isUntouched(manager, oneId)) ? [oneId, otherId] : [otherId, oneId];
  if (from !== oneId && !(await isUntouched(manager, from))) {
    await linkConversations(manager, otherId, oneId, 'continues');
    return otherId;
  }
  const customer = (await hasRoot(manager, from)) && !(await hasRoot(manager, into)) ? await customerOf(manager, from) : null;
  await absorb(manager, from, into);
  if (customer) await manager.update(Conversation, into, customer);
  return into;
}

/** Whose a conversation under a post is, the comment directly under it says; answers alone only let guess. */
const hasRoot = (manager: EntityManager, conversationId: string): Promise<boolean> =>
  manager.existsBy(Message, { conversationId, kind: 'message', direction: 'inbound', replyToExternalId: IsNull() });

async function customerOf(manager: EntityManager, id: string): Promise<Pick<Conversation, 'contactId' | 'identityId'>> {
  const { contactId, identityId } = await manager.findOneByOrFail(Conversation, { id });
  return { contactId, identityId };
}

/** Puts all of one conversation into another, and removes it. */
export async function absorb(manager: EntityManager, fromId: string, intoId: string): Promise<void> {
  // First, because it locks the row: a message that is being written there is seen, or comes back and finds the other.
  const { affected } = await manager.increment(Conversation, { id: fromId }, 'version', 1);
  if (!affected) throw new Raced();
  const from = await manager.findOneByOrFail(Conversation, { id: fromId });
  const into = await manager.findOneByOrFail(Conversation, { id: intoId });
  const people = await manager.findBy(Participant, { conversationId: fromId });
  for (const { scope, externalId } of people) await addParticipants(manager, intoId, scope, [externalId]);
  await manager.update(Message, { conversationId: fromId }, { conversationId: intoId });
  await manager.update(ThreadKey, { conversationId: fromId }, { conversationId: intoId });
  await moveLinks(manager, fromId, intoId);
  await manager.delete(Conversation, fromId);
  const wakes = from.status === 'open' && into.status !== 'open' && { status: 'open' as const, snoozedUntil: null };
  if (into.postId === null && from.postId) await manager.update(Conversation, intoId, { postId: from.postId });
  if (wakes || (from.unread && !into.unread)) await manager.update(Conversation, intoId, { ...wakes, unread: into.unread || from.unread });
  await recount(manager, intoId);
}

async function moveLinks(manager: EntityManager, fromId: string, intoId: string): Promise<void> {
  const moved = (id: string) => (id === fromId ? intoId : id);
  const links = await manager.findBy(ConversationLink, [{ conversationId: fromId }, { otherId: fromId }]);
  for (const { conversationId, otherId, reason } of links) await linkConversations(manager, moved(conversationId), moved(otherId), reason);
}
