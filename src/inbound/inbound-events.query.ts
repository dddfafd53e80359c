import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { readCursor, writeCursor } from '../conversations/inbox.query.js';
import { InboundEvent } from './inbound-event.entity.js';
import type { InboundCounts, InboundEventList, InboundEventsQuery, InboundEventView } from './inbound-events.shapes.js';

const columns = [
  ...['id', 'channelId', 'connector', 'receivedAt', 'storedAt', 'state', 'reason', 'attempts'],
  ...['waitingSince', 'payloadSize', 'payloadKept'],
].map((column) => `e.${column}`);

/** One page of the ledger, newest first. */
export async function eventPage(manager: EntityManager, { limit = 50, cursor, ...which }: InboundEventsQuery): Promise<InboundEventList> {
  const page = narrowed(manager.createQueryBuilder(InboundEvent, 'e').select(columns), which);
  if (cursor) {
    const [at, id] = readCursor(cursor);
    page.andWhere('(e.storedAt, e.id) < (:at, :id)', { at, id });
  }
  const rows = await page
    .orderBy('e.storedAt', 'DESC')
    .addOrderBy('e.id', 'DESC')
    .limit(limit + 1)
    .getMany();
  const last = rows.length > limit ? rows[limit - 1]! : null;
  return { items: rows.slice(0, limit).map(view), nextCursor: last && writeCursor(last.storedAt, last.id) };
}

/** How many events have not come to their end. Each is counted within an index of such rows alone. */
export async function countsOf(manager: EntityManager, channelId?: string): Promise<InboundCounts> {
  const count = (which: InboundEventsQuery) => narrowed(manager.createQueryBuilder(InboundEvent, 'e'), { ...which, channelId }).getCount();
  return {
    received: await count({ state: 'received' }),
    quarantined: await count({ state: 'quarantined' }),
    unrouted: await count({ state: 'unrouted' }),
    waiting: await count({ waiting: true }),
  };
}

function narrowed(
  page: SelectQueryBuilder<InboundEvent>,
  { state, channelId, waiting }: Pick<InboundEventsQuery, 'state' | 'channelId' | 'waiting'>,
): SelectQueryBuilder<InboundEvent> {
  // As a word and not as a value: only then does a database know that its index of received ones will do.
  if (state === 'received') page.andWhere(`e.state = 'received'`);
  else if (state) page.andWhere({ state });
  if (channelId) page.andWhere({ channelId });
  if (waiting !== undefined) page.andWhere(`e.waitingSince IS ${waiting ? 'NOT NULL' : 'NULL'}`);
  return page;
}

const view = ({ payloadSize, payloadKept, waitingSince, ...row }: InboundEvent): InboundEventView => {
  const { id, channelId, connector, receivedAt, storedAt, state, reason, attempts } = row;
  return {
    ...{ id, channelId, connector, receivedAt, storedAt, state, reason, attempts },
    ...{ waiting: waitingSince !== null, size: payloadSize, raw: payloadKept },
  };
};
