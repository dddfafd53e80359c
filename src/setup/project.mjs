import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, Stop } from './command.mjs';

/** The repository's top folder, wherever the command was called from. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Node that the app and its tests run on; it comes with the dependencies. */
export const node = join(root, 'node_modules/.bin/node');

/** Stops unless this Node can run npm and these scripts; the app itself brings its own. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`This is Node ${process.versions.node}; Tributary needs Node 20.19 or newer to install itself. See https://nodejs.org`);
}

/** Runs `npm ci` unless what is installed is what the lock file asks for. */
export async function installModules({ signal, say = console.log } = {}) {
  if (modulesAreCurrent()) return;
  say('Installing Node packages with npm ci …');
  await run('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], { signal });
}

// npm writes node_modules/.package-lock.json when an install is complete. Its times mean nothing after a clone or a pull, its content does.
function modulesAreCurrent() {
  const [wanted, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map(packagesOf);
  if (!installed || !existsSync(node)) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || installed[path]?.version === version || (optional && !installed[path]),
  );
}

function packagesOf(lockfile) {
  const path = join(root, lockfile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

/** What is built from what. The server's build empties `dist`, so the web follows it. */
const builds = [
  {
    script: 'build:server',
    result: 'dist/src/main.js',
    sources: ['src', 'libs', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'],
  },
  { script: 'build:web', result: 'dist/web/index.html', sources: ['web', 'package-lock.json'] },
];

/** Builds server and web where the result is missing or older than its sources. */
export async function build({ signal, say = console.log } = {}) {
  for (const { script, result, sources } of builds) {
    const built = existsSync(join(root, result)) ? statSync(join(root, result)).mtimeMs : 0;
    if (built && sources.every((source) => newest(join(root, source)) <= built)) continue;
    say(`Building (npm run ${script}) …`);
    await run('npm', ['run', '--silent', script], { signal });
  }
}

/** When anything in a folder that ends up in a build was last written, in milliseconds. */
function newest(path) {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.(spec\.ts|mjs)$/.test(entry.name));
  return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
