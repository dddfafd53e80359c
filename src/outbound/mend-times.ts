import { In, IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
import { ChannelCircuit } from '../channels/channel-circuit.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { longestHoldMs, probeMs } from './circuits.service.js';
import { leaseMs } from './lease.js';
import { waiting } from './order.js';

/** Clocks of several machines are never quite the same. */
const skewMs = 15_000;
const batch = 500;

/**
 * A clock that was ahead and was put back leaves times behind that lie further in the future than they were meant to: waits and
 * leases are made as long again as they were, counted from now. A time that somebody chose stays as it is.
 */
export async function mendTimes(manager: EntityManager): Promise<void> {
  const now = Date.now();
  const written = { updatedAt: MoreThan(new Date(now + skewMs)) };
  const later = { ...written, state: In(waiting), nextAttemptAt: MoreThan(new Date(now)) };
  for (const row of await manager.find(Delivery, { where: later, take: batch })) {
    const { id, fence, updatedAt, nextAttemptAt } = row;
    if (isChosen(row)) continue;
    const wait = Math.max(0, nextAttemptAt!.getTime() - updatedAt.getTime());
    await manager.update(Delivery, { id, fence, updatedAt }, { nextAttemptAt: new Date(now + wait), updatedAt: new Date(now) });
  }
  const tooLong = { state: 'sending' as const, leaseUntil: MoreThan(new Date(now + leaseMs + skewMs)) };
  for (const { id, fence, leaseUntil } of await manager.find(Delivery, { where: tooLong, take: batch }))
    await manager.update(Delivery, { id, fence, leaseUntil: leaseUntil! }, { leaseUntil: new Date(now + leaseMs) });
  await mendHolds(manager, now);
}

/** A channel that was held by such a clock is tried at once. */
async function mendHolds(manager: EntityManager, now: number): Promise<void> {
  const ahead = (ms: number) => MoreThan(new Date(now + ms + skewMs));
  const byWrongClock = [
    { openUntil: Not(IsNull()), failingSince: ahead(0) },
    { openUntil: ahead(longestHoldMs), kind: In(['unavailable', 'auth']) },
    { probeUntil: ahead(probeMs) },
  ];
  const again = { openUntil: new Date(now), probeUntil: null, failingSince: new Date(now) };
  for (const hold of byWrongClock) await manager.update(ChannelCircuit, hold, again);
}

/** By whoever wrote it, and never tried. */
const isChosen = ({ attempts, undoUntil, nextAttemptAt, updatedAt }: Delivery): boolean =>
  attempts === 0 && undoUntil === null && nextAttemptAt! > updatedAt;
