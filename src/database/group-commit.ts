import type { DataSource, EntityManager } from 'typeorm';
import { Together } from './together.js';

type Work = (manager: EntityManager) => Promise<void>;

const most = 16;

/** Runs pieces of work that come at the same time in one transaction where writers wait for each other anyway (SQLite). Elsewhere each has its own at once. */
export class GroupCommit {
  private readonly together = new Together<Work>(most, (group) => this.commit(group));

  constructor(private readonly database: DataSource) {}

  run(work: Work): Promise<void> {
    return this.database.options.type === 'postgres' ? this.database.transaction(work) : this.together.add(work);
  }

  private async commit(group: Work[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const work of group) await work(manager);
    });
  }
}
