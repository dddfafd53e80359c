import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import type { Content, RawEvent } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
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

interface Waiting {
  arrivals: KeptArrival[];
  stored: () => void;
  failed: (error: unknown) => void;
}

const batchSize = 200;
const sliceRows = 500;

/**
 * Stores what came in before anybody looks at it. Arrivals that come at the same time share one transaction, because
 * its cost is the wait for the disk and that is the same for one row as for a hundred.
 */
@Injectable()
export class Ledger {
  private waiting: Waiting[] = [];
  private writing?: Promise<void>;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly files: FileStore,
  ) {}

  /** Resolves once everything is durable. What is there already, by its key, is left as it is. */
  async store(arrivals: Arrival[]): Promise<void> {
    const kept = await this.keep(arrivals);
    return new Promise((stored, failed) => {
      this.waiting.push({ arrivals: kept, stored, failed });
      this.writing ??= this.writeAll().finally(() => (this.writing = undefined));
    });
  }

  /** Moves payloads that are files into the file store: before the transaction, and twice does no harm. */
  keep(arrivals: Arrival[]): Promise<KeptArrival[]> {
    return Promise.all(arrivals.map(async (arrival) => ({ ...arrival, bytes: await this.bytesOf(arrival.event.payload) })));
  }

  /** The same within a caller's transaction; pass what it returns to the queue after the commit. */
  async write(manager: EntityManager, arrivals: KeptArrival[]): Promise<InboundEvent[]> {
    if (!arrivals.length) return [];
    const channels = await manager.findBy(Channel, {
      externalId: In([...new Set(arrivals.map(({ account }) => account))]),
      removedAt: IsNull(),
    });
    const storedAt = new Date();
    const rows = arrivals.map((arrival) => {
      const channel = channels.find(({ type, externalId }) => type === arrival.connector && externalId === arrival.account);
      return row(arrival, channel?.id ?? null, storedAt);
    });
    // In slices, because a statement takes a limited number of values.
    for (let start = 0; start < rows.length; start += sliceRows)
      await insertNew(manager, InboundEvent, rows.slice(start, start + sliceRows));
    const routed = [...new Set(rows.flatMap(({ channelId }) => channelId ?? []))];
    if (routed.length) await manager.update(Channel, { id: In(routed) }, { lastEventAt: storedAt });
    return rows.filter(({ state }) => state === 'received');
  }

  private async bytesOf(content: Content): Promise<KeptArrival['bytes']> {
    if (Buffer.isBuffer(content)) return { payload: content, payloadSha256: null, payloadSize: content.length };
    const { sha256, size } = await this.files.put(content);
    return { payload: Buffer.alloc(0), payloadSha256: sha256, payloadSize: size };
  }

  private async writeAll(): Promise<void> {
    await new Promise(setImmediate);
    for (let batch; (batch = this.waiting.splice(0, batchSize)).length;) {
      try {
        await this.writeBatch(batch);
      } catch {
        // One of them may be to blame, which must not fail its neighbours: each alone finds out.
        for (const one of batch) await this.writeBatch([one]).catch(one.failed);
      }
    }
  }

  private async writeBatch(batch: Waiting[]): Promise<void> {
    const arrivals = batch.flatMap((waiting) => waiting.arrivals);
    const rows = await this.database.transaction((manager) => this.write(manager, arrivals));
    for (const { stored } of batch) stored();
    void this.queue.addInbound(rows);
  }
}

function row({ connector, account, event, bytes }: KeptArrival, channelId: string | null, storedAt: Date): InboundEvent {
  return {
    id: newId(),
    channelId,
    connector,
    account,
    key: event.key,
    platformId: event.platformId ?? null,
    ...bytes,
    context: event.context,
    backfill: event.backfill ?? false,
    receivedAt: event.receivedAt,
    storedAt,
    state: channelId ? 'received' : 'unrouted',
    reason: channelId ? null : 'No connected channel has this account. Connect it and this event is taken in.',
    attempts: 0,
  };
}
