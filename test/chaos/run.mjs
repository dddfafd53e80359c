// npm run chaos -- --seed N --minutes M [--database sqlite|postgres]: see docs/chaos.md.
import { parseArgs } from 'node:util';
import { main, Stop } from '../../src/setup/command.mjs';
import { build, checkNode, installModules, root } from '../../src/setup/project.mjs';
import { ensure } from '../../src/setup/system-packages.mjs';
import { jest } from '../jest.mjs';
import { breakable, breakableNeeds } from '../servers/breakable.mjs';

process.chdir(root);

await main(async (signal) => {
  const { seed, minutes, database } = wishes();
  checkNode();
  const programs = await ensure(breakableNeeds, { signal });
  await installModules({ signal });
  await build({ signal });
  console.log(`Chaos: seed ${seed}, ${minutes} minutes on ${database} …`);
  const args = ['--selectProjects', database, '--testPathPatterns', 'test/chaos.spec.ts'];
  return jest(args, { ...breakable(programs), CHAOS_SEED: seed, CHAOS_MINUTES: minutes }, signal);
});

function wishes() {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { seed: text, minutes: text, database: text } });
  const { seed = String(Date.now() % 1_000_000), minutes = '5', database = 'sqlite' } = values;
  if (!/^\d+$/.test(seed)) throw new Stop(`--seed ${seed}: must be a whole number`);
  if (!(Number(minutes) > 0 && Number(minutes) <= 600)) throw new Stop(`--minutes ${minutes}: must be a number, up to 600`);
  if (!['sqlite', 'postgres'].includes(database)) throw new Stop(`--database ${database}: must be sqlite or postgres`);
  return { seed, minutes, database };
}
