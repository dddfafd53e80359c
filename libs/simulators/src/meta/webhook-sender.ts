import { CallbackHealth } from './callback-health.js';
import type { Core } from './core.js';
import { eventName } from './event-name.js';
import { spoil } from './oddities.js';
import { entriesOf, grouped, signedPost, type Happening } from './webhook-body.js';
import type { MetaAccount } from './world.js';

interface Options {
  callbackOf(account: MetaAccount): string | null;
  secretOf(account: MetaAccount): string;
  /** Why an event is not delivered any more, or null. */
  whyNot(happening: Happening): string | null;
}

/** A happening on its way. */
interface Parcel {
  happening: Happening;
  done: () => void;
}

/** Delivers events as Meta does: at least once, in no promised order, in batches, again and again until answered with 200. */
export class WebhookSender {
  private readonly health: CallbackHealth;
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private readonly queue: (() => void)[] = [];
  private readonly batch: Parcel[] = [];
  private held: Happening[] | null = null;
  /** How many events are under way. */
  open = 0;
  private posting = 0;

  constructor(
    private readonly core: Core,
    private readonly options: Options,
  ) {
    this.health = new CallbackHealth(core);
  }

  /** Resolves once the event, and its copy if the habit of duplicates strikes, was answered with 200 or given up. */
  async deliver(happening: Happening): Promise<void> {
    if (this.held) return void this.held.push(happening);
    const { habits } = this.core;
    const delays = [this.core.random() * habits.reorderWithinMs, ...this.copies(happening)];
    this.open++;
    await Promise.all(delays.map((delay) => this.afterPause(delay, happening)));
    this.open--;
    this.tellWaiting();
  }

  /** From now on events wait for {@link release}. */
  hold(): void {
    this.held ??= [];
  }

  /** Lets go what was held, in this order: 0 is the event that happened first. By default all of them as they happened. */
  async release(order?: number[]): Promise<void> {
    const held = this.held ?? [];
    this.held = null;
    const chosen = order?.map((place) => held[place]!) ?? held;
    for (const happening of chosen) await this.deliver(happening);
  }

  /** Resolves when every event so far was taken or given up. */
  async settled(): Promise<void> {
    while (this.open > 0) await this.change();
  }

  /** Resolves when no POST is under way; some may wait for their next try. */
  async idle(): Promise<void> {
    while (this.posting > 0) await this.change();
  }

  stop(): void {
    this.stopping.abort();
    this.open = 0;
    this.posting = 0;
    this.tellWaiting();
  }

  /** A copy comes at once, and may then race the original, or some time after it in another batch. */
  private copies(happening: Happening): number[] {
    const { random, habits, note } = this.core;
    if (random() >= habits.duplicates) return [];
    const delay = random() < 0.3 ? 0 : random() * (habits.duplicateWithinMs + habits.reorderWithinMs);
    note('fault-injected', `delivered once more after ${Math.round(delay)} ms`, eventName(happening.element));
    return [delay];
  }

  private async afterPause(delay: number, happening: Happening): Promise<void> {
    if (delay > 0) await this.core.clock.pause(delay);
    await new Promise<void>((done) => {
      this.batch.push({ happening, done });
      if (this.batch.length === 1) this.core.clock.later(this.core.habits.batchWithinMs, () => this.flush());
    });
  }

  private flush(): void {
    const { maxBatch, batchWithinMs } = this.core.habits;
    for (const parcels of grouped(this.batch.splice(0), ({ happening }) => this.envelopeKind(happening.account))) {
      const size = batchWithinMs ? maxBatch : 1;
      while (parcels.length) void this.insist(parcels.splice(0, size));
    }
  }

  private async insist(parcels: Parcel[]): Promise<void> {
    const { habits, clock, note } = this.core;
    const happenings = parcels.map(({ happening }) => happening);
    const accounts = new Set(happenings.map(({ account }) => account));
    const post = this.post(happenings);
    const until = clock.now() + habits.giveUpAfterMs;
    for (let attempt = 0; !this.stopping.signal.aborted; attempt++) {
      const problem = await this.inLane(() => this.attempt(happenings[0]!.account, post));
      if (this.stopping.signal.aborted) break;
      if (!problem) {
        this.health.took(accounts);
        note('webhook-taken', `${happenings.length} events`, happenings.map(({ element }) => eventName(element)).join(', '));
        break;
      }
      note('webhook-failed', problem, eventName(happenings[0]!.element));
      this.health.failed(accounts);
      if (this.givenUp(happenings, attempt, clock.now() > until)) break;
      await clock.pause(habits.retryDelaysMs[Math.min(attempt, habits.retryDelaysMs.length - 1)] ?? 1000);
    }
    for (const { done } of parcels) done();
  }

  private givenUp(happenings: Happening[], attempt: number, late: boolean): boolean {
    const { note } = this.core;
    const reason = happenings.map((happening) => this.options.whyNot(happening)).find((why, _, all) => why && all.every(Boolean));
    if (!late && !reason) return false;
    note('webhook-given-up', `${happenings.length} events after ${attempt + 1} tries`);
    for (const { element } of happenings) note('event-lost', reason ?? 'it was tried for too long', eventName(element));
    return true;
  }

  private post(happenings: Happening[]) {
    const { habits, clock, random, note } = this.core;
    const { account, element } = happenings[0]!;
    const entry = entriesOf(happenings, clock.now(), habits);
    if (random() < habits.oddities) note('fault-injected', spoil(entry, random), eventName(element));
    const body = { object: account.kind, entry };
    return signedPost(habits.wrappedBodies ? [body] : body, this.options.secretOf(account));
  }

  /** Null when answered with 200, else what went wrong. Redirects are not followed. A receiver's slowness is measured in real time. */
  private async attempt(account: MetaAccount, post: ReturnType<typeof signedPost>): Promise<string | null> {
    const url = this.options.callbackOf(account);
    if (!url) return 'nobody has subscribed';
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(this.core.habits.timeoutMs)]);
    try {
      const response = await fetch(url, { method: 'POST', ...post, redirect: 'manual', signal });
      await response.arrayBuffer();
      return response.status === 200 ? null : `answered ${response.status}`;
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      return cause?.code ?? name;
    }
  }

  private async inLane<T>(run: () => Promise<T>): Promise<T> {
    if (this.posting >= this.core.habits.postsAtOnce) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.posting++;
    try {
      return await run();
    } finally {
      this.posting--;
      this.queue.shift()?.();
      this.tellWaiting();
    }
  }

  // Accounts whose apps sign with different secrets cannot share a body.
  private envelopeKind = (account: MetaAccount) => `${account.kind} ${this.options.secretOf(account)}`;

  private change = () => new Promise<void>((resolve) => void this.waiting.add(resolve));

  private tellWaiting(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
