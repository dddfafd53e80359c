import type { Failure, Habits } from './habits.js';
import type { EventElement, EventList } from './core.js';
import { hubSignature, metaJson, type Json } from './wire.js';
import type { MetaAccount } from './world.js';

/** One happening at an account, as an element of `entry[].messaging` or its siblings. */
export interface Happening {
  account: MetaAccount;
  list: EventList;
  element: EventElement;
}

interface Options {
  habits: Habits;
  random: () => number;
  now: () => number;
  secretOf: (account: MetaAccount) => string;
  failed: (kind: Failure['kind'], detail: string) => void;
}

/** Delivers events as Meta does: at least once, in no promised order, in batches, again and again until answered with 200. */
export class WebhookSender {
  callbackUrl: string | null = null;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stopping = new AbortController();
  private readonly waiting = new Set<() => void>();
  private batch: { happening: Happening; done: () => void }[] = [];
  private open = 0;

  constructor(private readonly options: Options) {}

  /** Resolves once the event, and its copy if the habit of duplicates strikes, was answered with 200 or given up. */
  async deliver(happening: Happening): Promise<void> {
    const { habits, random } = this.options;
    const delays = [random() * habits.reorderWithinMs];
    if (random() < habits.duplicates) delays.push(random() * (500 + habits.reorderWithinMs));
    this.open++;
    await Promise.all(delays.map((delay) => this.afterPause(delay, happening)));
    this.close();
  }

  /** Resolves when every event so far was taken or given up. */
  async settled(): Promise<void> {
    while (this.open > 0) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** The body that tells of happenings of one object, with its signatures. */
  body(happenings: Happening[]): { body: string; headers: Record<string, string> } {
    const body = metaJson(this.envelope(happenings));
    const secret = this.options.secretOf(happenings[0]!.account);
    return {
      body,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'facebookexternalua',
        'X-Hub-Signature': hubSignature(secret, body, 'sha1'),
        'X-Hub-Signature-256': hubSignature(secret, body),
      },
    };
  }

  stop(): void {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.open = 0;
    for (const resolve of this.waiting) resolve();
  }

  private async afterPause(delay: number, happening: Happening): Promise<void> {
    if (delay > 0) await this.pause(delay);
    await this.once(happening);
  }

  private once(happening: Happening): Promise<void> {
    return new Promise((done) => {
      this.batch.push({ happening, done });
      if (this.batch.length === 1) this.later(this.options.habits.batchWithinMs, () => this.flush());
    });
  }

  private flush(): void {
    const batch = this.batch.splice(0);
    const { maxBatch, batchWithinMs } = this.options.habits;
    for (const parts of grouped(batch, (part) => this.envelopeKind(part.happening))) {
      const size = batchWithinMs ? maxBatch : 1;
      while (parts.length) void this.insist(parts.splice(0, size));
    }
  }

  private async insist(parts: { happening: Happening; done: () => void }[]): Promise<void> {
    const { habits, failed } = this.options;
    const post = this.body(parts.map((part) => part.happening));
    const until = Date.now() + habits.giveUpAfterMs;
    for (let attempt = 0; !this.stopping.signal.aborted; attempt++) {
      const problem = await this.post(post);
      if (!problem) break;
      failed('webhook-failed', problem);
      if (Date.now() > until) {
        failed('webhook-given-up', `${parts.length} events after ${attempt + 1} tries`);
        break;
      }
      await this.pause(habits.retryDelaysMs[Math.min(attempt, habits.retryDelaysMs.length - 1)] ?? 1000);
    }
    for (const part of parts) part.done();
  }

  /** Null when answered with 200, else what went wrong. Redirects are not followed. */
  private async post(post: { body: string; headers: Record<string, string> }): Promise<string | null> {
    if (!this.callbackUrl) return 'nobody has subscribed';
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(this.options.habits.timeoutMs)]);
    try {
      const response = await fetch(this.callbackUrl, { method: 'POST', ...post, redirect: 'manual', signal });
      await response.arrayBuffer();
      return response.status === 200 ? null : `answered ${response.status}`;
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      return cause?.code ?? name;
    }
  }

  /** Messaging entries carry milliseconds, `changes` entries seconds; entries of several accounts share a body. */
  private envelope(happenings: Happening[]): Json {
    const { now, habits } = this.options;
    const entries = grouped(happenings, ({ account, list }) => `${account.id} ${list}`).map((group) => {
      const { account, list } = group[0]!;
      const id = habits.numericIds ? BigInt(account.id) : account.id;
      return { id, time: list === 'changes' ? Math.floor(now() / 1000) : now(), [list]: group.map(({ element }) => element) };
    });
    return { object: happenings[0]!.account.kind, entry: entries };
  }

  // Accounts whose apps sign with different secrets cannot share a body.
  private envelopeKind = ({ account }: Happening) => `${account.kind} ${this.options.secretOf(account)}`;

  private close(): void {
    this.open--;
    if (this.open > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private pause = (ms: number) => new Promise<void>((resolve) => this.later(ms, resolve));

  private later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }
}

function grouped<T>(items: T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
