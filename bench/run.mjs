// npm run bench -- NAME [--option value]: measures, and prints one JSON line per figure. See README.md beside this file.
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''));

const { positionals, values } = parseArgs({ allowPositionals: true, options: { mails: { type: 'string' }, seed: { type: 'string' } } });
const [name] = positionals;

if (!name || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 2;
} else if (!existsSync('dist/src/main.js')) {
  console.error('The app is not built yet: npm run build:server');
  process.exitCode = 2;
} else {
  const { run } = await import(`./${name}.bench.mjs`);
  for await (const figure of run(values)) console.log(JSON.stringify({ bench: name, ...figure }));
}
