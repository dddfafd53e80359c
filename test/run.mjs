import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { main } from '../src/setup/command.mjs';
import { build, checkNode, installModules, node, root } from '../src/setup/project.mjs';
import { ensure } from '../src/setup/system-packages.mjs';
import { guarded } from './servers/guarded.mjs';
import { startPostgres } from './servers/postgres.mjs';
import { startRedis } from './servers/redis.mjs';

process.chdir(root);

await main(async (signal) => {
  checkNode();
  const programs = await ensure(['redis', 'postgres', 'dovecot', 'chromium', 'ps'], { signal });
  await installModules({ signal });
  await build({ signal });
  const servers = [await startRedis(programs.redis), await startPostgres(programs.postgres)];
  const [redis, postgres] = servers;
  try {
    return await jest({ TEST_REDIS_URL: redis.url, TEST_POSTGRES_URL: postgres.url, CHROMIUM_PATH: programs.chromium }, signal);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});

/** Runs jest over all projects, or what the command line asks for, and ends with the sum. */
async function jest(addresses, signal) {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-tests-'));
  const results = join(directory, 'results.json');
  const workers = `--maxWorkers=${Math.max(2, Math.floor(availableParallelism() / 2))}`;
  const args = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${results}`, workers, ...process.argv.slice(2)];
  const env = {
    ...process.env,
    ...addresses,
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  signal.throwIfAborted();
  const tests = guarded(node, args, { env, loud: true });
  signal.addEventListener('abort', tests.stop);
  const code = await tests.ended;
  const result = existsSync(results) ? JSON.parse(await readFile(results, 'utf8')) : {};
  await rm(directory, { recursive: true });
  signal.throwIfAborted();
  return summary(result, code);
}

/** Prints the line that scripts look for. A file that could not even be loaded counts as a failure; no test at all is one, too. */
function summary({ numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0, numPendingTests = 0 }, code) {
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests ? `, ${numPendingTests} skipped` : '';
  console.log(`\n${numPassedTests} passed, ${failed} failed${skipped}`);
  return code || (numPassedTests === 0 || failed > 0 ? 1 : 0);
}
