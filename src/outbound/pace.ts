import type { EntityManager } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { olderOnItsWay, waiting } from './order.js';

const minute = 60_000;
/** How far ahead the line is looked at; who stands behind that looks again later. */
const horizonMinutes = 10;

/**
 * When a delivery of a channel that may send only so many messages a minute has its turn, or null when that is now.
 * Whoever was written first goes first. Counted is what left in the last minute and what is about to, by all processes:
 * ask within a transaction that holds the channel.
 */
export async function turnOf(manager: EntityManager, { id, channelId }: Delivery, perMinute: number, now: Date): Promise<Date | null> {
  const left = await lastMinute(manager, channelId, now);
  const line = await ahead(manager, id, channelId, perMinute, now);
  const due = line.filter((at) => at <= now.getTime()).length;
  if (left.length + due < perMinute) return null;
  const place = left.length + line.length - perMinute;
  const freed = left[place % perMinute] ?? now.getTime();
  return new Date(freed + minute * (1 + Math.floor(place / perMinute)));
}

/** When each message left, the oldest first; what is being sent counts as leaving now. */
async function lastMinute(manager: EntityManager, channelId: string, now: Date): Promise<number[]> {
  const since = new Date(now.getTime() - minute);
  const rows = await manager
    .createQueryBuilder(Delivery, 'd')
    .select(['d.id', 'd.committedAt'])
    .where(`d.channelId = :channelId AND (d.committedAt > :since OR d.state = 'sending')`, { channelId, since })
    .getMany();
  return rows.map(({ committedAt }) => Math.max(committedAt?.getTime() ?? now.getTime(), since.getTime())).sort((a, b) => a - b);
}

/** Those written earlier that wait for their turn as well; not those that wait for something else. */
async function ahead(manager: EntityManager, id: string, channelId: string, perMinute: number, now: Date): Promise<number[]> {
  const until = new Date(now.getTime() + horizonMinutes * minute);
  const rows = await manager
    .createQueryBuilder(Delivery, 'delivery')
    .select(['delivery.id', 'delivery.nextAttemptAt'])
    .where(`delivery.channelId = :channelId AND delivery.id < :id AND delivery.state IN (:...waiting)`, { channelId, id, waiting })
    .andWhere(`delivery.nextAttemptAt <= :until AND NOT EXISTS (${olderOnItsWay})`, { until, now })
    .limit(perMinute * horizonMinutes)
    .getMany();
  return rows.map(({ nextAttemptAt }) => nextAttemptAt!.getTime());
}
