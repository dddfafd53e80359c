import type { DataSource } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { idsFollow } from './columns.js';

/**
 * Replies leave in the order of their ids. Where the clock was ahead before this start, and is right again, new ones must come
 * after those that still wait all the same. On PostgreSQL several processes make ids, and only clocks that agree keep them in order.
 */
export async function keepOrderOfIds(database: DataSource): Promise<void> {
  if (database.options.type === 'postgres') return;
  const [last] = await database.manager.find(Delivery, { select: { id: true }, order: { id: 'DESC' }, take: 1 });
  if (last) idsFollow(last.id);
}
