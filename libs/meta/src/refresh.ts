import { ConnectorError } from '#libs/connector';
import type { JsonObject } from './json.js';
import { tokenIn } from './login.js';
import { callOAuth } from './oauth-call.js';
import type { MetaOptions } from './options.js';
import type { InstagramSettings } from './settings.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A token of 60 days that is renewed each week outlives many weeks in which that fails. */
const RENEW_AFTER = 7 * DAY;

/** When a token runs out, as its answer tells in seconds, and when to renew it. */
export function lifeOf(answer: JsonObject, now: Date): Pick<InstagramSettings, 'accessUntil' | 'refreshAfter'> {
  const seconds = Number(answer.expires_in);
  const accessUntil = seconds > 0 ? after(now, seconds * 1000) : undefined;
  return { accessUntil, refreshAfter: after(now, RENEW_AFTER) };
}

/** Tokens of Instagram Login run out; those of Pages do not. One typed in by hand may have any age: it is tried at once. */
export const refreshIsDue = ({ via, refreshAfter }: InstagramSettings, now: Date): boolean =>
  via === 'instagram' && !(refreshAfter && new Date(refreshAfter) > now);

/**
 * Trades a token that still works for one of another 60 days. What Meta refuses is tried again: a token less than a day old is, and
 * goes on working. Throws `auth` once it is dead.
 */
export async function refreshed(options: MetaOptions, settings: InstagramSettings, now: Date): Promise<Partial<InstagramSettings> | null> {
  if (!refreshIsDue(settings, now)) return null;
  try {
    const query = { grant_type: 'ig_refresh_token', access_token: settings.accessToken };
    const answer = await callOAuth(`${options.instagramGraphUrl.replace(/\/+$/, '')}/refresh_access_token`, { query });
    return { accessToken: tokenIn(answer), ...lifeOf(answer, now) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (error.kind === 'auth' && error.code?.startsWith('190')) throw error;
    return { refreshAfter: after(now, error.retryable ? HOUR : DAY) };
  }
}

const after = (now: Date, ms: number) => new Date(now.getTime() + ms).toISOString();
