import type { EntityManager } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { olderOnItsWay, waiting } from './order.js';

/** So many of each channel at a time, so that one with thousands keeps nobody else from being seen. */
const perChannel = 50;
const most = 2_000;

/** Replies that were due before `due` and that nothing of their conversation holds up, the longest waiting ones of each channel. */
export function overdue(manager: EntityManager, due: Date, now: Date): Promise<Delivery[]> {
  const ranked = manager
    .createQueryBuilder(Delivery, 'delivery')
    .select('delivery.id', 'id')
    .addSelect('ROW_NUMBER() OVER (PARTITION BY delivery.channel_id ORDER BY delivery.next_attempt_at, delivery.id)', 'place')
    .where(`delivery.state IN (:...waiting) AND delivery.next_attempt_at < :due AND NOT EXISTS (${olderOnItsWay})`, { waiting, due, now });
  return manager
    .createQueryBuilder(Delivery, 'due')
    .where(`due.id IN (SELECT ranked.id FROM (${ranked.getQuery()}) ranked WHERE ranked.place <= ${perChannel})`)
    .setParameters(ranked.getParameters())
    .orderBy('due.nextAttemptAt')
    .limit(most)
    .getMany();
}
