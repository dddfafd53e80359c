import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import type { Content, RawEvent } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { Together } from '../database/together.js';
import { FileStore } from '../files/file-store.js';
import { JobQueue } from '../queue/jobs.js';
import { InboundEvent } from './inbound-event.entity.js';

/** An event and whose it is. */
export interface Arrival {
  connector: string;
  account: string;
  event: RawEvent;
}

/** An arrival whose bytes are where they will stay. */
export interface KeptArrival extends Arrival {
  bytes: Pick<InboundEvent, 'payload' | 'payloadSha256' | 'payloadSize'>;
}

const batchSize = 200;
const sliceRows = 500;

/**
 * Stores what came in before anybody looks at it. Arrivals that come at the same time share one transaction, because
 * its cost is the wait for the disk and that is the same for one row as for a hundred.
 */
@Injectable()
export class Ledger {
  private readonly together = new Together<KeptArrival[]>(batchSize, (batch) => this.writeAll(batch.flat()));

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly files: FileStore,
  ) {}

  /** Resolves once everything is durable. What is there already, by its key, is left as it is. */
  async store(arrivals: Arrival[]): Promise<void> {
    await this.together.add(await this.keep(arrivals));
  }

  /** Moves payloads that are files into the file store: before the transaction, and twice does no harm. */
  keep(arrivals: Arrival[]): Promise<KeptArrival[]> {
    return Promise.all(arrivals.map(async (arrival) => ({ ...arrival, bytes: await this.bytesOf(arrival.event.payload) })));
  }

  /** The same within a caller's transaction; pass what it returns to the queue after the commit. */
  async write(manager: EntityManager, arrivals: KeptArrival[]): Promise<InboundEvent[]> {
    if (!arrivals.length) return [];
    const accounts = In([...new Set(arrivals.map(({ account }) => account))]);
    const channels = await manager.findBy(Channel, [
      { externalId: accounts, removedAt: IsNull() },
      { alias: accounts, removedAt: IsNull() },
    ]);
    const storedAt = new Date();
    const rows = arrivals.map((arrival) => {
      const own = channels.filter(({ type }) => type === arrival.connector);
      const named = own.find(({ externalId }) => externalId === arrival.account) ?? own.find(({ alias }) => alias === arrival.account);
      return row(arrival, named?.id ?? null, storedAt);
    });
    // Always in the same order: of two who store the same mails at once one waits for the other, and not each for the other.
    const ordered = rows.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    // In slices, because a statement takes a limited number of values.
    for (let start = 0; start < ordered.length; start += sliceRows)
      await insertNew(manager, InboundEvent, ordered.slice(start, start + sliceRows));
    await replaceEmpty(manager, arrivals, storedAt);
    await noteLastEvents(manager, rows, storedAt);
    return rows.filter(({ state }) => state === 'received');
  }

  private async bytesOf(content: Content): Promise<KeptArrival['bytes']> {
    if (Buffer.isBuffer(content)) return { payload: content, payloadSha256: null, payloadSize: content.length };
    const { sha256, size } = await this.files.put(content);
    return { payload: Buffer.alloc(0), payloadSha256: sha256, payloadSize: size };
  }

  private async writeAll(arrivals: KeptArrival[]): Promise<void> {
    const rows = await this.database.transaction((manager) => this.write(manager, arrivals));
    void this.queue.addInbound(rows);
  }
}

/** What could not be fetched at first needs nobody's eyes any more. */
async function replaceEmpty(manager: EntityManager, arrivals: KeptArrival[], settledAt: Date): Promise<void> {
  for (const { connector, account, event } of arrivals) {
    if (event.replaces === undefined) continue;
    const empty = { connector, account, key: withoutNul(event.replaces), state: In(['received', 'quarantined']) };
    await manager.update(InboundEvent, empty, {
      state: 'ignored',
      reason: 'It could not be fetched at first, and came in later.',
      settledAt,
    });
  }
}

/** When each channel last heard something, and of live events how long the newest was on its way. */
async function noteLastEvents(manager: EntityManager, rows: InboundEvent[], storedAt: Date): Promise<void> {
  const ids = [...new Set(rows.flatMap(({ channelId }) => channelId ?? []))];
  // Always in the same order, for the same reason as above.
  for (const id of ids.sort()) {
    const live = rows.filter(({ channelId, backfill }) => channelId === id && !backfill).map(({ receivedAt }) => receivedAt.getTime());
    const lastLagMs = live.length ? Math.max(0, storedAt.getTime() - Math.max(...live)) : undefined;
    await manager.update(Channel, id, { lastEventAt: storedAt, lastLagMs });
  }
}

function row({ connector, account, event, bytes }: KeptArrival, channelId: string | null, storedAt: Date): InboundEvent {
  return {
    id: newId(),
    channelId,
    connector,
    account,
    key: withoutNul(event.key),
    platformId: event.platformId === undefined ? null : withoutNul(event.platformId),
    ...bytes,
    payloadKept: 'whole',
    context: event.context,
    backfill: event.backfill ?? false,
    receivedAt: event.receivedAt,
    storedAt,
    state: channelId ? 'received' : 'unrouted',
    reason: channelId ? null : 'No connected channel has this account. Connect it and this event is taken in.',
    ...{ attempts: 0, settledAt: null, waitingSince: null },
  };
}

/** PostgreSQL refuses U+0000, and broken mail has it even in its Message-ID. */
const withoutNul = (text: string) => text.replaceAll('\0', '');
