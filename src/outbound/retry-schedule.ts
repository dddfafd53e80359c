import type { Patience } from '#libs/connector';

const minute = 60_000;
const hour = 60 * minute;

/** For a connector that says nothing else: soon at first, then through an outage of a day. */
export const usualPatience: Patience = {
  waits: [minute / 12, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour],
  most: 24 * hour,
};

/** Where a platform asks us to slow down and does not say for how long; what it asks for again and again without meaning it grows as well. */
const slowDown = { first: minute / 2, atLeast: minute / 60, most: 15 * minute };
/** What a platform asks for is done, beyond our own patience too, but nobody waits for an answer for longer than this. */
const longestWish = 24 * hour;

/** What is known of a reply that is being tried. `since`: its first attempt; `closesAt`: when the platform allows no answer any more. */
export interface Trying {
  attempts: number;
  since: Date;
  patience: Patience;
  closesAt: Date | null;
}

/** The platform's `retryAfterMs` is its own wish. */
export interface Obstacle {
  kind: 'rate-limited' | 'unavailable';
  retryAfterMs?: number;
}

/** When the next attempt is due, or why there is none: it was `tried` for long enough, or the `window` closes before. */
export type Next = { at: Date } | { over: 'tried' | 'window' };

/** When to try again after what stood in the way of the latest attempt. `random` is between 0 and 1: not all at the same moment. */
export function nextAttempt(obstacle: Obstacle, trying: Trying, now = new Date(), random = Math.random()): Next {
  const wait = waitAfter(obstacle, trying, random);
  if (wait === null) return { over: 'tried' };
  const at = new Date(now.getTime() + wait);
  const wished = obstacle.kind === 'rate-limited' && obstacle.retryAfterMs;
  const most = wished ? Math.max(trying.patience.most, longestWish) : trying.patience.most;
  if (at.getTime() > trying.since.getTime() + most) return { over: 'tried' };
  return trying.closesAt && at > trying.closesAt ? { over: 'window' } : { at };
}

/** A platform's wish is never undercut, and our own wait is met within a tenth. */
function waitAfter({ kind, retryAfterMs = 0 }: Obstacle, { attempts, patience }: Trying, random: number): number | null {
  const wish = retryAfterMs * (1 + random / 10);
  const roughly = (wait: number) => wait * (0.9 + random / 5);
  const growing = (first: number) => roughly(Math.min(first * 2 ** (attempts - 1), slowDown.most));
  if (kind === 'rate-limited') return wish ? Math.max(wish, growing(slowDown.atLeast)) : growing(slowDown.first);
  const wait = patience.waits[attempts - 1];
  return wait === undefined ? null : Math.max(roughly(wait), wish);
}
