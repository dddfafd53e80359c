import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.js';
import { asSentence, writeWhole } from '../backup/draft.js';
import { channelNames } from '../backup/plan-restore.js';
import { verify } from '../backup/read-backup.js';
import { type BackupReport, writeBackup } from '../backup/write-backup.js';
import type { Command } from './command.js';
import { progress, told } from './progress.js';

const options = {
  'with-key': { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  verify: { type: 'boolean', default: false },
} as const;

/** Writes everything into one file while the app runs; with `--verify` it reads such a file instead and says whether it is whole. */
export const backup: Command = async (words) => {
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const [path, ...more] = positionals;
  if (!path || more.length) throw new Error('Name one file for the backup, or - for standard output.');
  return values.verify ? check(path, values.quiet) : make(path, { ...values, withKey: values['with-key'] });
};

async function make(path: string, { withKey, force, quiet }: { withKey: boolean; force: boolean; quiet: boolean }): Promise<number> {
  if (path === '-' && process.stdout.isTTY) throw new Error('A backup is nothing for a terminal. Name a file, or pipe it on.');
  const config = readConfig(process.env);
  const watch = watchWith(quiet);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error('Stopped. Nothing was left behind.')));
  const write = (out: NodeJS.WritableStream) => writeBackup(config, out, { withKey, watch, signal: stop.signal });
  const report = await (path === '-' ? write(process.stdout) : writeWhole(path, force, write)).catch((error: Error) => {
    throw stop.signal.aborted ? (stop.signal.reason as Error) : asSentence(error, path === '-' ? 'standard output' : path);
  });
  const lines = [...summary(path, report, path === '-' ? null : (await stat(path)).size), ...aboutKey(report)];
  if (!quiet) (path === '-' ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  for (const warning of warnings(report)) process.stderr.write(`Warning: ${warning}\n`);
  return 0;
}

async function check(path: string, quiet: boolean): Promise<number> {
  const { manifest, closing } = await verify(path, watchWith(quiet));
  const found = contents({ manifest, closing, unopened: [] });
  if (!quiet) process.stdout.write(`${path} is whole: ${found}, of ${manifest.createdAt}, made by Tributary ${manifest.product}.\n`);
  return 0;
}

/** Progress for the work of a command. */
export const watchWith = (quiet: boolean) => (label: string, total: number | undefined, unit: string) =>
  progress(label, total, { unit, quiet });

function contents({ manifest, closing: { files } }: BackupReport): string {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  return `${told(rows, 'rows')} and ${told(files.count, 'files')} (${told(files.bytes, 'bytes')})`;
}

const summary = (path: string, report: BackupReport, size: number | null) => [
  `Backed up ${contents(report)}, as they were at ${report.manifest.createdAt}${size === null ? '' : `, to ${path} (${told(size, 'bytes')})`}.`,
];

function aboutKey({ manifest: { channels, key } }: BackupReport): string[] {
  if (key.included)
    return ['The encryption key is in it: whoever can read this file can use your channels’ credentials. Keep it as you keep passwords.'];
  if (!channels.length) return [];
  return [
    'The encryption key is not in it. Keep DATA_DIR/secret.key (or your ENCRYPTION_KEY) in another place: without it the channels must be connected again after a restore.',
    ...(key.fingerprint ? [`The key’s fingerprint is ${key.fingerprint}.`] : []),
  ];
}

function warnings({ unopened, closing: { missing, damaged } }: BackupReport): string[] {
  const files = (hashes: string[]) =>
    `${told(hashes.length, 'file(s)')}: ${hashes.slice(0, 5).join(', ')}${hashes.length > 5 ? ', …' : ''}`;
  return [
    ...(unopened.length
      ? [
          `the key at hand does not open the credentials of ${channelNames({ channels: unopened })}. Are DATA_DIR and ENCRYPTION_KEY those of the app?`,
        ]
      : []),
    ...(missing.length ? [`the store lacks ${files(missing)}. Everything else is in the backup. Is DATA_DIR that of the app?`] : []),
    ...(damaged.length
      ? [`these files in the store have changed since they were stored, which disks do when they fail. ${files(damaged)}`]
      : []),
  ];
}
