import { type EntityManager, In, LessThan } from 'typeorm';
import { insertNew } from '../database/data-source.js';
import { awaitTurn } from '../database/turns.js';
import { noteApplied, noteGivenUp } from './ledger-rows.js';
import { MessageChange } from './message-change.entity.js';

/** Keeps what speaks of a message or chat that is not here. False when another row of the ledger told the same: then that one waits. */
export async function keepWaiting(manager: EntityManager, row: Omit<MessageChange, 'waitingSince'>): Promise<boolean> {
  const { channelId, key, inboundEventId } = row;
  const waitingSince = new Date();
  await insertNew(manager, MessageChange, { ...row, waitingSince });
  // What is replayed is there already, and waits anew.
  const { affected } = await manager.update(MessageChange, { channelId, key, inboundEventId: inboundEventId! }, { waitingSince });
  return !!affected;
}

/** These changes have been applied, as their message is here; receipts say so themselves, because a message may turn out to be ours only later. */
export async function arrivedFor(manager: EntityManager, changes: MessageChange[], receipts: MessageChange[]): Promise<void> {
  const waited = (rows: MessageChange[]) => rows.filter(({ waitingSince }) => waitingSince !== null);
  const ids = waited(changes).map(({ id }) => id);
  if (ids.length) await manager.update(MessageChange, { id: In(ids) }, { waitingSince: null });
  await noteApplied(
    manager,
    [...waited(changes), ...waited(receipts)].map(({ inboundEventId }) => inboundEventId),
  );
}

/** Gives up on what has waited since before then, so that it does not pile up; resolves with how much that was, at most `limit`. */
export async function giveUpWaiting(manager: EntityManager, before: Date, reason: string, limit: number): Promise<number> {
  const late = await manager.find(MessageChange, {
    select: { id: true, channelId: true, ofExternalId: true },
    where: { waitingSince: LessThan(before) },
    order: { waitingSince: 'ASC' },
    take: limit,
  });
  await awaitTurns(manager, late);
  // Once more, because its message may have come meanwhile, or it was replayed and waits anew.
  const due = await manager.findBy(MessageChange, { id: In(late.map(({ id }) => id)), waitingSince: LessThan(before) });
  if (due.length) await manager.delete(MessageChange, { id: In(due.map(({ id }) => id)) });
  await noteGivenUp(
    manager,
    due.map(({ inboundEventId }) => inboundEventId),
    reason,
  );
  return late.length;
}

/** Whoever is about to apply one of them has it done first. In one order, so that nobody waits in a circle. */
async function awaitTurns(manager: EntityManager, changes: Array<Pick<MessageChange, 'channelId' | 'ofExternalId'>>): Promise<void> {
  const channels = Map.groupBy(changes, ({ channelId }) => channelId);
  for (const [channelId, ofIt] of [...channels].sort(([one], [other]) => (one < other ? -1 : 1)))
    for (const name of [...new Set(ofIt.map(({ ofExternalId }) => ofExternalId))].sort()) await awaitTurn(manager, channelId, name);
}
