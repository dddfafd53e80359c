import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { DataSource } from 'typeorm';
import { type ChannelAccess, type InboundEvent as Understood, MalformedPayload, type RawEvent } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { GroupCommit } from '../database/group-commit.js';
import { isOurTrouble, wantsRetry } from '../database/data-source.js';
import { FileStore } from '../files/file-store.js';
import { Tally } from '../health/tally.js';
import { JobQueue, type Jobs, workerPatience } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { InboundEvent, type InboundState } from './inbound-event.entity.js';
import { InboundSetbacks } from './inbound-setbacks.js';
import { Ingest, type StoredFiles } from './ingest.service.js';
import { Lanes } from './lanes.js';
import { Names } from './names.service.js';
import { type Occasion, Raced } from './occasion.js';
import { payloadOf } from './payload.js';
import { storable } from './storable.js';
import { WorkerDeaths } from './worker-deaths.js';

const places = 16;
/** Large mails take seconds: those of one channel must leave room for the others'. */
const placesOfAChannel = 12;
/** Where messages are small a place is free in milliseconds; after this long others may want this one. */
const lanePatienceMs = 200;
const putBackMs = 1_000;

const waitsForMessage = 'It waits for its message.';

/** Takes events from the ledger, has their connector understand them, and puts them into conversations. */
@Processor('inbound', { ...workerPatience, concurrency: places })
@Injectable()
export class InboundWorker extends WorkerHost {
  private readonly logger = new Logger('inbound');
  private readonly commits: GroupCommit;
  private readonly opened = new Map<string, { version: number; access: ChannelAccess }>();
  private readonly lanes = new Lanes(placesOfAChannel);
  private readonly setbacks: InboundSetbacks;
  private readonly deaths: WorkerDeaths;

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly ingest: Ingest,
    private readonly changes: Changes,
    private readonly names: Names,
    private readonly files: FileStore,
    private readonly queue: JobQueue,
    private readonly tally: Tally,
  ) {
    super();
    this.commits = new GroupCommit(database);
    this.setbacks = new InboundSetbacks(database);
    this.deaths = new WorkerDeaths(database, this.setbacks);
  }

  async process(job: Job<Jobs['inbound']>, token?: string): Promise<void> {
    const leave = await this.lanes.enter(job.data.channelId ?? '', lanePatienceMs);
    if (!leave) return putBack(job, token);
    try {
      await (this.deaths.suspects(job) ? this.deaths.oneAtATime(job, (row) => this.work(row)) : this.work(await this.rowOf(job)));
    } finally {
      leave();
    }
  }

  private rowOf({ data: { eventId } }: Job<Jobs['inbound']>): Promise<InboundEvent | null> {
    return this.database.manager.findOneBy(InboundEvent, { id: eventId });
  }

  private async work(row: InboundEvent | null): Promise<void> {
    const channel = row?.channelId && (await this.database.manager.findOneBy(Channel, { id: row.channelId }));
    if (!row || !channel || row.state !== 'received') return;
    if (channel.removedAt) return this.setbacks.letGo(row);
    await this.files.withSpoolIfNeeded((spool) => this.handle(row, channel, spool));
  }

  private async handle(row: InboundEvent, channel: Channel, spool: string): Promise<void> {
    const access = await this.accessOf(channel);
    const understood = await this.understand(row, channel, access, spool);
    if (!understood) return;
    const { receivedAt, backfill } = row;
    try {
      const written = await this.takeIn(row, { channel, access, eventId: row.id, receivedAt, backfill }, understood);
      this.tally.tookIn(row.connector, verdictOn(understood).state);
      await this.queue.addOutbound(written.map((id) => ({ id, attempts: 0, notBefore: null })));
      void this.names.ask(channel, understood);
    } catch (error) {
      // Trouble of our own database or disk says nothing about the event: it waits until that is over.
      if (!isOurTrouble(error)) await this.setbacks.count(row, error as Error);
      throw error;
    }
    this.changes.announce();
  }

  /** A job whose workers die of it never gets to say so itself: the queue does, and it must not be tried for ever. */
  @OnWorkerEvent('failed')
  async onFailed(job: Job<Jobs['inbound']> | undefined, error: Error): Promise<void> {
    if (!job || !/stalled/.test(error.message)) return;
    const { eventId } = job.data;
    try {
      await this.deaths.note(job);
    } catch (trouble) {
      this.logger.warn({ event: eventId, error: (trouble as Error).message }, 'cannot note it; the sweep will come back to it');
    }
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
      return (await this.connectors.of(channel).parse(await this.rawEvent(row), access, spool)).map(storable);
    } catch (error) {
      if (!(error instanceof MalformedPayload)) {
        if (!isOurTrouble(error)) await this.setbacks.count(row, new Error(`the connector failed on it: ${(error as Error).message}`));
        throw error;
      }
      await this.setbacks.quarantine(row, error.message);
      this.tally.tookIn(row.connector, 'quarantined');
      return null;
    }
  }

  private async rawEvent(row: InboundEvent): Promise<RawEvent> {
    return { ...row, platformId: row.platformId ?? undefined, payload: await payloadOf(row, this.files) };
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
      const settled = { ...verdictOn(understood), attempts: row.attempts + 1, settledAt: new Date() };
      const { affected } = await manager.update(InboundEvent, { id: row.id, state: 'received' }, settled);
      // Assigned, not added to: what is run again counts once.
      written = [];
      if (!affected) return;
      const { deliveries, waits } = await this.ingest.take(manager, occasion, understood, files);
      written = deliveries;
      const waiting = { state: 'ignored' as const, reason: waitsForMessage, settledAt: null, waitingSince: new Date() };
      if (waits) await manager.update(InboundEvent, row.id, waiting);
    });
    return written;
  }
}

/** To be taken again soon, when its channel may have a free lane. */
async function putBack(job: Job, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + putBackMs, token);
  throw new DelayedError();
}

function verdictOn(understood: Understood[]): { state: InboundState; reason: string | null } {
  if (understood.some(({ type }) => type !== 'ignored')) return { state: 'processed', reason: null };
  return { state: 'ignored', reason: reasons(understood) };
}

const reasons = (events: Understood[]): string =>
  [...new Set(events.map((event) => (event.type === 'ignored' ? event.reason : '')))].join('; ') || 'There is nothing to show in it.';
