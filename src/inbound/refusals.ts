import { type DataSource, In, IsNull, Not } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { InboundEvent } from './inbound-event.entity.js';
import type { Refusal } from './inbound-events.shapes.js';
import { dropped } from './payload.js';
import type { Selection } from './replay.js';

const reasons = {
  unknown: 'There is no such event.',
  received: 'It is being taken in already.',
  unrouted: 'No connected channel has its account. Connect it and the event is taken in.',
  removed: 'Its channel was removed. Connect the account again first.',
};

/** As many as somebody reads; the others have the same reasons. */
const mostOfMany = 100;

/** Which of the selected events cannot be taken in again. Where all of a kind are selected these are the first hundred. */
export async function refusalsOf(database: DataSource, selection: Selection): Promise<Refusal[]> {
  const removed = await database.manager.find(Channel, { select: { id: true }, where: { removedAt: Not(IsNull()) } });
  const gone = new Set(removed.map(({ id }) => id));
  return 'ids' in selection ? ofNamed(database, selection.ids, gone) : ofMany(database, selection, [...gone]);
}

async function ofNamed(database: DataSource, ids: string[], removed: Set<string>): Promise<Refusal[]> {
  const select = { id: true, state: true, channelId: true, payloadKept: true } as const;
  const rows = new Map((await database.manager.find(InboundEvent, { select, where: { id: In(ids) } })).map((row) => [row.id, row]));
  return [...new Set(ids)].flatMap((id) => {
    const reason = reasonFor(rows.get(id), removed);
    return reason === null ? [] : { id, reason };
  });
}

function reasonFor(row: InboundEvent | undefined, removed: Set<string>): string | null {
  if (!row) return reasons.unknown;
  if (row.state === 'received' || row.state === 'unrouted') return reasons[row.state];
  if (row.payloadKept === 'dropped') return dropped;
  return row.channelId === null || removed.has(row.channelId) ? reasons.removed : null;
}

async function ofMany(
  database: DataSource,
  { states, channelId }: Exclude<Selection, { ids: string[] }>,
  removed: string[],
): Promise<Refusal[]> {
  const some = { select: { id: true }, take: mostOfMany } as const;
  const state = In(states);
  const without = await database.manager.find(InboundEvent, {
    ...some,
    where: { payloadKept: 'dropped', state, ...(channelId && { channelId }) },
  });
  const ofRemoved = removed.filter((id) => channelId === undefined || id === channelId);
  const orphans = ofRemoved.length
    ? await database.manager.find(InboundEvent, { ...some, where: { channelId: In(ofRemoved), state, payloadKept: Not('dropped') } })
    : [];
  const refused = (rows: InboundEvent[], reason: string) => rows.map(({ id }) => ({ id, reason }));
  return [...refused(without, dropped), ...refused(orphans, reasons.removed)].slice(0, mostOfMany);
}
