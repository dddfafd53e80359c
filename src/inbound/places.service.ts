import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import type { Identity } from '../contacts/contact.entity.js';
import { Conversation, Counter, ThreadKey } from '../conversations/conversation.entity.js';
import { linkConversations } from '../conversations/links.js';
import type { Message, PlacedBy } from '../conversations/message.entity.js';
import { newId } from '../database/columns.js';
import { absorb, isUntouched, join } from './absorb.js';
import { baseSubjectOf, candidateFor } from './candidates.js';
import { type Occasion, Raced } from './occasion.js';
import { type Arrival, refusal, strangerReview } from './placement.js';
import { answeringTheSame, arrivalOf, awaiting, claimKeys, decide, type Decision, type Refused, rememberKeys } from './threading.js';

export interface Placed {
  conversationId: string;
  placedBy: PlacedBy;
  isNew: boolean;
  /** Why an agent should look before trusting it; null when nothing is odd. */
  review: string | null;
  /** Whether answers to the message were there before it. */
  awaited: boolean;
}

type Found = Exclude<Decision, { conversationId: null }>;

/** Finds or makes the conversation of a message. */
@Injectable()
export class Places {
  async find(manager: EntityManager, occasion: Occasion, event: MessageEvent, identity: Identity, messageId: string): Promise<Placed> {
    const channelId = occasion.channel.id;
    const arrival = arrivalOf(event, occasion.backfill);
    const placed = await this.choose(manager, occasion, event, arrival, identity, messageId);
    // Of a chat the platform says which conversation it is: nothing has to be put together. Looked for once its own ids are
    // written, because that waits for whoever writes an answer to it at this very moment.
    const waiting = event.kind === 'dm' ? [] : await awaiting(manager, channelId, event);
    const related = arrival ? [...waiting, ...(await answeringTheSame(manager, channelId, event, placed.conversationId))] : [];
    if (arrival) for (const row of related) await this.unite(manager, event, arrival, row, placed.conversationId);
    const conversationId = arrival ? placed.conversationId : await joinAll(manager, placed.conversationId, waiting);
    await claimKeys(manager, channelId, event, conversationId, messageId);
    return { ...placed, conversationId, isNew: placed.isNew && conversationId === placed.conversationId, awaited: waiting.length > 0 };
  }

  /** Makes a comment that is here already findable by further keys. What is known under them, such as answers that came first, joins it. */
  async claim(manager: EntityManager, { id: messageId, channelId, conversationId: placed }: Message, ownKeys: string[]): Promise<void> {
    const named = { threadKeys: [], ownKeys };
    await hold(manager, placed);
    await rememberKeys(manager, channelId, named, placed, messageId);
    const elsewhere = await manager.findBy(ThreadKey, { channelId, key: In(ownKeys), conversationId: Not(placed) });
    const conversationId = await joinAll(manager, placed, elsewhere);
    await claimKeys(manager, channelId, named, conversationId, messageId);
  }

  private async choose(
    manager: EntityManager,
    occasion: Occasion,
    event: MessageEvent,
    arrival: Arrival | null,
    identity: Identity,
    messageId: string,
  ): Promise<Omit<Placed, 'awaited'>> {
    const channelId = occasion.channel.id;
    const decision = await decide(manager, channelId, event, arrival);
    if (decision.conversationId !== null) {
      // Chats are never united with others; holding one would only make its messages wait for each other.
      if (event.kind !== 'dm') await hold(manager, decision.conversationId);
      await rememberKeys(manager, channelId, event, decision.conversationId, messageId);
      const placed = event.kind === 'comment' ? await this.afterOthers(manager, channelId, event, decision, messageId) : decision;
      return { ...placed, isNew: false };
    }
    const conversationId = await open(manager, occasion, event, identity);
    await rememberKeys(manager, channelId, event, conversationId, messageId);
    // Somebody may have opened the same conversation at this very moment: then the keys are theirs, and so is the message.
    const winner = await decide(manager, channelId, event, arrival, conversationId);
    if (winner.conversationId !== null) {
      await hold(manager, winner.conversationId);
      await manager.update(ThreadKey, { channelId, conversationId }, { conversationId: winner.conversationId });
      await manager.delete(Conversation, conversationId);
      return { ...winner, isNew: false };
    }
    for (const refused of winner.refused) await keepApart(manager, conversationId, refused);
    return { conversationId, placedBy: reasonForNew(event, winner.refused[0]), isNew: true, review: null };
  }

  /**
   * What a comment answers may have been written at this very moment, while it was put to answers to itself: writing its keys
   * waited for that. Then it belongs there, and the answers follow.
   */
  private async afterOthers(
    manager: EntityManager,
    channelId: string,
    event: MessageEvent,
    decision: Found,
    messageId: string,
  ): Promise<Found> {
    const now = await decide(manager, channelId, event, null);
    if (now.conversationId === null || now.conversationId === decision.conversationId) return decision;
    await hold(manager, now.conversationId);
    await manager.update(ThreadKey, { channelId, messageId }, { conversationId: now.conversationId });
    return now;
  }

  /** Answers that came before the message opened a conversation of their own; now that it is here they belong together. */
  private async unite(
    manager: EntityManager,
    event: MessageEvent,
    arrival: Arrival,
    row: ThreadKey,
    conversationId: string,
  ): Promise<void> {
    if (row.conversationId === conversationId) return;
    const candidate = await candidateFor(manager, event, row);
    if (refusal(arrival, candidate)) return;
    if (await isUntouched(manager, row.conversationId)) await absorb(manager, row.conversationId, conversationId);
    else await linkConversations(manager, row.conversationId, conversationId, 'continues');
  }
}

/** Of comments the platform knows what belongs together. Resolves with the conversation that holds all of it. */
async function joinAll(manager: EntityManager, conversationId: string, rows: ThreadKey[]): Promise<string> {
  let whole = conversationId;
  for (const other of new Set(rows.map((row) => row.conversationId))) whole = await join(manager, other, whole);
  return whole;
}

/** Keeps others from changing or removing it until our transaction ends. */
async function hold(manager: EntityManager, conversationId: string): Promise<void> {
  const { affected } = await manager.increment(Conversation, { id: conversationId }, 'version', 1);
  if (!affected) throw new Raced();
}

async function keepApart(
  manager: EntityManager,
  conversationId: string,
  { conversationId: otherId, reason, suspicious, answersIt }: Refused,
) {
  const [later, earlier] = answersIt ? [otherId, conversationId] : [conversationId, otherId];
  await linkConversations(manager, later, earlier, reason);
  if (!suspicious) return;
  const { number } = await manager.findOneByOrFail(Conversation, { id: earlier });
  await manager.update(Conversation, { id: later, review: IsNull() }, { review: strangerReview(number) });
}

function reasonForNew(event: MessageEvent, refused: Refused | undefined): PlacedBy {
  if (refused && !refused.answersIt) return { rule: refused.reason, evidence: refused.why };
  const said = event.threadKeys.length ? 'No conversation of this channel knows what it refers to' : 'It refers to nothing written before';
  return { rule: 'new', evidence: `${said} (${event.externalId})` };
}

async function open(
  manager: EntityManager,
  { channel, receivedAt, backfill }: Occasion,
  event: MessageEvent,
  identity: Identity,
): Promise<string> {
  await manager.increment(Counter, { name: 'conversation' }, 'value', 1);
  const { value: number } = await manager.findOneByOrFail(Counter, { name: 'conversation' });
  const { kind, subject, sentAt, direction } = event;
  const id = newId();
  await manager.insert(Conversation, {
    ...{ id, number, channelId: channel.id, contactId: identity.contactId, identityId: identity.id, kind, subject },
    baseSubject: baseSubjectOf(event),
    lastMessageAt: sentAt,
    unread: direction === 'inbound' && !backfill,
    createdAt: receivedAt,
  });
  return id;
}
