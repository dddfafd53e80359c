import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { MessageEvent, ThreadKey as Key } from '#libs/connector';
import { ThreadKey } from '../conversations/conversation.entity.js';
import type { PlacedBy } from '../conversations/message.entity.js';
import { insertNew } from '../database/data-source.js';

/** The rule that joins a message to the answers that came before it. */
const awaited = 'referenced-before';

export interface Placement {
  conversationId: string;
  placedBy: PlacedBy;
}

/**
 * Where a message belongs: the first of its keys that a conversation of this channel has. Its own ids come last, and only
 * while no message bears them: somebody answered it before it arrived. An id that is taken says nothing, because broken
 * senders give the same one to different mails. `except` leaves one conversation out.
 */
export async function findPlace(
  manager: EntityManager,
  channelId: string,
  event: MessageEvent,
  except?: string,
): Promise<Placement | null> {
  const keys: Key[] = [...event.threadKeys, ...event.ownKeys.map((key) => ({ rule: awaited, key }))];
  if (!keys.length) return null;
  const known = await manager.findBy(ThreadKey, { channelId, key: In(keys.map(({ key }) => key)) });
  for (const { rule, key } of keys) {
    const found = known.find((row) => row.key === key && row.conversationId !== except && !(rule === awaited && row.claimed));
    if (found) return { conversationId: found.conversationId, placedBy: { rule, evidence: key } };
  }
  return null;
}

/**
 * Makes a message findable: under its own ids, and under those it refers to, so that what arrives late still joins.
 * In one order for everybody, so that two transactions cannot wait for each other.
 */
export async function rememberKeys(manager: EntityManager, channelId: string, event: MessageEvent, conversationId: string): Promise<void> {
  const own = new Set(event.ownKeys);
  const keys = [...new Set([...own, ...event.threadKeys.map(({ key }) => key)])].sort();
  await insertNew(
    manager,
    ThreadKey,
    keys.map((key) => ({ channelId, key, conversationId, claimed: own.has(key) })),
  );
}

/** Says that the message bearing these ids has arrived. */
export async function claimKeys(manager: EntityManager, channelId: string, { ownKeys }: MessageEvent): Promise<void> {
  await manager.update(ThreadKey, { channelId, key: In(ownKeys), claimed: false }, { claimed: true });
}
