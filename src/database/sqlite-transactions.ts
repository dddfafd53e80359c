import type { DataSource, QueryRunner } from 'typeorm';

interface Driver {
  queryRunner?: QueryRunner;
  createQueryRunner(mode: string): QueryRunner;
}
type Runner = QueryRunner & { transactionDepth: number; stmtCache?: unknown };

/**
 * TypeORM hands every caller of a better-sqlite3 data source the same query runner, so two transactions at once run
 * inside each other: one that failed is kept, one that committed is lost. Here each caller gets its own runner, and while
 * one is in a transaction the others wait: SQLite has one writer anyway. `BEGIN IMMEDIATE` takes the write lock at once,
 * so that another process cannot make the commit fail. Inside a transaction use only its manager.
 */
export function isolateSqliteTransactions(dataSource: DataSource, maxWaitMs = 10_000): void {
  const driver = dataSource.driver as unknown as Driver;
  const Runner = driver.createQueryRunner('master').constructor as new (driver: Driver) => Runner;
  const turn = new Turn(maxWaitMs);
  const statements = new Map();
  driver.createQueryRunner = () => takingTurns(Object.assign(new Runner(driver), { stmtCache: statements }), turn);
  driver.queryRunner = undefined;
}

/** Handed from one runner to the next in the order they asked, without a gap in which a third could slip in. */
class Turn {
  private owner?: object;
  private readonly waiting: Array<{ runner: object; resume: () => void }> = [];
  constructor(private readonly maxWaitMs: number) {}

  isHeldBy(runner: object): boolean {
    return this.owner === runner;
  }

  take(runner: object): Promise<void> | undefined {
    if (!this.owner) return void (this.owner = runner);
    return new Promise((resolve, reject) => {
      const entry = { runner, resume: () => (clearTimeout(timer), resolve()) };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new Error('SQLite: waited too long for another transaction to end'));
      }, this.maxWaitMs);
      this.waiting.push(entry);
    });
  }

  release(): void {
    const next = this.waiting.shift();
    this.owner = next?.runner;
    next?.resume();
  }
}

function takingTurns(runner: Runner, turn: Turn): Runner {
  const original = {
    query: runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>,
    start: runner.startTransaction.bind(runner),
    commit: runner.commitTransaction.bind(runner),
    rollback: runner.rollbackTransaction.bind(runner),
  };
  const releaseAtEnd = () => {
    if (!runner.transactionDepth) turn.release();
  };
  return Object.assign<Runner, object>(runner, {
    async query(sql: string, ...rest: unknown[]) {
      if (turn.isHeldBy(runner)) return original.query(sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql, ...rest);
      // A single statement needs its turn too: it yields before it runs, and a transaction could begin in between.
      await turn.take(runner);
      try {
        return await original.query(sql, ...rest);
      } finally {
        turn.release();
      }
    },
    async startTransaction(...args: Parameters<QueryRunner['startTransaction']>) {
      if (!turn.isHeldBy(runner)) await turn.take(runner);
      try {
        await original.start(...args);
      } catch (error) {
        releaseAtEnd();
        throw error;
      }
    },
    async commitTransaction() {
      await original.commit();
      releaseAtEnd();
    },
    async rollbackTransaction() {
      if (!turn.isHeldBy(runner)) return;
      try {
        await original.rollback();
      } finally {
        releaseAtEnd();
      }
    },
  });
}
