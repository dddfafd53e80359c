interface Waiting<T> {
  item: T;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Writes what comes at the same time in one go, because the cost of a write is the wait for the disk, and that is the
 * same for one item as for a hundred. When a write fails, each of its items is written again alone: one of them may be
 * to blame, which must not fail its neighbours.
 */
export class Together<T> {
  private waiting: Array<Waiting<T>> = [];
  private running = false;

  constructor(
    private readonly most: number,
    private readonly write: (items: T[]) => Promise<void>,
  ) {}

  /** Resolves once the item is written, rejects when it cannot be. */
  add(item: T): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, done, failed });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    await new Promise(setImmediate);
    while (this.waiting.length) await this.writeSome(this.waiting.splice(0, this.most));
    // In the same breath as the last look, or what comes between the two waits for somebody else to come.
    this.running = false;
  }

  private async writeSome(some: Array<Waiting<T>>): Promise<void> {
    try {
      await this.write(some.map(({ item }) => item));
      for (const { done } of some) done();
    } catch {
      for (const { item, done, failed } of some) await this.write([item]).then(done, failed);
    }
  }
}
