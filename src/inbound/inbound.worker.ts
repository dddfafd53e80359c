import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { DataSource } from 'typeorm';
import { type ChannelAccess, type InboundEvent as Understood, MalformedPayload, type RawEvent } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { GroupCommit } from '../database/group-commit.js';
import { isOurTrouble, wantsRetry } from '../database/data-source.js';
import { FileStore } from '../files/file-store.js';
import { JobQueue, type Jobs, workerPatience } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { InboundEvent, type InboundState } from './inbound-event.entity.js';
import { Ingest, type StoredFiles } from './ingest.service.js';
import { Names } from './names.service.js';
import { type Occasion, Raced } from './occasion.js';
import { storable } from './storable.js';

export const maxAttempts = 5;

/** Takes events from the ledger, has their connector understand them, and puts them into conversations. */
@Processor('inbound', { ...workerPatience, concurrency: 16 })
@Injectable()
export class InboundWorker extends WorkerHost {
  private readonly logger = new Logger('inbound');
  private readonly commits: GroupCommit;
  private readonly opened = new Map<string, { version: number; access: ChannelAccess }>();

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly ingest: Ingest,
    private readonly changes: Changes,
    private readonly names: Names,
    private readonly files: FileStore,
    private readonly queue: JobQueue,
  ) {
    super();
    this.commits = new GroupCommit(database);
  }

  async process({ data: { eventId } }: Job<Jobs['inbound']>): Promise<void> {
    const row = await this.database.manager.findOneBy(InboundEvent, { id: eventId });
    const channel = row?.channelId && (await this.database.manager.findOneBy(Channel, { id: row.channelId }));
    if (!row || !channel || row.state !== 'received') return;
    if (channel.removedAt) return this.letGo(row);
    await this.files.withSpoolIfNeeded((spool) => this.handle(row, channel, spool));
  }

  private async handle(row: InboundEvent, channel: Channel, spool: string): Promise<void> {
    const access = await this.accessOf(channel);
    const understood = await this.understand(row, channel, access, spool);
    if (!understood) return;
    const { receivedAt, backfill } = row;
    try {
      const written = await this.takeIn(row, { channel, access, eventId: row.id, receivedAt, backfill }, understood);
      await this.queue.addOutbound(written.map((id) => ({ id, attempts: 0, notBefore: null })));
      void this.names.ask(channel, understood);
    } catch (error) {
      // Trouble of our own database or disk says nothing about the event: it waits until that is over.
      if (!isOurTrouble(error)) await this.countFailure(row, error as Error);
      throw error;
    }
    this.changes.announce();
  }

  /** A job whose workers die of it never gets to say so itself: the queue does, and it must not be tried for ever. */
  @OnWorkerEvent('failed')
  async onFailed(job: Job<Jobs['inbound']> | undefined, error: Error): Promise<void> {
    if (!job || !/stalled/.test(error.message)) return;
    const { eventId } = job.data;
    this.logger.warn({ event: eventId }, 'a worker died while working on this');
    try {
      const row = await this.database.manager.findOneBy(InboundEvent, { id: eventId, state: 'received' });
      if (row) await this.countFailure(row, error);
    } catch (trouble) {
      this.logger.warn({ event: eventId, error: (trouble as Error).message }, 'cannot note it; the sweep will come back to it');
    }
  }

  /** The queue itself is in trouble: what it forgets, the sweep adds again. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.warn({ error: error.message }, 'queue trouble');
  }

  /** Opened once for each version of the settings. Tokens in them may have run out meanwhile; who talks to nobody needs none. */
  private async accessOf(channel: Channel): Promise<ChannelAccess> {
    const known = this.opened.get(channel.id);
    if (known?.version === channel.settingsVersion) return known.access;
    const access = await this.channels.stored(channel);
    this.opened.set(channel.id, { version: channel.settingsVersion, access });
    return access;
  }

  /** A payload that its connector cannot make sense of is quarantined: the next one is handled. */
  private async understand(row: InboundEvent, channel: Channel, access: ChannelAccess, spool: string): Promise<Understood[] | null> {
    if (row.context.withdrawn) return [{ type: 'ignored', reason: 'It was taken back, so what it said was removed here, too.' }];
    try {
      return (await this.connectors.of(channel).parse(this.rawEvent(row), access, spool)).map(storable);
    } catch (error) {
      if (!(error instanceof MalformedPayload)) {
        if (!isOurTrouble(error)) await this.countFailure(row, new Error(`the connector failed on it: ${(error as Error).message}`));
        throw error;
      }
      await this.quarantine(row, error.message);
      return null;
    }
  }

  private rawEvent({ payloadSha256, payloadSize, payload, platformId, ...row }: InboundEvent): RawEvent {
    return {
      ...row,
      platformId: platformId ?? undefined,
      payload: payloadSha256 ? { path: this.files.path(payloadSha256), size: payloadSize } : payload,
    };
  }

  /** Resolves with deliveries that were written for it. */
  private async takeIn(row: InboundEvent, occasion: Occasion, understood: Understood[]): Promise<string[]> {
    const messages = understood.filter((event) => event.type === 'message');
    const files = await Promise.all(messages.map((event) => this.ingest.storeFiles(event)));
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.transact(row, occasion, understood, files);
      } catch (error) {
        if (!(wantsRetry(error) || error instanceof Raced) || attempt === 5) throw error;
      }
    }
  }

  /** The ledger row is settled in the transaction that makes the messages; taking it first keeps a second worker out. */
  private async transact(row: InboundEvent, occasion: Occasion, understood: Understood[], files: StoredFiles[]): Promise<string[]> {
    let written: string[] = [];
    await this.commits.run(async (manager) => {
      const settled = { ...verdictOn(understood), attempts: row.attempts + 1 };
      const { affected } = await manager.update(InboundEvent, { id: row.id, state: 'received' }, settled);
      // Assigned, not added to: what is run again counts once.
      written = [];
      if (!affected) return;
      const { deliveries, waits } = await this.ingest.take(manager, occasion, understood, files);
      written = deliveries;
      if (waits) await manager.update(InboundEvent, row.id, { state: 'ignored', reason: 'It waits for its message.' });
    });
    return written;
  }

  private async countFailure(row: InboundEvent, error: Error): Promise<void> {
    const attempts = row.attempts + 1;
    if (attempts >= maxAttempts) return this.quarantine(row, `Taking it in failed ${maxAttempts} times: ${error.message}`);
    await this.database.manager.update(InboundEvent, { id: row.id, state: 'received' }, { attempts, reason: error.message });
  }

  /** Of a channel that was removed meanwhile. Connecting its account again takes it in. */
  private async letGo({ id }: InboundEvent): Promise<void> {
    const reason = 'Its channel was removed. Connect the account again and this event is taken in.';
    await this.database.manager.update(InboundEvent, { id, state: 'received' }, { state: 'unrouted', reason });
  }

  private async quarantine(row: InboundEvent, reason: string): Promise<void> {
    const attempts = row.attempts + 1;
    await this.database.manager.update(InboundEvent, { id: row.id, state: 'received' }, { state: 'quarantined', reason, attempts });
    // The reason may quote the payload; it is in the ledger, for admins.
    this.logger.warn({ event: row.id, channel: row.channelId }, 'quarantined');
  }
}

function verdictOn(understood: Understood[]): { state: InboundState; reason: string | null } {
  if (understood.some(({ type }) => type !== 'ignored')) return { state: 'processed', reason: null };
  return { state: 'ignored', reason: reasons(understood) };
}

const reasons = (events: Understood[]): string =>
  [...new Set(events.map((event) => (event.type === 'ignored' ? event.reason : '')))].join('; ') || 'There is nothing to show in it.';
