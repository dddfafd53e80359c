import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, Stop } from './command.mjs';

/** Programs that npm cannot bring: the names they go by, and the package that brings them. */
const programs = {
  redis: { names: ['redis-server', 'valkey-server'], what: 'Redis, which keeps the job queue', apt: 'redis-server', brew: 'redis' },
  postgres: { names: ['initdb'], what: 'PostgreSQL, which half of the tests run on', apt: 'postgresql', brew: 'postgresql@17' },
  dovecot: { names: ['dovecot'], what: 'Dovecot, a mail server, for mailboxes to try things on', apt: 'dovecot-imapd', brew: 'dovecot' },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'Google Chrome', 'Chromium'],
    what: 'Chromium, the browser that the tests use the inbox with',
    apt: 'chromium',
    brew: 'chromium',
  },
  ps: { names: ['ps'], what: 'ps, with which the tests look for processes left behind', apt: 'procps', brew: 'procps' },
  faketime: {
    names: ['faketime'],
    what: 'libfaketime, with which the tests set the clock of a single process',
    apt: 'faketime',
    system: 'linux',
  },
};

/** Whether a need is one on this system at all. */
export const onThisSystem = (need) => [undefined, process.platform].includes(programs[need].system);

/** Where programs live, PATH first, then the places that are not on everybody's. */
function directories() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)) : [];
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const mac = [
    ...['/opt/homebrew', '/usr/local'].flatMap((brew) => [`${brew}/bin`, `${brew}/sbin`, `${brew}/opt/postgresql@17/bin`]),
    ...['Google Chrome', 'Chromium'].map((app) => `/Applications/${app}.app/Contents/MacOS`),
  ];
  const linux = [...versions.map((version) => `/usr/lib/postgresql/${version}/bin`), '/usr/sbin', '/usr/local/sbin'];
  return [...onPath, ...(process.platform === 'darwin' ? mac : linux)];
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const locate = (names) => names.flatMap((name) => directories().map((directory) => join(directory, name))).find(isProgram);

/** Where the library is that answers for the system's clock, or undefined. */
export function clockLibrary() {
  const triples = existsSync('/usr/lib') ? readdirSync('/usr/lib') : [];
  return triples.map((triple) => join('/usr/lib', triple, 'faketime/libfaketime.so.1')).find(existsSync);
}

/** The full path of a program (`redis`, `postgres`, `dovecot`, `chromium`), or undefined when this machine has none. */
export const find = (need) => locate(programs[need].names);

/** Makes sure that programs are there, installing the missing ones; says what and why. Answers their paths by name. */
export async function ensure(needs, { signal, say = console.log } = {}) {
  const missing = needs.filter((need) => !find(need));
  if (missing.length) {
    const commands = await installCommands(missing);
    say(`Installing system packages:\n${missing.map((need) => `  ${programs[need].what}`).join('\n')}`);
    for (const [command, ...args] of commands) {
      say(`  $ ${[command, ...args].join(' ')}`);
      await run(command, args, { signal, loud: command === 'sudo' && args[0] !== '-n' }).catch((error) => {
        throw new Stop(byHand(error.message, missing));
      });
    }
    // Debian starts what it installs; nobody should wonder where a mail server on port 143 came from.
    if (existsSync('/run/systemd/system'))
      say('  Your system may run these as services from now on. Tributary does not need that: it starts its own, private ones.');
    const lacking = missing.filter((need) => !find(need));
    if (lacking.length) throw new Stop(byHand('The packages are installed, but something is still not to be found.', lacking));
  }
  return Object.fromEntries(needs.map((need) => [need, find(need)]));
}

async function installCommands(needs) {
  if (locate(['apt-get'])) {
    const apt = [...(await rootPrefix(needs)), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300'];
    return [
      [...apt, 'update'],
      [...apt, 'install', '-y', '--no-install-recommends', ...needs.map((need) => programs[need].apt)],
    ];
  }
  if (locate(['brew'])) return [['brew', 'install', '--quiet', ...needs.map((need) => programs[need].brew)]];
  throw new Stop(byHand('Something is missing, and neither apt-get nor brew is here to bring it.', needs));
}

/** What to put before a command so that root runs it. A password is asked for only where somebody is there to type it. */
async function rootPrefix(needs) {
  if (process.getuid() === 0) return [];
  if (!locate(['sudo']))
    throw new Stop(byHand('System packages are missing; installing them needs root, and there is no sudo here.', needs));
  const passwordless = await run('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  );
  if (passwordless) return ['sudo', '-n'];
  if (process.stdin.isTTY && !process.env.CI) return ['sudo'];
  throw new Stop(byHand('System packages are missing, and sudo wants a password that nobody is here to type.', needs));
}

function byHand(reason, needs) {
  const lines = needs.map((need) => `  ${programs[need].what} (Debian, Ubuntu: ${programs[need].apt}; Homebrew: ${programs[need].brew})`);
  return `${reason}\nPlease install the following and run the command again:\n${lines.join('\n')}`;
}
