import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { Team } from '../assignment/team.entity.js';
import { newId } from './columns.js';
import { isOurTrouble, openDatabase } from './data-source.js';

let directory: string;
let database: DataSource;
const team = (name: string) => ({ id: newId(), name, createdAt: new Date() });

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-'));
  database = await openDatabase({ dialect: 'sqlite', DATA_DIR: directory });
});
afterEach(async () => {
  await database.destroy();
  rmSync(directory, { recursive: true });
});

test('on SQLite a failed transaction leaves nothing, a committed one everything, and a plain write beside them is kept', async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  const failing = database.transaction(async (manager) => {
    await manager.insert(Team, team('from the failed one'));
    await pause();
    throw new Error('rolled back');
  });
  const committing = database.transaction(async (manager) => {
    await manager.insert(Team, team('committed 1'));
    await pause();
    await manager.insert(Team, team('committed 2'));
  });
  const plain = database.getRepository(Team).insert(team('plain'));
  const outcomes = await Promise.allSettled([failing, committing, plain]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  const names = (await database.getRepository(Team).find()).map(({ name }) => name);
  expect(names.sort()).toEqual(['committed 1', 'committed 2', 'plain']);
});

test('on SQLite a thousand mixed transactions and plain writes end as if one after the other', async () => {
  const write = (n: number) => {
    if (n % 3 === 0) return database.getRepository(Team).insert(team(`plain ${n}`));
    return database.transaction(async (manager) => {
      await manager.insert(Team, team(`tx ${n}`));
      await new Promise(setImmediate);
      if (n % 3 === 1) throw new Error('rolled back');
    });
  };
  await Promise.allSettled(Array.from({ length: 1000 }, (_, n) => write(n)));
  expect(await database.getRepository(Team).count()).toBe(334 + 333);
  expect(await database.getRepository(Team).count({ where: { name: 'tx 1' } })).toBe(0);
});

test('a nested transaction that fails takes back only its own part', async () => {
  await database.transaction(async (outer) => {
    await outer.insert(Team, team('outer'));
    await outer
      .transaction(async (inner) => {
        await inner.insert(Team, team('inner'));
        throw new Error('inner');
      })
      .catch(() => undefined);
  });
  expect((await database.getRepository(Team).find()).map(({ name }) => name)).toEqual(['outer']);
});

test('after a transaction that could not begin the next one can', async () => {
  const runner = database.createQueryRunner();
  await expect(runner.startTransaction('NO SUCH LEVEL' as never)).rejects.toThrow();
  await runner.release();
  await database.transaction((manager) => manager.insert(Team, team('next')));
  expect(await database.getRepository(Team).count()).toBe(1);
});

test('the migrations build exactly what the entities say', async () => {
  const { upQueries } = await database.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test('a full disk is our trouble, also when another thread tells of it; what a parser throws is not', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect([full, new Error(full.message), new TypeError('Cannot read properties of undefined'), new Error('')].map(isOurTrouble)).toEqual([
    ...[true, true, false, false],
  ]);
});
