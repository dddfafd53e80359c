import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { node, root } from '../src/setup/project.mjs';
import { guarded } from './servers/guarded.mjs';

/** Runs jest with these arguments and this environment beside our own, and prints the line that scripts look for. Answers the exit code. */
export async function jest(args, env, signal) {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-tests-'));
  const results = join(directory, 'results.json');
  const workers = `--maxWorkers=${Math.max(2, Math.floor(availableParallelism() / 2))}`;
  const all = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${results}`, workers, ...args];
  const environment = {
    ...process.env,
    ...env,
    PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  signal.throwIfAborted();
  const tests = guarded(node, all, { env: environment, loud: true });
  signal.addEventListener('abort', tests.stop);
  const code = await tests.ended;
  const result = existsSync(results) ? JSON.parse(await readFile(results, 'utf8')) : {};
  await rm(directory, { recursive: true });
  signal.throwIfAborted();
  return summary(result, code);
}

/** A file that could not even be loaded counts as a failure; no test at all is one, too. */
function summary({ numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0, numPendingTests = 0 }, code) {
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  const skipped = numPendingTests ? `, ${numPendingTests} skipped` : '';
  console.log(`\n${numPassedTests} passed, ${failed} failed${skipped}`);
  return code || (numPassedTests === 0 || failed > 0 ? 1 : 0);
}
