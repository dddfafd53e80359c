import { chaos } from './chaos/chaos.js';
import { planOf } from './chaos/plan.js';
import { tableOf } from './chaos/table.js';

declare const TEST_DATABASE: 'sqlite' | 'postgres';

/** A short run unless `npm run chaos` asks for another. */
const seed = Number(process.env.CHAOS_SEED ?? 1);
const minutes = Number(process.env.CHAOS_MINUTES ?? 1);

const tell = (words: string) => void process.stdout.write(`${words}\n`);

test(
  'nothing is lost, nothing is there twice and everything is in order, whatever breaks meanwhile',
  async () => {
    const run = await chaos({ seed, minutes, database: TEST_DATABASE, tell });
    process.stdout.write(`\n${tableOf(run)}\n`);
    const broken = run.rules.filter(({ against }) => against.length);
    if (broken.length) process.stdout.write(`What was done to it: ${JSON.stringify(run.struck)}\n`);
    expect(broken.map(({ name, against }) => `${name}: ${against.length}`)).toEqual([]);
  },
  minutes * 60_000 + 600_000,
);

test('the same seed breaks the same things at the same times', () => {
  expect(planOf(7, 5, TEST_DATABASE)).toEqual(planOf(7, 5, TEST_DATABASE));
  expect(planOf(8, 5, TEST_DATABASE)).not.toEqual(planOf(7, 5, TEST_DATABASE));
});
