import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { Observable, Subject } from 'rxjs';
import { Change, type ChangeType } from './change.entity.js';

/** A change that is about to be written. */
export type NewChange = { type: ChangeType; conversationId?: string; messageId?: string };

/** What a browser hears: a change, or where the stream stands. `id` is the position to resume from. */
export type News = Change | { type: 'ready'; id: string } | { type: 'reset'; id: string };

const pollMs = 250;
/** On PostgreSQL a transaction may commit after one that took a later number: rows this young are read again. */
const settleMs = 5_000;
/** Whoever missed more than this fetches everything anew, which costs less. */
const replayLimit = 1_000;
const keepMs = 24 * 3_600_000;

/**
 * What browsers are told. Changes are rows, written in the transaction that makes them, so none is missed and a
 * browser that was away resumes where it was. In this process a commit is announced at once; other processes' are polled.
 */
@Injectable()
export class Changes implements OnApplicationShutdown {
  private readonly logger = new Logger('changes');
  private readonly live = new Subject<Change>();
  private readonly recent = new Set<string>();
  private listeners = 0;
  private floor = 0;
  private opening: Promise<void> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private reading?: Promise<void>;
  private again = false;

  constructor(private readonly database: DataSource) {}

  /** Writes changes within a transaction; call {@link announce} after its commit. */
  async write(manager: EntityManager, ...changes: NewChange[]): Promise<void> {
    const at = new Date();
    await manager.insert(
      Change,
      changes.map((change) => ({ ...change, at })),
    );
  }

  /** Hurries committed changes to the browsers of this process. */
  announce(): void {
    if (this.listeners) void this.read();
  }

  /**
   * First `ready` with the position of the stream, then changes from there on. With `lastId` those after it come between,
   * or one `reset` when they are too many or no longer kept.
   */
  subscribe(lastId: string | null): Observable<News> {
    return new Observable((subscriber) => {
      const early: Change[] = [];
      const seen = new Set<string>();
      let caughtUp = false;
      const give = (change: Change) => {
        if (!seen.has(change.id)) subscriber.next(change);
        seen.add(change.id);
      };
      const subscription = this.live.subscribe((change) => (caughtUp ? subscriber.next(change) : early.push(change)));
      const start = async () => {
        await this.listen();
        const position = String(await this.newestId());
        const missed = lastId === null ? [] : await this.since(lastId);
        subscriber.next({ type: 'ready', id: missed ? (lastId ?? position) : position });
        if (missed) missed.forEach(give);
        else subscriber.next({ type: 'reset', id: position });
        early.forEach(give);
        caughtUp = true;
      };
      start().catch((error: unknown) => subscriber.error(error));
      return () => {
        subscription.unsubscribe();
        this.unlisten();
      };
    });
  }

  /** Forgets changes older than a day. */
  async prune(): Promise<void> {
    await this.database.manager.delete(Change, { at: LessThan(new Date(Date.now() - keepMs)) });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.live.complete();
  }

  /** The first listener starts the reading, from where the table stands now. */
  private listen(): Promise<void> {
    if (++this.listeners === 1) {
      this.opening = this.settledId().then(async (id) => {
        this.floor = id;
        // What is there already is no news to anybody.
        for (const change of await this.after(id)) this.recent.add(change.id);
        clearInterval(this.timer);
        if (this.listeners) this.timer = setInterval(() => void this.read(), pollMs);
      });
    }
    return this.opening;
  }

  private unlisten(): void {
    if (--this.listeners) return;
    clearInterval(this.timer);
    this.recent.clear();
  }

  /** One reader at a time; who asks meanwhile is served by one more round. */
  private async read(): Promise<void> {
    this.again = true;
    this.reading ??= this.rounds().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async rounds(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        await this.round();
      } catch (error) {
        this.logger.warn({ error: (error as Error).message }, 'cannot read changes; trying again');
      }
    }
  }

  private async round(): Promise<void> {
    await this.opening;
    const now = Date.now();
    const rows = await this.after(this.floor);
    for (const change of rows) {
      if (this.recent.has(change.id)) continue;
      this.recent.add(change.id);
      this.live.next(change);
    }
    const settled = rows.filter(({ at }) => !this.commitsOutOfOrder || at.getTime() < now - settleMs);
    if (settled.length) this.floor = Math.max(...settled.map(({ id }) => Number(id)));
    for (const id of this.recent) if (Number(id) <= this.floor) this.recent.delete(id);
  }

  private async since(lastId: string): Promise<Change[] | null> {
    const last = await this.database.manager.findOneBy(Change, { id: lastId });
    if (!last) return null;
    const from = this.commitsOutOfOrder ? Math.min(Number(lastId), await this.settledId(last.at)) : Number(lastId);
    const missed = await this.after(from, replayLimit + 1);
    return missed.length > replayLimit ? null : missed;
  }

  /** The newest change that no other can come before any more. */
  private async settledId(at = new Date()): Promise<number> {
    if (!this.commitsOutOfOrder) return this.newestId();
    const query = this.database.manager.createQueryBuilder(Change, 'change').select('MAX(change.id)', 'id');
    const row = await query.where('change.at < :at', { at: new Date(at.getTime() - settleMs) }).getRawOne<{ id: string | null }>();
    return Number(row?.id ?? 0);
  }

  private get commitsOutOfOrder(): boolean {
    return this.database.options.type === 'postgres';
  }

  private async after(id: number, limit?: number): Promise<Change[]> {
    const query = this.database.manager
      .createQueryBuilder(Change, 'change')
      .where('change.id > :id', { id })
      .orderBy('change.id')
      .limit(limit);
    return (await query.getMany()).map((row) => ({ ...row, id: String(row.id) }));
  }

  private async newestId(): Promise<number> {
    const row = await this.database.manager
      .createQueryBuilder(Change, 'change')
      .select('MAX(change.id)', 'id')
      .getRawOne<{ id: string | null }>();
    return Number(row?.id ?? 0);
  }
}
