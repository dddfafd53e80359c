import { type EntityManager, In, MoreThan } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';

const held = {
  state: 'failed' as const,
  nextAttemptAt: null,
  errorKind: 'held' as const,
  errorCode: null,
  errorMessage: 'An earlier part of this reply did not go out, so this one was held back.',
  errorRetryable: true,
  errorAction: 'Send it again: what is missing goes out in its order, and nothing that the customer has.',
};

/**
 * Nobody reads the end of a reply without its beginning: once a message of it failed or may not have arrived, those after it
 * wait for an agent's word. In the transaction that notes the failure. Resolves with the messages held.
 */
export async function holdLaterParts(manager: EntityManager, { id, partOf }: Message): Promise<Message[]> {
  const later = await manager.findBy(Message, { partOf: partOf ?? id, id: MoreThan(id) });
  if (!later.length) return [];
  const queued = { messageId: In(later.map((message) => message.id)), state: 'queued' as const };
  await manager.update(Delivery, queued, { ...held, updatedAt: new Date() });
  return later;
}
