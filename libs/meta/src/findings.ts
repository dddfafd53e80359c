import type { Audit, AuditContext, RawEvent } from '#libs/connector';
import { isEarlyRead } from './event-keys.js';
import { rawReading, type Reading } from './read-event.js';

const DAY_MS = 86_400_000;
const DAYS_BACK = 30;

/** What an audit of an account has found so far. How far back it looks: 30 days. */
export class Findings {
  readonly audit: Audit = { there: 0, here: 0, missing: [], reimported: 0 };
  readonly since: Date;

  constructor(
    private readonly context: AuditContext,
    private readonly now: Date,
  ) {
    this.since = new Date(now.getTime() - DAYS_BACK * DAY_MS);
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  /** Whether something of that time is looked at; what has no time is. */
  reaches(time: Date | undefined): boolean {
    return !time || time >= this.since;
  }

  /**
   * Stores what was read at a place, oldest first, as far as it is missing. The ledger decides that by key: by platform id it
   * would take a message for stored of which only an edit ever came. Of those just written that is good enough: another audit follows.
   */
  async take(place: string, readings: Reading[]): Promise<void> {
    const events = readings.flatMap((reading) => rawReading(reading, this.now) ?? []).filter(({ receivedAt }) => this.reaches(receivedAt));
    if (!events.length) return;
    events.sort((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime());
    const stored = new Set(await this.context.store(await this.withoutPushed(events)));
    const fresh = events.filter(({ key }) => stored.has(key));
    this.audit.there += events.length;
    this.audit.here += events.length - fresh.length;
    this.audit.reimported += fresh.length;
    this.audit.missing.push(...fresh.map(({ key, platformId = null, receivedAt }) => ({ key, platformId, receivedAt, place })));
  }

  private async withoutPushed(events: RawEvent[]): Promise<RawEvent[]> {
    const early = events.flatMap(({ key, platformId }) => (platformId && isEarlyRead(key) ? platformId : []));
    const pushed = early.length ? await this.context.stored(early) : new Map<string, number>();
    return events.filter(({ key, platformId }) => !isEarlyRead(key) || !pushed.has(platformId ?? ''));
  }

  /** What is shown here of messages by these ids, as far as they are here. */
  shown(ids: string[]): Promise<Map<string, { text: string; hidden: boolean }>> {
    return this.context.shown(ids);
  }

  /** Notes states that webhooks may not have told. They are no messages, so they count as nothing that was there. */
  async note(readings: Reading[]): Promise<void> {
    const events = readings.flatMap((reading) => rawReading(reading, this.now) ?? []);
    if (events.length) await this.context.store(events);
  }

  /** The moment of the audit, as ISO 8601. */
  get at(): string {
    return this.now.toISOString();
  }
}
