import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { once } from 'node:events';
import { DataSource, In, IsNull } from 'typeorm';
import { type ChannelAccess, ConnectorError, type Cursor, type RawEvent, type WatchSource } from '#libs/connector';
import { Channel, ChannelWatch } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { FileStore } from '../files/file-store.js';
import { isOutage } from '../outage.js';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Ledger } from './ledger.service.js';

const roundMs = 1_000;
const leaseMs = 15_000;
const renewMs = 5_000;
const backoffMs = [1_000, 2_000, 5_000, 15_000, 60_000, 300_000];
/** A refused login is not hammered: providers lock accounts for that. */
const authBackoffMs = 300_000;
const steadyMs = 300_000;

interface Watch {
  settingsVersion: number;
  abort: AbortController;
  done: Promise<void>;
  fence: number;
  renewedAt: number;
}

/** Somebody else watches this channel now. */
class LeaseLost extends Error {}

/** Keeps one watcher per channel that has to be asked, over all worker processes, and starts it anew when its line is lost. */
@Injectable()
export class Watcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('watcher');
  private readonly holder = newId();
  private readonly watches = new Map<string, Watch>();
  private readonly failures = new Map<string, { settingsVersion: number; count: number; notBefore: number }>();
  private readonly rounds = new Repeating('watcher', roundMs, () => this.round());

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly ledger: Ledger,
    private readonly files: FileStore,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
    const running = [...this.watches.keys()];
    await Promise.all(running.map((id) => this.stop(id)));
    if (running.length)
      await this.database.manager.update(ChannelWatch, { channelId: In(running), holder: this.holder }, { holder: null, leaseUntil: null });
  }

  private async round(): Promise<void> {
    const wanted = (await this.database.manager.findBy(Channel, { enabled: true, removedAt: IsNull() })).filter((channel) =>
      this.source(channel),
    );
    const ids = new Set(wanted.map(({ id }) => id));
    await Promise.all([...this.watches.keys()].filter((id) => !ids.has(id)).map((id) => this.stop(id)));
    for (const channel of wanted) await this.attend(channel);
  }

  private async attend(channel: Channel): Promise<void> {
    const { settingsVersion } = channel;
    const watch = this.watches.get(channel.id);
    if (watch && watch.settingsVersion !== settingsVersion) await this.stop(channel.id);
    else if (watch) {
      if (performance.now() - watch.renewedAt > renewMs && !(await this.renew(channel.id, watch))) await this.stop(channel.id);
      return;
    }
    const failure = this.failures.get(channel.id);
    // New settings are tried at once, whatever came of the old ones.
    if (failure && failure.settingsVersion === settingsVersion && performance.now() < failure.notBefore) return;
    const fence = await this.lease(channel.id);
    if (fence !== null) this.start(channel, fence);
  }

  private start(channel: Channel, fence: number): void {
    const abort = new AbortController();
    const watch: Watch = { settingsVersion: channel.settingsVersion, abort, fence, renewedAt: performance.now(), done: Promise.resolve() };
    this.watches.set(channel.id, watch);
    watch.done = this.run(channel, watch)
      .catch((error: Error) => this.logger.error({ channel: channel.id, error: error.message }, 'cannot note why a watcher ended'))
      .finally(() => this.watches.delete(channel.id));
  }

  private async run(channel: Channel, { abort, fence }: Watch): Promise<void> {
    const startedAt = performance.now();
    let access: ChannelAccess | undefined;
    try {
      const { cursor } = await this.database.manager.findOneByOrFail(ChannelWatch, { channelId: channel.id });
      const granted = (access = await unlessStopped(this.channels.access(channel), abort.signal));
      await this.files.withSpool((spool) =>
        this.source(channel)!.watch({
          channel: granted,
          cursor,
          signal: abort.signal,
          spool,
          store: (events, next) => this.store(channel, fence, events, next),
          healthy: (progress, complaint) => void this.healthy(channel.id, progress, complaint),
        }),
      );
    } catch (error) {
      if (abort.signal.aborted || error instanceof LeaseLost) return;
      await this.failed(channel, error as Error, performance.now() - startedAt, access);
    }
  }

  /** Events and cursor in one transaction; a watcher that lost its lease stores nothing. */
  private async store(channel: Channel, fence: number, events: RawEvent[], cursor: Cursor): Promise<void> {
    const arrivals = await this.ledger.keep(events.map((event) => ({ connector: channel.type, account: channel.externalId, event })));
    const rows = await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(
        ChannelWatch,
        { channelId: channel.id, holder: this.holder, fence },
        { cursor: cursor as never },
      );
      if (!affected) throw new LeaseLost('This channel is watched by another process now');
      return this.ledger.write(manager, arrivals);
    });
    await this.queue.addInbound(rows);
    if (events.length) this.changes.announce();
  }

  private async healthy(id: string, progress?: { done: number; total: number }, complaint?: string): Promise<void> {
    this.failures.delete(id);
    const facts = { lastSyncAt: new Date(), ...(progress && { importDone: progress.done, importTotal: progress.total }) };
    await this.channels
      .report(id, complaint ? 'degraded' : 'ok', complaint ?? null, facts)
      .catch((error: Error) => this.logger.warn({ channel: id, error: error.message }, 'cannot note the health'));
  }

  private async failed(channel: Channel, error: Error, ranMs: number, access: ChannelAccess | undefined): Promise<void> {
    const before = ranMs > steadyMs ? 0 : (this.failures.get(channel.id)?.count ?? 0);
    const refused = error instanceof ConnectorError && error.kind === 'auth';
    const auth = refused && !(access && this.channels.mayRenew(channel, access));
    const wait = auth ? authBackoffMs : backoffMs[Math.min(before, backoffMs.length - 1)]!;
    this.failures.set(channel.id, {
      settingsVersion: channel.settingsVersion,
      count: before + 1,
      notBefore: performance.now() + wait * (0.8 + 0.4 * Math.random()),
    });
    // Not the channel's fault, so its health says nothing of it.
    if (!(error instanceof ConnectorError) && isOutage(error))
      return this.logger.warn({ channel: channel.id, error: error.message }, 'our own database or disk failed; watching again soon');
    if (!(error instanceof ConnectorError)) this.logger.error(error);
    // One lost line is everyday; a channel is down when it cannot be reached again.
    const state = auth ? 'needs-auth' : before ? 'down' : 'degraded';
    await this.channels.report(channel.id, state, error.message);
  }

  /** The fence of a fresh lease, or null while somebody else has it. */
  private async lease(channelId: string): Promise<number | null> {
    await insertNew(this.database.manager, ChannelWatch, { channelId, cursor: null, holder: null, fence: 0, leaseUntil: null });
    const { affected } = await this.database.manager
      .createQueryBuilder()
      .update(ChannelWatch)
      .set({ holder: this.holder, leaseUntil: new Date(Date.now() + leaseMs), fence: () => 'fence + 1' })
      .where('channel_id = :channelId AND (holder IS NULL OR holder = :me OR lease_until < :now)', {
        channelId,
        me: this.holder,
        now: new Date(),
      })
      .execute();
    if (!affected) return null;
    return (await this.database.manager.findOneByOrFail(ChannelWatch, { channelId })).fence;
  }

  private async renew(channelId: string, watch: Watch): Promise<boolean> {
    const { affected } = await this.database.manager.update(
      ChannelWatch,
      { channelId, holder: this.holder, fence: watch.fence },
      { leaseUntil: new Date(Date.now() + leaseMs) },
    );
    watch.renewedAt = performance.now();
    return !!affected;
  }

  private async stop(id: string): Promise<void> {
    const watch = this.watches.get(id);
    watch?.abort.abort();
    await watch?.done;
    await this.database.manager.update(ChannelWatch, { channelId: id, holder: this.holder }, { holder: null, leaseUntil: null });
  }

  private source(channel: Channel): WatchSource | null {
    const source = this.connectors.find(channel.type)?.source;
    return source?.kind === 'watch' ? source : null;
  }
}

/** A provider that is slow to renew a token must not hold up a stop, nor with it the leases of all other channels. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const stopped = once(signal, 'abort').then(() => Promise.reject(new Error('told to stop')));
  return Promise.race([work, stopped]);
}
