import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Team } from '../assignment/team.entity.js';
import { newId } from './columns.js';
import { openDatabase } from './data-source.js';
import { GroupCommit } from './group-commit.js';

let directory: string;
let database: DataSource;
let commits: GroupCommit;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-'));
  database = await openDatabase({ dialect: 'sqlite', DATA_DIR: directory });
  commits = new GroupCommit(database);
});
afterEach(async () => {
  await database.destroy();
  rmSync(directory, { recursive: true });
});

const adding = (name: string) => commits.run((manager) => manager.insert(Team, { id: newId(), name, createdAt: new Date() }).then());
const failing = () => commits.run(() => Promise.reject(new Error('to be tried again')));
const soon = (work: Promise<void>) => Promise.race([work.then(() => 'done'), after(2_000, 'still waiting', { ref: false })]);
const names = async () => (await database.manager.find(Team)).map(({ name }) => name).sort();

test('work that comes at the very end of the work before is not forgotten', async () => {
  for (let moments = 0; moments < 12; moments++) {
    await adding(`before ${moments}`);
    for (let moment = 0; moment < moments; moment++) await Promise.resolve();
    expect(await soon(adding(`after ${moments}`))).toBe('done');
  }
});

test('work that failed and is tried again at once is done', async () => {
  for (let moments = 0; moments < 12; moments++) {
    await failing().catch(() => undefined);
    for (let moment = 0; moment < moments; moment++) await Promise.resolve();
    expect(await soon(adding(`again ${moments}`))).toBe('done');
  }
});

test('one piece of work that fails takes nothing from those committed with it', async () => {
  const outcomes = await Promise.allSettled([adding('one'), failing(), adding('two')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await names()).toEqual(['one', 'two']);
});
