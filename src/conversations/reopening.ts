import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { User } from '../people/user.entity.js';
import type { NewChange } from '../realtime/changes.service.js';
import { noteAttempt } from './attempts.js';
import { Conversation } from './conversation.entity.js';
import { addEvent } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Message } from './message.entity.js';
import { partsOf } from './reply-parts.js';
import { isInTrouble, troubleAfter } from './trouble.js';

/**
 * Writes what became of a delivery, and what follows for people: since when it is in trouble, and that its conversation comes
 * back to whoever wrote it. `before` is the row as it is, locked by the caller. Resolves with what to tell.
 */
export async function changeDelivery(manager: EntityManager, before: Delivery, change: Partial<Delivery>): Promise<NewChange[]> {
  const after = { ...before, ...change };
  const { troubleAt, news } = troubleAfter(before, after, new Date());
  await manager.update(Delivery, before.id, { ...change, troubleAt });
  // Whoever sent it may have died before noting that. Of an attempt that has not got so far it is not said.
  const isUnderWay = before.state === 'sending' && before.committedAt === null;
  if (hasLeft(after) && !hasLeft(before) && !isUnderWay) await noteAttempt(manager, before, { outcome: 'sent' });
  if (!news && !(isInTrouble(before) && !isInTrouble(after))) return [];
  const message = await manager.findOneByOrFail(Message, { id: before.messageId });
  if (news) return reopen(manager, message, after);
  return [...(await endDoubt(manager, message, before, after)), ...(await showHeldParts(manager, message))];
}

/**
 * Whoever wrote the reply believes that it arrived, so its conversation is open and unread again. It goes to its sender when
 * nobody has it, or when it was closed, and so was on nobody's desk; whom a colleague works for keeps that colleague. A line
 * says why, once for a reply in several messages. Nobody believes anything of an automatic answer.
 */
async function reopen(manager: EntityManager, message: Message, delivery: Delivery): Promise<NewChange[]> {
  const { conversationId: id, authorType, authorId } = message;
  if (authorType === 'system' || (await isToldOf(manager, message))) return [];
  // First, because it locks the row: somebody may be taking the conversation at this moment.
  await manager.increment(Conversation, { id }, 'version', 1);
  const conversation = await manager.findOneByOrFail(Conversation, { id });
  const sender = authorId === null ? null : await manager.findOneBy(User, { id: authorId });
  const isFree = conversation.assigneeId === null || conversation.status === 'closed';
  const assigned = isFree && sender ? { assigneeId: sender.id } : {};
  await manager.update(Conversation, id, { status: 'open', snoozedUntil: null, unread: true, ...assigned });
  const line = await addEvent(manager, conversation, null, wordsFor(delivery, message.authorName));
  return [line, { type: 'conversation.updated', conversationId: id }];
}

/** A line said that it had not arrived, or that nobody knew. That must not be the last word on it. */
async function endDoubt(manager: EntityManager, message: Message, before: Delivery, after: Delivery): Promise<NewChange[]> {
  const { conversationId: id, channelId, authorType, authorName } = message;
  const wasTold = before.troubleAt !== null && authorType !== 'system';
  if (!wasTold || !hasLeft(after) || (await isToldOf(manager, message))) return [];
  return [await addEvent(manager, { id, channelId }, null, `${replyOf(authorName)} was sent after all.`)];
}

const hasLeft = ({ state }: Delivery): boolean => ['sent', 'delivered', 'read'].includes(state);

async function isToldOf(manager: EntityManager, message: Message): Promise<boolean> {
  const parts = await partsOf(manager, message);
  return parts.some(({ message: { id }, delivery }) => id !== message.id && delivery.troubleAt !== null);
}

/** What they waited for has left after all, so that now they need a word themselves. */
async function showHeldParts(manager: EntityManager, { id, partOf, conversationId }: Message): Promise<NewChange[]> {
  const later = await manager.find(Message, { select: { id: true }, where: { partOf: partOf ?? id, id: MoreThan(id) } });
  if (!later.length) return [];
  const held = { messageId: In(later.map((part) => part.id)), state: 'failed' as const, errorKind: 'held' as const, troubleAt: IsNull() };
  const { affected } = await manager.update(Delivery, held, { troubleAt: new Date() });
  if (!affected) return [];
  return later.map(({ id: messageId }) => ({ type: 'message.updated' as const, conversationId, messageId }));
}

function wordsFor({ state, errorMessage }: Delivery, author: string | null): string {
  const whose = replyOf(author);
  const what = state === 'failed' ? 'did not reach the customer' : 'did not reach everybody it was for';
  const told = state === 'uncertain' ? `Nobody knows whether ${lower(whose)} reached the customer` : `${whose} ${what}`;
  return [`${told}.`, errorMessage].filter(Boolean).join(' ');
}

const replyOf = (author: string | null): string => (author ? `${author}’s reply` : 'A reply');
const lower = (words: string) => words.replace(/^A /, 'a ');
