import type { GraphCall } from '../graph-api.js';
import type { LogEntry } from '../log.js';
import { RawAnswer } from '../raw-answer.js';
import type { Cast } from './cast.js';
import { deeds } from './deeds.js';
import { object } from './reading.js';

/** So much of the log is kept for those who ask. */
const kept = 10_000;

/** `/_sim/…`: the deeds of scenarios as calls, and what can be seen of the platform from outside. No part of Meta. */
export class Admin {
  private readonly log: LogEntry[] = [];
  private dropped = 0;

  constructor(
    private readonly cast: Cast,
    listen: (listener: (entry: LogEntry) => void) => void,
  ) {
    listen((entry) => this.remember(entry));
  }

  async answer({ method, path, query, raw }: GraphCall): Promise<RawAnswer | undefined> {
    const [, name] = /^\/_sim\/(\w+)$/.exec(path) ?? [];
    if (!name) return undefined;
    if (method === 'GET') return this.show(name, query);
    const deed = deeds.get(name);
    if (!deed || method !== 'POST') return json(404, { error: `there is no deed ${name}`, deeds: [...deeds.keys()] });
    try {
      // Whatever the content type says: a call from a shell often names the wrong one.
      const { as, ...given } = object(raw.length ? JSON.parse(raw.toString()) : {}, 'body');
      const result = await deed.run(this.cast, deed.read(given, ''));
      if (typeof as === 'string') this.cast.call(as, result);
      return json(200, { result: result ?? null });
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) });
    }
  }

  private show(what: string, query: URLSearchParams): RawAnswer {
    const { platform } = this.cast;
    if (what === 'truth') return json(200, platform.truth());
    if (what === 'accounts')
      return json(200, { accounts: platform.allAccounts.map((account) => ({ ...account, troubles: [...account.troubles] })) });
    if (what === 'habits') return json(200, platform.habits);
    if (what === 'clock') return json(200, { now: new Date(platform.now()).toISOString() });
    if (what === 'log') return json(200, this.since(Number(query.get('since') ?? 0)));
    return json(404, { error: `there is nothing to see at ${what}`, see: ['truth', 'accounts', 'habits', 'clock', 'log'] });
  }

  /** `next` is what to ask with for what comes then. */
  private since(place: number) {
    return { entries: this.log.slice(Math.max(0, place - this.dropped)), next: this.dropped + this.log.length };
  }

  private remember(entry: LogEntry): void {
    this.log.push(entry);
    if (this.log.length <= kept) return;
    this.log.shift();
    this.dropped += 1;
  }
}

const json = (status: number, body: unknown) =>
  new RawAnswer(status, { 'Content-Type': 'application/json; charset=utf-8' }, JSON.stringify(body));
