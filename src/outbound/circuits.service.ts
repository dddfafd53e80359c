import { Injectable, Logger } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, Not } from 'typeorm';
import type { ConnectorError } from '#libs/connector';
import { ChannelCircuit } from '../channels/channel-circuit.entity.js';
import { insertNew, transact } from '../database/data-source.js';
import { Changes } from '../realtime/changes.service.js';

/** So many failures in a row that had nothing to do with the message hold a channel. */
const tolerated = 3;
const minute = 60_000;
/** How long sending is held before one reply tries, the first time, the second, … */
const pauses: Record<'unavailable' | 'rate-limited' | 'auth', number[]> = {
  unavailable: [minute / 12, minute / 4, minute, 5 * minute],
  // The platform mostly says itself how long.
  'rate-limited': [minute / 2, minute, 2 * minute, 4 * minute, 8 * minute, 15 * minute],
  auth: [minute / 2, 5 * minute],
};
/** How long the one that tries may take until another one does. */
export const probeMs = minute;
/** No hold of our own choice is longer, unless the platform asks for a pause. */
export const longestHoldMs = 6 * minute;

/** Why replies of a channel do not leave now, and when one looks again. */
export interface Held {
  until: Date;
  kind: ConnectorError['kind'];
  reason: string;
}

/** Holds the sending of channels that would fail whatever is sent; of all processes one reply alone finds out when it is over. */
@Injectable()
export class Circuits {
  private readonly logger = new Logger('circuits');

  constructor(
    private readonly database: DataSource,
    private readonly changes: Changes,
  ) {}

  /** `probe`: sending is held, and this reply is the one to try; {@link release} when it does not. */
  async ask(channelId: string): Promise<'open to all' | 'probe' | Held> {
    const { manager } = this.database;
    const row = await manager.findOneBy(ChannelCircuit, { channelId });
    if (!row?.openUntil) return 'open to all';
    const { openUntil, probeUntil, kind, reason } = row;
    const held = { kind: kind ?? 'unavailable', reason: reason ?? '' };
    const now = new Date();
    const until = openUntil > now ? openUntil : probeUntil;
    if (until && until > now) return { ...held, until };
    const mine = new Date(now.getTime() + probeMs);
    const free = { channelId, openUntil, probeUntil: probeUntil ?? IsNull() };
    const { affected } = await manager.update(ChannelCircuit, free, { probeUntil: mine });
    return affected ? 'probe' : { ...held, until: mine };
  }

  /** The one that tries is still at it. */
  async renewProbe(channelId: string): Promise<void> {
    const probing = { channelId, probeUntil: Not(IsNull()) };
    await this.database.manager.update(ChannelCircuit, probing, { probeUntil: new Date(Date.now() + probeMs) });
  }

  /** The next one may try. */
  async release(channelId: string): Promise<void> {
    await this.database.manager.update(ChannelCircuit, { channelId, probeUntil: Not(IsNull()) }, { probeUntil: null });
  }

  /** Takes note of a failure that any other reply would have met. Of those that left before sending was held only the first few count. */
  async failed(channelId: string, error: ConnectorError, probed: boolean): Promise<void> {
    await transact(this.database, async (manager) => {
      await insertNew(manager, ChannelCircuit, { channelId, ...working });
      // Touched first, because it locks the row: others fail at the same time.
      await manager.update(ChannelCircuit, { channelId }, { kind: error.kind, reason: error.message });
      const { openUntil: before, ...row } = await manager.findOneByOrFail(ChannelCircuit, { channelId });
      if (before && !probed) return;
      const failures = row.failures + 1;
      const openUntil = pauseAfter(error, failures);
      const failingSince = row.failingSince ?? new Date();
      await manager.update(ChannelCircuit, { channelId }, { failures, failingSince, openUntil, probeUntil: null });
      if (!openUntil) return;
      await this.changes.write(manager, { type: 'channel.updated' });
      this.logger.warn({ channel: channelId, kind: error.kind, failures, until: openUntil }, 'sending held');
    });
    this.changes.announce();
  }

  /** A reply got through, or was refused for what it is. Resolves with since when replies failed, if sending was held until now. */
  async succeeded(channelId: string): Promise<Date | null> {
    const failing = await this.database.manager.findOneBy(ChannelCircuit, { channelId, failures: MoreThan(0) });
    if (!failing) return null;
    await transact(this.database, async (manager) => {
      const { affected } = await manager.update(ChannelCircuit, { channelId, failures: MoreThan(0) }, working);
      if (affected && failing.openUntil) await this.changes.write(manager, { type: 'channel.updated' });
    });
    if (!failing.openUntil) return null;
    this.changes.announce();
    this.logger.log({ channel: channelId }, 'sending goes on');
    return failing.failingSince;
  }

  /** Somebody wants it tried now: the next reply does. Resolves with since when replies fail, if sending is held. */
  async resume(channelId: string): Promise<Date | null> {
    const now = new Date();
    const held = { channelId, openUntil: Not(IsNull()) };
    await this.database.manager.update(ChannelCircuit, held, { openUntil: now, probeUntil: null });
    return (await this.database.manager.findOneBy(ChannelCircuit, held))?.failingSince ?? null;
  }
}

const working = { failures: 0, failingSince: null, openUntil: null, probeUntil: null, kind: null, reason: null };

/** Null as long as it may have been chance. What would be refused again is held at once. */
function pauseAfter({ kind, retryAfterMs }: ConnectorError, failures: number): Date | null {
  if (kind === 'rejected' || (kind === 'unavailable' && failures < tolerated)) return null;
  const waits = pauses[kind];
  const turn = kind === 'unavailable' ? failures - tolerated : failures - 1;
  const own = waits[Math.min(turn, waits.length - 1)]! * (0.9 + Math.random() / 5);
  return new Date(Date.now() + (kind === 'rate-limited' && retryAfterMs ? retryAfterMs : own));
}
