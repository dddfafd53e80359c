import { setTimeout as sleep } from 'node:timers/promises';

const pausesMs = [1_000, 2_000, 5_000, 10_000, 15_000];

export interface Patience {
  /** Whether waiting can mend this failure; any other is thrown at once. */
  passes(error: unknown): boolean;
  /** Hears of each failure, and in how many milliseconds it is tried again. */
  tell(error: unknown, nextMs: number): void;
  /** Ends the waiting: rejects with its reason. */
  signal: AbortSignal;
}

/** Tries until it succeeds, with growing pauses between. */
export async function untilPossible<T>(attempt: () => Promise<T>, { passes, tell, signal }: Patience): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!passes(error)) throw error;
      const pauseMs = pausesMs[Math.min(failures, pausesMs.length - 1)]!;
      tell(error, pauseMs);
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** Whether the work ended within the time; a failure of it is thrown. What takes longer goes on, unwatched. */
export async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const late = sleep(ms, false, { ref: false });
  work.catch(() => undefined); // Thrown below, or too late for anybody to hear.
  return Promise.race([work.then(() => true), late]);
}
