const minute = 60_000;
const hour = 60 * minute;

/** Waits after the 1st, 2nd, … failed attempt: soon at first, then through an outage of days. */
const waits = [5_000, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, 24 * hour, 24 * hour];

/** When to try again after so many attempts, or null when it is time to tell the agent. `retryAfterMs` is the platform's own wish. */
export function nextAttempt(attempts: number, retryAfterMs = 0, now = Date.now()): Date | null {
  const wait = waits[attempts - 1];
  if (wait === undefined) return null;
  return new Date(now + Math.max(wait * (0.9 + 0.2 * Math.random()), retryAfterMs));
}
