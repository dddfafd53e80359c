import { type EntityManager, In, Not } from 'typeorm';
import type { MessageEvent, ThreadKey as Key } from '#libs/connector';
import { ThreadKey } from '../conversations/conversation.entity.js';
import type { PlacedBy } from '../conversations/message.entity.js';
import { insertNew } from '../database/data-source.js';
import { candidateFor, candidatesBySubject } from './candidates.js';
import { type Arrival, type Candidate, evidenceOf, machineReview, mayJoinBySubject, type Refusal, refusal } from './placement.js';

/** The rule that joins a message to the answers that came before it. */
export const awaited = 'referenced-before';
/** Rules that guess; where an agent moved a sender's mail away they do not put more of it. */
const guesses = ['thread-index', 'subject'];

/** A conversation that a message was kept out of. */
export interface Refused extends Refusal {
  conversationId: string;
  /** Whether it is made of answers to this message, rather than of what this message answers. */
  answersIt: boolean;
}

/** Where a message belongs: into a conversation, perhaps with something to look at, or into one of its own for the first reason against those it points to. */
export type Decision = { conversationId: string; placedBy: PlacedBy; review: string | null } | { conversationId: null; refused: Refused[] };

/** What a message is, as the rules see it. Where the platform itself says which conversation it is, there is nothing to weigh. */
export function arrivalOf(event: MessageEvent, backfill: boolean): Arrival | null {
  const { correspondence, direction, human, sentAt } = event;
  if (!correspondence) return null;
  const { baseSubject, isReply, reopenDays, subjectDays } = correspondence;
  return { direction, human, backfill, sentAt, baseSubject, isReply, reopenDays, subjectDays };
}

/**
 * The first of its keys that a conversation of this channel has and no guard speaks against; its own ids come last, and only
 * while no message bears them: somebody answered it before it arrived. An id that is taken says nothing, because broken
 * senders give the same one to different mails. Where no key is known, subject and sender may tell. `except` leaves one
 * conversation out.
 */
export async function decide(
  manager: EntityManager,
  channelId: string,
  event: MessageEvent,
  arrival: Arrival | null,
  except?: string,
): Promise<Decision> {
  const refused: Refused[] = [];
  for (const { rule, row } of await knownKeys(manager, channelId, event, except)) {
    const placedBy = { rule, evidence: evidenceOf(rule, row.key) };
    if (!arrival) return { conversationId: row.conversationId, placedBy, review: null };
    const candidate = await candidateFor(manager, event, row);
    if (candidate.excluded && guesses.includes(rule)) continue;
    const against = refusal(arrival, candidate);
    if (!against) return { conversationId: row.conversationId, placedBy, review: machineReview(arrival, candidate, rule) };
    if (refused.every(({ conversationId }) => conversationId !== row.conversationId))
      refused.push({ ...against, conversationId: row.conversationId, answersIt: rule === awaited });
  }
  const guessed = refused.length ? undefined : await bySubject(manager, channelId, event, arrival);
  return guessed ?? { conversationId: null, refused };
}

async function bySubject(manager: EntityManager, channelId: string, event: MessageEvent, arrival: Arrival | null) {
  if (!arrival || !mayJoinBySubject(arrival)) return undefined;
  const fits = (candidate: Candidate) => !candidate.excluded && !refusal(arrival, candidate);
  const found = (await candidatesBySubject(manager, channelId, event, arrival)).find(fits);
  const evidence = `It looks like an answer, of the same sender under the same subject within ${arrival.subjectDays} days`;
  return found && { conversationId: found.conversationId, placedBy: { rule: 'subject', evidence }, review: null };
}

/**
 * The rows of a message's keys, in the order in which they are trusted; those of messages that are here before those of which
 * only other answers are, which may lack the rest of the thread.
 */
async function knownKeys(manager: EntityManager, channelId: string, event: MessageEvent, except?: string) {
  const keys: Key[] = [...event.threadKeys, ...event.ownKeys.map((key) => ({ rule: awaited, key }))];
  if (!keys.length) return [];
  const other = except ? { conversationId: Not(except) } : {};
  const known = await manager.findBy(ThreadKey, { channelId, key: In(keys.map(({ key }) => key)), ...other });
  const rows = keys.flatMap(({ rule, key }) => {
    const row = known.find((candidate) => candidate.key === key);
    return row && !(rule === awaited && row.claimed) ? [{ rule, row }] : [];
  });
  return rows.toSorted((one, other) => Number(other.row.claimed) - Number(one.row.claimed));
}

/** The conversation that a key of the message is known in, whoever sent it: where to look for what we know already. */
export async function firstKnown(manager: EntityManager, channelId: string, event: MessageEvent): Promise<string | null> {
  const [first] = await knownKeys(manager, channelId, event);
  return first?.row.conversationId ?? null;
}

/** Conversations of answers to this message, which came before it. */
export async function awaiting(manager: EntityManager, channelId: string, { ownKeys }: MessageEvent): Promise<ThreadKey[]> {
  return ownKeys.length ? manager.findBy(ThreadKey, { channelId, key: In(ownKeys), claimed: false }) : [];
}

/** Other conversations of answers to what this message answers, too, while that is not here. */
export async function answeringTheSame(
  manager: EntityManager,
  channelId: string,
  { threadKeys }: MessageEvent,
  conversationId: string,
): Promise<ThreadKey[]> {
  const keys = threadKeys.map(({ key }) => key);
  return keys.length ? manager.findBy(ThreadKey, { channelId, key: In(keys), claimed: false, conversationId: Not(conversationId) }) : [];
}

/**
 * Makes a message findable: under its own ids, and under those it refers to, so that what arrives late still joins.
 * In one order for everybody, so that two transactions cannot wait for each other.
 */
export async function rememberKeys(
  manager: EntityManager,
  channelId: string,
  event: Pick<MessageEvent, 'ownKeys' | 'threadKeys'>,
  conversationId: string,
  messageId: string,
): Promise<void> {
  const own = new Set(event.ownKeys);
  const keys = [...new Set([...own, ...event.threadKeys.map(({ key }) => key)])].sort();
  const rows = keys.map((key) => ({ channelId, key, conversationId, claimed: own.has(key), messageId: own.has(key) ? messageId : null }));
  if (rows.length) await insertNew(manager, ThreadKey, rows);
}

/** Says that the message bearing these ids has arrived, and where it is. */
export async function claimKeys(
  manager: EntityManager,
  channelId: string,
  { ownKeys }: Pick<MessageEvent, 'ownKeys'>,
  conversationId: string,
  messageId: string,
): Promise<void> {
  await manager.update(ThreadKey, { channelId, key: In(ownKeys), claimed: false }, { claimed: true, conversationId, messageId });
}
