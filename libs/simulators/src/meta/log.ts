/** What went wrong, by nature or on purpose. */
export type FailureKind =
  | 'webhook-failed'
  | 'webhook-given-up'
  /** The callback fails for long; Meta writes to the developers. */
  | 'webhooks-alert'
  /** The callback failed for too long; the account's events are lost until it is subscribed again. */
  | 'webhooks-disabled'
  | 'event-lost'
  | 'call-refused'
  | 'fault-injected';

/** Something that went wrong, and the event it hit: `message m_…`, `comment …`. */
export interface Failure {
  at: Date;
  kind: FailureKind;
  detail: string;
  event?: string;
}

/** What went as it should. */
export type SuccessKind = 'event' | 'webhook-taken' | 'call-answered';

export interface LogEntry extends Omit<Failure, 'kind'> {
  kind: FailureKind | SuccessKind;
}

const successes: string[] = ['event', 'webhook-taken', 'call-answered'] satisfies SuccessKind[];

/** Everything that happens, to those who listen; what went wrong is kept as well. */
export class Log {
  readonly failures: Failure[] = [];
  private readonly listeners = new Set<(entry: LogEntry) => void>();

  constructor(private readonly now: () => number) {}

  write(kind: LogEntry['kind'], detail: string, event?: string): void {
    const entry = { at: new Date(this.now()), kind, detail, ...(event && { event }) };
    if (!successes.includes(kind)) this.failures.push(entry as Failure);
    for (const listener of this.listeners) listener(entry);
  }

  /** Returns the way to stop listening. */
  listen(listener: (entry: LogEntry) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
