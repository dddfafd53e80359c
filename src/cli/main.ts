#!/usr/bin/env node
import type { Command } from './command.js';

/** Each is loaded when it is asked for: most of what one needs the others do not. */
const commands: Record<string, { usage: string; about: string; load: () => Promise<Command> }> = {
  backup: {
    usage: 'FILE|- [--with-key] [--force] [--quiet]  |  --verify FILE',
    about: 'write rows and files into one file while the app runs; --verify reads one and says whether it is whole',
    load: async () => (await import('./backup.js')).backup,
  },
  doctor: {
    usage: '[--json]',
    about: 'look at everything Tributary needs and say what to do; exits with 1 when something failed, not for warnings',
    load: async () => (await import('./doctor.js')).doctor,
  },
  'ledger list': {
    usage: '[--state STATE|waiting] [--channel ID] [--limit N]',
    about: 'show what came in and what became of it, newest first',
    load: async () => (await import('./ledger-list.js')).ledgerList,
  },
  'ledger replay': {
    usage: '[ID…] [--state processed|ignored|quarantined] [--channel ID]',
    about: 'have events taken in again; nothing is doubled',
    load: async () => (await import('./ledger-replay.js')).ledgerReplay,
  },
  'mail inspect': {
    usage: 'FILE…',
    about: 'show what the email connector makes of raw mails, one JSON line each',
    load: async () => (await import('./mail-inspect.js')).mailInspect,
  },
  migrate: {
    usage: '',
    about: 'bring the database up to date, as every start does',
    load: async () => (await import('./migrate.js')).migrate,
  },
  restore: {
    usage: 'FILE [--key-file FILE | --without-key] [--dry-run] [--quiet]',
    about: 'restore a backup, be it of SQLite or PostgreSQL, into an empty database and DATA_DIR',
    load: async () => (await import('./restore.js')).restore,
  },
  'user add': {
    usage: '--email ADDRESS --name NAME [--role admin|supervisor|agent]',
    about: 'add a user; the password is read from standard input',
    load: async () => (await import('./user-add.js')).userAdd,
  },
};

function help(): string {
  const lines = Object.entries(commands).map(([name, { usage, about }]) => `  tributary ${name} ${usage}\n      ${about}`);
  return `Tributary, on the command line. It reads the same environment as the server.\n\n${lines.join('\n')}\n\n  tributary help\n`;
}

const words = process.argv.slice(2);
const name = [words.slice(0, 2).join(' '), words[0] ?? 'help'].find((candidate) => candidate in commands);
const command = name === undefined ? undefined : commands[name];

if (command && name !== undefined) {
  const run = await command.load();
  process.exitCode = await run(words.slice(name.split(' ').length)).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    return 1;
  });
} else {
  const asked = words.length === 0 || ['help', '--help', '-h'].includes(words[0]!);
  (asked ? process.stdout : process.stderr).write(asked ? help() : `There is no command "${words.join(' ')}".\n\n${help()}`);
  process.exitCode = asked ? 0 : 2;
}
