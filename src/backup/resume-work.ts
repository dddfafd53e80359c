import { type EntityManager, In, IsNull, MoreThan, Not } from 'typeorm';
import { ChannelCircuit } from '../channels/channel-circuit.entity.js';
import { Channel, ChannelSecret, ChannelWatch } from '../channels/channel.entity.js';
import { Delivery, type DeliveryState } from '../conversations/delivery.entity.js';
import { afterFailure, faultOf, givenUp, hasReached } from '../conversations/recipient-fates.js';
import { changeDelivery } from '../conversations/reopening.js';
import type { ChangeType } from '../realtime/change.entity.js';
import { dialectOf } from './load-rows.js';
import { fromBackup } from './values.js';

/** What became of replies that were on their way when the backup was made. */
export interface ResumedReplies {
  /** They may have been sent since, so they wait for somebody's word. */
  uncertain: number;
  /** Their time is still to come. */
  planned: number;
}

const onTheirWay: DeliveryState[] = ['queued', 'sending'];
const left: DeliveryState[] = ['sent', 'delivered', 'read'];
const batch = 500;
/** More changes than there can have been since the backup: browsers resume from numbers, and none of theirs may come again. */
const unseenChanges = 1_000_000_000;

/**
 * Replies that waited or were being sent at the time of the backup: the app that made it may have sent them a moment later, so
 * sending them again could be sending them twice. Only one that was never tried, and whose planned time is still ahead, cannot
 * have left and stays planned.
 */
export async function resumeReplies(manager: EntityManager, backupAt: Date, now: Date): Promise<ResumedReplies> {
  const outcome = { uncertain: 0, planned: 0 };
  for (let last = ''; ;) {
    const after = last ? { id: MoreThan(last) } : {};
    const open = [
      { ...after, state: In(onTheirWay) },
      { ...after, state: In(left), nextAttemptAt: Not(IsNull()) },
    ];
    const deliveries = await manager.find(Delivery, { where: open, order: { id: 'ASC' }, take: batch });
    for (const delivery of deliveries) {
      const planned = isPlanned(delivery, now);
      outcome[planned ? 'planned' : 'uncertain']++;
      if (!planned) await changeDelivery(manager, delivery, inDoubt(delivery, backupAt, now));
    }
    if (deliveries.length < batch) return outcome;
    last = deliveries.at(-1)!.id;
  }
}

const isPlanned = ({ state, attempts, fence, nextAttemptAt }: Delivery, now: Date): boolean =>
  state === 'queued' && attempts === 0 && fence === 0 && nextAttemptAt !== null && nextAttemptAt > now;

/** Committed, because it may be: so it is recognised should the platform show it to us. */
function inDoubt({ recipients, fence, committedAt }: Delivery, backupAt: Date, now: Date): Partial<Delivery> {
  const message = `Restored from a backup of ${minute(backupAt)}; it may have been sent since.`;
  const common = { nextAttemptAt: null, leaseUntil: null, undoUntil: null, fence: fence + 1, updatedAt: now };
  if (hasReached(recipients)) {
    const fates = givenUp(afterFailure(recipients, { message, refused: [] }));
    return { ...common, ...faultOf(fates), recipients: fates };
  }
  return {
    ...common,
    state: 'uncertain',
    committedAt: committedAt ?? backupAt,
    errorKind: 'unknown',
    errorCode: null,
    errorMessage: message,
    errorRetryable: true,
    errorAction: 'Ask the customer, or send it again at the risk of sending it twice.',
  };
}

/** Channels take up where the backup was: nobody holds them, and what came since is fetched. */
export async function resumeChannels(manager: EntityManager): Promise<void> {
  await manager.updateAll(ChannelWatch, { holder: null, leaseUntil: null, fence: () => 'fence + 1' });
  await manager.updateAll(ChannelSecret, { refreshLeaseUntil: null });
  await manager.updateAll(ChannelCircuit, { probeUntil: null });
  // As for one that nobody has looked after for long: platforms are caught up with, mailboxes compared the next night.
  await manager.updateAll(Channel, { upkeepAt: null, auditedAt: null });
}

/** Channels whose settings nobody can read count as removed: their conversations stay, and connecting the account again goes on with them. */
export async function disconnect(manager: EntityManager, channelIds: string[]): Promise<void> {
  for (const channelId of channelIds) {
    await manager.delete(ChannelWatch, { channelId });
    await manager.delete(ChannelSecret, { channelId });
    await manager.update(Channel, channelId, { removedAt: new Date(), enabled: false });
  }
}

/** A browser that saw the app go on after the backup is told to fetch everything anew. */
export async function leaveChangesBehind(manager: EntityManager, lastChange: number): Promise<void> {
  const id = lastChange + unseenChanges;
  const now = fromBackup(dialectOf(manager), 'time', Date.now());
  // As plain SQL, because TypeORM leaves the number to the database.
  const places = dialectOf(manager) === 'postgres' ? '$1, $2, $3' : '?, ?, ?';
  await manager.query(`INSERT INTO change (id, type, at) VALUES (${places})`, [id, 'channel.updated' satisfies ChangeType, now]);
  if (dialectOf(manager) === 'postgres') await manager.query(`SELECT setval(pg_get_serial_sequence('change', 'id'), $1)`, [id]);
}

const minute = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
