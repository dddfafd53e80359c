import type { DataSource, ObjectLiteral } from 'typeorm';
import { transact } from '../database/data-source.js';
import { InboundEvent } from './inbound-event.entity.js';

/** What can be taken in again: whatever was decided about once. */
export const replayable = ['processed', 'ignored', 'quarantined'] as const;
export type Replayable = (typeof replayable)[number];

/** Which events: these, or all in these states (of one channel). */
export type Selection = { ids: string[] } | { states: readonly Replayable[]; channelId?: string };

type Condition = [sql: string, values: ObjectLiteral];

/** On SQLite others wait while a slice is written. */
const sliceRows = 1_000;

/** As if it had just come in. */
const anew = { state: 'received' as const, reason: null, attempts: 0, settledAt: null, waitingSince: null };

const allowed = `payload_kept <> 'dropped' AND state IN ('processed', 'ignored', 'quarantined')
  AND channel_id IN (SELECT channel.id FROM channel WHERE channel.removed_at IS NULL)`;

/**
 * Has events taken in anew, however many: slice by slice by their time, each in one statement, told to `onSlice`. Those whose
 * payload was dropped or whose channel was removed are left as they are. Whatever adds jobs for waiting rows does the rest.
 * Resolves with how many.
 */
export async function replay(
  database: DataSource,
  selection: Selection,
  onSlice: (rows: number) => void = () => undefined,
): Promise<number> {
  let replayed = 0;
  const slices = 'ids' in selection ? byId(selection.ids) : byTime(database, selection.states, selection.channelId);
  for await (const [sql, values] of slices) {
    const renewed = await transact(database, (manager) =>
      manager.createQueryBuilder().update(InboundEvent).set(anew).where(`${allowed} AND ${sql}`, values).execute(),
    );
    replayed += renewed.affected ?? 0;
    onSlice(renewed.affected ?? 0);
  }
  return replayed;
}

function* byId(ids: string[]): Generator<Condition> {
  for (let start = 0; start < ids.length; start += sliceRows) yield ['id IN (:...ids)', { ids: ids.slice(start, start + sliceRows) }];
}

/** By time and never back, because workers settle what was renewed while the rest still is. */
async function* byTime(database: DataSource, states: readonly Replayable[], channelId?: string): AsyncGenerator<Condition> {
  const until = new Date();
  for (const state of states) {
    for (let after = new Date(0); after < until;) {
      const end = (await endOfSlice(database, { state, ...(channelId && { channelId }) }, after)) ?? until;
      const span = `state = :wanted AND stored_at > :after AND stored_at <= :end${channelId ? ' AND channel_id = :channelId' : ''}`;
      yield [span, { wanted: state, after, end, channelId }];
      after = end;
    }
  }
}

/** When the last one of the next slice was stored; what was stored at the same moment belongs to it, too. Null when there is less than a slice. */
async function endOfSlice(database: DataSource, of: Partial<InboundEvent>, after: Date): Promise<Date | null> {
  const last = await database.manager
    .createQueryBuilder(InboundEvent, 'e')
    .select(['e.id', 'e.storedAt'])
    .where(of)
    .andWhere('e.storedAt > :after', { after })
    .orderBy('e.storedAt')
    .offset(sliceRows - 1)
    .limit(1)
    .getOne();
  return last?.storedAt ?? null;
}
