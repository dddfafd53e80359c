interface Waiting {
  due: number;
  run: () => void;
  timer?: NodeJS.Timeout;
}

/** The platform's time in ms: it runs by itself, and {@link Clock.advance} moves it on, with everything that falls due meanwhile. */
export class Clock {
  private readonly waiting = new Set<Waiting>();
  private skewMs = 0;

  /** A `still` clock does not run by itself: only what moves it on lets anything fall due. */
  constructor(
    private readonly base: () => number = Date.now,
    readonly still = false,
  ) {}

  now = (): number => this.base() + this.skewMs;

  /** Runs something in so many ms of the platform's time, which is told in whole ones; returns the way to call it off. */
  later(ms: number, run: () => void): () => void {
    const entry: Waiting = { due: this.now() + Math.round(ms), run };
    if (!this.still) entry.timer = setTimeout(() => this.fire(entry), Math.min(ms, 2 ** 31 - 1));
    this.waiting.add(entry);
    return () => this.forget(entry);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.later(ms, resolve));
  }

  /** Moves on; what falls due runs now, in the order of its time, each at its own time. A negative time sets it back, and nothing falls due. */
  advance(ms: number): void {
    if (ms < 0) this.skewMs += ms;
    const until = this.now() + ms;
    for (let next = this.next(until); next; next = this.next(until)) {
      this.skewMs += Math.max(0, next.due - this.now());
      this.fire(next);
    }
    this.skewMs += Math.max(0, until - this.now());
  }

  /** {@link Clock.advance} for what takes real time in between: waits for `idle` after each thing that fell due. */
  async pass(ms: number, idle: () => Promise<void>): Promise<void> {
    const until = this.now() + ms;
    await quiet(idle);
    for (let next = this.next(until); next; next = this.next(until)) {
      this.advance(Math.max(0, next.due - this.now()));
      await quiet(idle);
    }
    this.skewMs += Math.max(0, until - this.now());
  }

  /** Whatever still waits never runs. */
  stop(): void {
    for (const entry of this.waiting) this.forget(entry);
  }

  private next(until: number): Waiting | undefined {
    return [...this.waiting].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
  }

  private fire(entry: Waiting): void {
    this.forget(entry);
    entry.run();
  }

  private forget(entry: Waiting): void {
    clearTimeout(entry.timer);
    this.waiting.delete(entry);
  }
}

/** What is idle now may have work a moment later: promises that were just resolved run first. */
async function quiet(idle: () => Promise<void>): Promise<void> {
  await idle();
  await new Promise((resolve) => setImmediate(resolve));
  await idle();
}
