import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { playScenario, type Line } from './run.js';
import { readScenario } from './scenario.js';

const usage = `Usage: npm run simulate:meta -- SCENARIO.json [--keep]

Plays a scenario of the simulated Meta platform: one JSON line per happening, the truth at the end.
  --keep   goes on after the last step, open to calls at /_sim/, until Ctrl-C
docs/simulator.md describes the format.
`;

const tell = (line: Line) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const interrupted = () => new Promise<void>((done) => void process.once('SIGINT', done).once('SIGTERM', done));

async function main(args: string[]): Promise<void> {
  const [file, ...others] = args.filter((arg) => arg !== '--keep');
  if (!file || others.length) throw new Error(usage);
  // npm runs us in the package's own directory; the file is named from where the person stands.
  const json: unknown = JSON.parse(await readFile(resolve(process.env.INIT_CWD ?? '.', file), 'utf8'));
  const outcome = await playScenario(readScenario(json), tell, args.includes('--keep') ? interrupted : undefined);
  tell({ kind: 'truth', ...outcome });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
