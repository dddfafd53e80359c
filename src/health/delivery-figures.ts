import { type DataSource, In, LessThan, MoreThan } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { type Sample, secondsSince, type Source } from './figures.js';

type Name =
  'deliveries' | 'delivery_overdue_seconds' | 'delivery_oldest_sending_seconds' | 'replies_in_trouble' | 'reply_trouble_age_seconds';

/** Replies on their way, and those that did not arrive. */
export function deliveryFigures(database: DataSource): Source<Name> {
  return {
    dependency: 'database',
    figures: {
      deliveries: ['Replies that have not reached their customer, by state and by what is in the way', 'state', 'kind'],
      delivery_overdue_seconds: ['For how long the reply that is due the longest has not been sent; 0 when none is'],
      delivery_oldest_sending_seconds: ['For how long the slowest reply has been under way; 0 when none is'],
      replies_in_trouble: ["Replies that wait for somebody's decision"],
      reply_trouble_age_seconds: ["For how long the oldest of them waits for somebody's decision; 0 when none does"],
    },
    read: async () => [...(await open(database)), ...(await slowest(database)), ...(await inTrouble(database))],
  };
}

async function open(database: DataSource): Promise<Sample<Name>[]> {
  const rows = await database.query<Array<{ state: string; kind: string | null; count: number | string }>>(
    `SELECT state, error_kind AS kind, COUNT(*) AS count FROM delivery
     WHERE state IN ('queued', 'sending', 'failed', 'uncertain') GROUP BY state, error_kind`,
  );
  return rows.map(({ state, kind, count }) => ['deliveries', Number(count), state, kind ?? 'none']);
}

async function slowest({ manager }: DataSource): Promise<Sample<Name>[]> {
  const due = { state: 'queued' as const, nextAttemptAt: LessThan(new Date()) };
  const select = { id: true, nextAttemptAt: true, updatedAt: true } as const;
  const overdue = await manager.findOne(Delivery, { select, where: due, order: { nextAttemptAt: 'ASC' } });
  const sending = await manager.find(Delivery, { select, where: { state: In(['sending']) } });
  return [
    ['delivery_overdue_seconds', overdue ? secondsSince(overdue.nextAttemptAt!) : 0],
    ['delivery_oldest_sending_seconds', Math.max(0, ...sending.map(({ updatedAt }) => secondsSince(updatedAt)))],
  ];
}

async function inTrouble({ manager }: DataSource): Promise<Sample<Name>[]> {
  // Not `IS NOT NULL`: only of a range does SQLite look for its beginning in the index.
  const where = { troubleAt: MoreThan(new Date(0)) };
  const oldest = await manager.findOne(Delivery, { select: { id: true, troubleAt: true }, where, order: { troubleAt: 'ASC' } });
  return [
    ['replies_in_trouble', oldest ? await manager.countBy(Delivery, where) : 0],
    ['reply_trouble_age_seconds', oldest ? secondsSince(oldest.troubleAt!) : 0],
  ];
}
