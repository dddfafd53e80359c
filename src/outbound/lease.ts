import { performance } from 'node:perf_hooks';

/** For how long a process may be silent before another concludes that it died. */
export const leaseMs = 30_000;
/** Whoever has less left than this sends no more: what is on its way has to arrive before somebody looks for it. */
const marginMs = 5_000;

/** A moment by the clock that only runs forward, and by the one that others compare with. */
export interface Moment {
  steady: number;
  wall: number;
}

export const moment = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/**
 * A lease as the process that holds it sees it, counted from before the database was asked. By two clocks: a process that was
 * paused notices by the steady one, a machine that was put to sleep by the other. Whichever says that it has run out is believed.
 */
export class Lease {
  constructor(private since: Moment) {}

  extend(asked: Moment): void {
    this.since = asked;
  }

  /** Whether there is time enough left to send in. */
  holds(now = moment()): boolean {
    const most = leaseMs - marginMs;
    return now.steady - this.since.steady < most && now.wall - this.since.wall < most;
  }
}

/** Until when others have to believe that the holder lives. */
export const leaseUntil = ({ wall }: Moment): Date => new Date(wall + leaseMs);
