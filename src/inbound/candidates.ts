import { Between, type EntityManager } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { Conversation, type ThreadKey } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { subjectOf } from '../conversations/envelope-facts.js';
import { takingPart } from '../conversations/participants.js';
import { type Arrival, type Candidate, subjectWindow } from './placement.js';

/** What the rules want to know of the conversation that a key names. */
export async function candidateFor(
  manager: EntityManager,
  event: MessageEvent,
  { conversationId, messageId, claimed }: ThreadKey,
): Promise<Candidate> {
  const conversation = await manager.findOneByOrFail(Conversation, { id: conversationId });
  const answered = messageId && (await manager.findOneBy(Message, { id: messageId }));
  return {
    ...(await known(manager, event, conversation, claimed)),
    subjects: [conversation.subject, ...(answered ? [subjectOf(answered)] : [])],
  };
}

/** Conversations under the same subject that were active at the time, the latest first. Whether the sender has part in them is for the rules. */
export async function candidatesBySubject(
  manager: EntityManager,
  channelId: string,
  event: MessageEvent,
  arrival: Arrival,
): Promise<Candidate[]> {
  const where = { channelId, baseSubject: baseSubjectOf(event) ?? '', lastMessageAt: Between(...subjectWindow(arrival)) };
  const found = await manager.find(Conversation, { where, order: { lastMessageAt: 'DESC', id: 'DESC' }, take: 20 });
  const candidates: Candidate[] = [];
  for (const conversation of found) candidates.push(await known(manager, event, conversation, true));
  return candidates;
}

/** As a conversation keeps it: short enough for an index. */
export const baseSubjectOf = ({ correspondence }: MessageEvent): string | null => correspondence?.baseSubject.slice(0, 300) || null;

/** Of a mail that we know only from answers to it nobody can say who had part: then anybody named in both will do. */
async function known(manager: EntityManager, event: MessageEvent, conversation: Conversation, claimed: boolean): Promise<Candidate> {
  const { id: conversationId, number, subject, status, closedAt, lastMessageAt } = conversation;
  const sender = event.customer.id.toLowerCase();
  const { present, excluded } = await takingPart(manager, conversationId, [event.customer, ...(event.correspondence?.participants ?? [])]);
  return {
    conversationId,
    number,
    subjects: [subject],
    closedSince: status === 'closed' ? (closedAt ?? lastMessageAt) : null,
    takesPart: claimed ? present.has(sender) : present.size > 0,
    excluded: excluded.has(sender),
  };
}
