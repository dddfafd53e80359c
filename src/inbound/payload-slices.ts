import { type DataSource, In, IsNull, LessThan } from 'typeorm';
import { releaseBytes } from '../conversations/released-files.js';
import { transact } from '../database/data-source.js';
import { InboundEvent } from './inbound-event.entity.js';
import { packed } from './payload.js';

/** Few enough that neither the database's one writer nor the memory feels it. */
export const sliceRows = 100;

/** Less does not get smaller: what packing adds is about twenty bytes. */
const worthPacking = 200;

/** How far somebody got, by the time at which rows were settled. */
export interface Place {
  settledAt: Date;
  id: string;
}

/**
 * Packs the next payloads after a place that were settled before a moment. What lies in the file store stays as it is: it is
 * mail with attachments, which are compressed already, and is read piece by piece.
 */
export async function packSlice(database: DataSource, after: Place, before: Date): Promise<{ looked: number; last: Place }> {
  const rows = await database.manager
    .createQueryBuilder(InboundEvent, 'e')
    .select(['e.id', 'e.settledAt', 'e.payload'])
    .where({ payloadKept: 'whole', payloadSha256: IsNull() })
    .andWhere('e.settledAt < :before AND e.settledAt >= :from AND (e.settledAt, e.id) > (:from, :id)', {
      ...{ before, from: after.settledAt, id: after.id || nobody },
    })
    .andWhere('e.payloadSize >= :worthPacking', { worthPacking })
    .orderBy('e.settledAt')
    .addOrderBy('e.id')
    .limit(sliceRows)
    .getMany();
  const smaller = await Promise.all(rows.map(async ({ id, payload }) => ({ id, payload, instead: await packed(payload) })));
  await transact(database, async (manager) => {
    for (const { id, payload, instead } of smaller)
      // Only as long as it is still the same: it may have been taken back meanwhile, or packed by another process.
      if (instead) await manager.update(InboundEvent, { id, payload, payloadKept: 'whole' }, { payload: instead, payloadKept: 'packed' });
  });
  const last = rows.at(-1);
  return { looked: rows.length, last: last ? { settledAt: last.settledAt!, id: last.id } : after };
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** Drops payloads that were settled before a moment; resolves with how many. Files go once nobody else refers to the same. */
export function dropSlice(database: DataSource, before: Date): Promise<number> {
  return transact(database, async (manager) => {
    let count = 0;
    for (const payloadKept of ['packed', 'whole'] as const) {
      const due = { payloadKept, settledAt: LessThan(before) };
      const rows = await manager.find(InboundEvent, {
        ...{ select: { id: true, payloadSha256: true }, where: due, order: { settledAt: 'ASC' }, take: sliceRows - count },
        lock: locking(database),
      });
      const gone = { payload: Buffer.alloc(0), payloadSha256: null, payloadKept: 'dropped' as const };
      for (const { payloadSha256 } of rows) if (payloadSha256) await releaseBytes(manager, payloadSha256);
      if (rows.length) await manager.update(InboundEvent, { ...due, id: In(rows.map(({ id }) => id)) }, gone);
      count += rows.length;
    }
    return count;
  });
}

/** On PostgreSQL, so that of two processes each drops others, and what is replayed at this moment is left alone. */
const locking = (database: DataSource) =>
  database.options.type === 'postgres' ? ({ mode: 'pessimistic_write', onLocked: 'skip_locked' } as const) : undefined;
