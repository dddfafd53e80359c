import { ConnectorError, type Upkeep } from '#libs/connector';
import type { Line } from './line.js';
import type { MetaOptions } from './options.js';
import { ownership } from './ownership.js';
import { missing, roadOf } from './permissions.js';
import { lackingEvents, subscribe } from './subscription.js';
import { standingOf, type SignInFacts } from './token-facts.js';
import { usageOf } from './usage.js';

const DAY = 86_400_000;
/** How long before access ends an admin is told to sign in again. */
const WARN_BEFORE = 7 * DAY;

/** What is asked once a day. */
interface Daily {
  token: string;
  at: number;
  scopes: string[] | null;
  expiresAt: Date | null;
  complaints: string[];
  /** What the account goes by: settings of its channel. */
  learnt: { username?: string; linkedPage?: string };
}

/** Looks after accounts: what Meta says of a token once a day and whenever it is another one, the subscription each time. */
export class Caretaker {
  private readonly known = new Map<string, Daily>();

  constructor(private readonly options: MetaOptions) {}

  /** Throws `auth` for a dead token, so that a person signs in again. */
  async upkeep(line: Line, told: SignInFacts = {}, now = new Date()): Promise<Upkeep> {
    try {
      const { scopes, expiresAt, complaints, learnt } = await this.daily(line, told, now.getTime());
      const events = await mendEvents(line, this.options.appId, scopes);
      const all = [...complaints, ...endOf(expiresAt, now), ...events.complaints];
      return { ...events, expiresAt, complaints: all, usage: usageOf(line.access), ...(Object.keys(learnt).length && { learnt }) };
    } catch (error) {
      const before = this.known.get(line.account);
      if (!before || !(error instanceof ConnectorError) || error.kind !== 'rate-limited') throw error;
      // That no more calls are to be had is no fault of the account; its usage says so.
      const { expiresAt, complaints } = before;
      return { expiresAt, subscribed: true, missedEvents: false, complaints, usage: usageOf(line.access) };
    }
  }

  private async daily(line: Line, told: SignInFacts, at: number): Promise<Daily> {
    const { token } = line.access;
    const before = this.known.get(line.account);
    if (before && before.token === token && at - before.at < DAY) return before;
    const { scopes, expiresAt } = await standingOf(this.options, line, told);
    const { ok, detail, username, linkedPage } = await ownership(line);
    const complaints = [...(ok ? [] : [detail]), ...missing(roadOf(line), { scopes, tasks: null })];
    const daily = {
      token,
      at,
      scopes,
      expiresAt,
      complaints,
      learnt: ok ? { ...(username && { username }), ...(linkedPage && { linkedPage }) } : {},
    };
    this.known.set(line.account, daily);
    return daily;
  }
}

type Events = Pick<Upkeep, 'subscribed' | 'missedEvents' | 'complaints'>;

/** Switches events on again that Meta has switched off. Those it never lists, whatever is asked, count as missed by nobody. */
async function mendEvents(line: Line, appId: string | undefined, scopes: string[] | null): Promise<Events> {
  const lacking = await lackingEvents(line, appId, scopes);
  if (!lacking.length) return { subscribed: true, missedEvents: false, complaints: [] };
  try {
    await subscribe(line, scopes);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
    return { subscribed: false, missedEvents: false, complaints: [error.advice] };
  }
  const still = await lackingEvents(line, appId, scopes);
  return { subscribed: true, missedEvents: still.length < lacking.length, complaints: [] };
}

function endOf(expiresAt: Date | null, now: Date): string[] {
  const left = expiresAt ? expiresAt.getTime() - now.getTime() : Infinity;
  if (left > WARN_BEFORE) return [];
  return [`Access ends on ${expiresAt!.toISOString().slice(0, 10)}. Sign in again before, so that nothing is interrupted.`];
}
