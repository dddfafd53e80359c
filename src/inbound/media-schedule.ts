import type { Attachment } from '../conversations/message.entity.js';

/** The largest file that is copied. What is larger can still be shown from where it lies. */
export const maxBytes = 25 * 2 ** 20;
/** How long one file may take, and how long others leave it to whoever took it: longer. */
export const patienceMs = 300_000;
export const leaseMs = 420_000;

const firstMs = 5_000;
const longestMs = 6 * 3_600_000;
/** More than two weeks of tries: the longest that such addresses are known to live. */
const mostAttempts = 66;

/** What becomes of a file that could not be fetched at this attempt, the first being 1. What will not pass is left where it lies. */
export function afterTrouble(attempt: number, reason: string, passes: boolean): { change: Partial<Attachment>; reason: string } {
  if (!passes) return { reason, change: { state: 'linked', nextFetchAt: null } };
  if (attempt >= mostAttempts) return { reason, change: { state: 'gone', remoteUrl: null, nextFetchAt: null } };
  const wait = Math.min(longestMs, firstMs * 4 ** Math.min(attempt - 1, 10));
  return { reason, change: { nextFetchAt: new Date(Date.now() + wait) } };
}
