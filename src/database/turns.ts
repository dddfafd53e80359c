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
