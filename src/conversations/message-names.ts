import type { EntityManager } from 'typeorm';
import { ThreadKey } from './conversation.entity.js';
import { Message } from './message.entity.js';

/** The message that a platform means by an id: its own name, or another that the platform gave it when it took it or showed it again. */
export async function messageNamed(manager: EntityManager, channelId: string, externalId: string): Promise<Message | null> {
  const named = await manager.findOneBy(Message, { channelId, externalId });
  const key = named ? null : await manager.findOneBy(ThreadKey, { channelId, key: externalId });
  return named ?? (key?.messageId ? manager.findOneBy(Message, { id: key.messageId }) : null);
}

/** All ids by which a platform may mean a message. */
export async function namesOf(manager: EntityManager, { id, externalId }: Message): Promise<string[]> {
  const keys = await manager.findBy(ThreadKey, { messageId: id });
  return [...new Set([...(externalId === null ? [] : [externalId]), ...keys.map(({ key }) => key)])];
}
