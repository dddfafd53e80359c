import type { EntityManager } from 'typeorm';

/**
 * Makes transactions that speak of the same thing wait for each other until they end. For what two of them would each miss of
 * the other: a message and a change to it that arrive at the same moment. Call it after writing one's own row and before
 * looking for the other's. On SQLite writers take turns anyway.
 */
export async function awaitTurn(manager: EntityManager, ...about: string[]): Promise<void> {
  if (manager.connection.options.type !== 'postgres') return;
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [about.join(' ')]);
}

/**
 * Holds a conversation until the transaction ends. Who is going to write it, or any of its messages and deliveries, holds it
 * first, and waits for turns before that: in another order two would wait for each other. On SQLite writers take turns anyway.
 */
export async function holdConversation(manager: EntityManager, conversationId: string): Promise<void> {
  if (manager.connection.options.type !== 'postgres') return;
  await manager.query('SELECT 1 FROM conversation WHERE id = $1 FOR NO KEY UPDATE', [conversationId]);
}

/** To be called first by who writes a message that is known, or its delivery, and applies what is told of it under a name, all in one transaction. */
export async function holdMessage(
  manager: EntityManager,
  { id, channelId, conversationId }: { id: string; channelId: string; conversationId: string },
  externalId: string,
): Promise<void> {
  await awaitTurn(manager, channelId, externalId);
  await awaitTurn(manager, 'message', id);
  await holdConversation(manager, conversationId);
}
