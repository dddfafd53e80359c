import type { DataSource, EntityManager } from 'typeorm';

interface Waiting {
  work: (manager: EntityManager) => Promise<void>;
  done: () => void;
  failed: (error: unknown) => void;
}

const together = 16;

/**
 * Runs pieces of work that come at the same time in one transaction where writers wait for each other anyway (SQLite):
 * most of its cost is the wait for the disk. When one fails, each runs again alone. Elsewhere each has its own at once.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private running?: Promise<void>;

  constructor(private readonly database: DataSource) {}

  run(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    if (this.database.options.type === 'postgres') return this.database.transaction(work);
    return new Promise((done, failed) => {
      this.waiting.push({ work, done, failed });
      this.running ??= this.runAll().finally(() => (this.running = undefined));
    });
  }

  private async runAll(): Promise<void> {
    await new Promise(setImmediate);
    for (let group; (group = this.waiting.splice(0, together)).length;) {
      try {
        await this.commit(group);
      } catch {
        // One of them may be to blame, which must not fail its neighbours: each alone finds out.
        for (const one of group) await this.commit([one]).catch(one.failed);
      }
    }
  }

  private async commit(group: Waiting[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const { work } of group) await work(manager);
    });
    for (const { done } of group) done();
  }
}
