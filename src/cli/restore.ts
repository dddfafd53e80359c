import { parseArgs } from 'node:util';
import { readConfig } from '../config.js';
import { asSentence } from '../backup/draft.js';
import { channelNames, planRestore, type RestorePlan } from '../backup/plan-restore.js';
import { verify } from '../backup/read-backup.js';
import { restore as restoreAll, type RestoreReport } from '../backup/restore.js';
import { watchWith } from './backup.js';
import type { Command } from './command.js';
import { told } from './progress.js';

const options = {
  'key-file': { type: 'string' },
  'without-key': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
} as const;

/** Restores a backup into an empty place; with `--dry-run` it only finds out whether it could. */
export const restore: Command = async (words) => {
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const [path, ...more] = positionals;
  if (!path || more.length) throw new Error('Name the one file to restore.');
  const config = readConfig(process.env);
  const plan = await planRestore(config, path, { keyFile: values['key-file'], withoutKey: values['without-key'] });
  const watch = watchWith(values.quiet);
  if (values['dry-run']) {
    await verify(path, watch);
    process.stdout.write(`${path} is whole and can be restored here. Nothing was changed.\n`);
    return 0;
  }
  const report = await restoreAll(config, plan, watch).catch((error: Error) => {
    throw asSentence(error, config.DATA_DIR);
  });
  process.stdout.write(`${summary(plan, report).join('\n')}\n`);
  return 0;
};

function summary({ manifest, key }: RestorePlan, { closing, replies }: RestoreReport): string[] {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const absent = closing.missing.length + closing.damaged.length;
  return [
    `Restored ${told(rows, 'rows')} and ${told(closing.files.count - closing.damaged.length, 'files')}, as they were at ${manifest.createdAt}.`,
    ...(absent ? [`${told(absent, 'file(s)')} were lost before the backup was made; their messages say that they are gone.`] : []),
    ...aboutReplies(replies),
    ...aboutKey(manifest, key),
    'Everybody signs in anew. API keys work as they did then, those that were revoked since as well.',
    'Make sure that the Tributary which this backup came from is stopped, then start this one: it fetches what came since.',
  ];
}

function aboutReplies({ uncertain, planned }: RestoreReport['replies']): string[] {
  return [
    ...(uncertain
      ? [
          `${told(uncertain, 'replies')} were on their way then and may have been sent since. Each is marked as uncertain and waits for somebody’s word; none is sent again by itself.`,
        ]
      : []),
    ...(planned ? [`${told(planned, 'replies')} are planned for a time that is still to come, and will leave then.`] : []),
  ];
}

function aboutKey({ channels, createdAt }: RestorePlan['manifest'], key: Buffer | null): string[] {
  if (!channels.length) return [];
  if (key) return ['The channels’ credentials open with the key, so nobody needs to connect them again.'];
  return [
    `Without the key these channels must be connected again, which goes on with their conversations; import mail since ${createdAt.slice(0, 10)}: ${channelNames({ channels })}.`,
  ];
}
