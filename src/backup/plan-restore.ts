import type { Config } from '../config.js';
import { migrations } from '../database/data-source.js';
import type { Manifest } from './format.js';
import { fingerprint, type FoundKey, keyAtHand, readKey } from './key.js';
import { readBackup, readManifest, textOf } from './read-backup.js';
import { isUnfinished, whatIsThere } from './target.js';

export interface RestoreOptions {
  /** Holds the key that the channels were sealed with. */
  keyFile?: string;
  /** Go on without the key: the channels are then to be connected again. */
  withoutKey: boolean;
}

/** What is about to be restored. */
export interface RestorePlan {
  path: string;
  manifest: Manifest;
  /** Opens the channels; null when they are restored without. */
  key: Buffer | null;
  /** Whether the app will look for the key in DATA_DIR and it is not there yet. */
  writesKey: boolean;
}

/** Finds out whether the backup can be restored here. Throws with a sentence that says why not and what to do. */
export async function planRestore(config: Config, path: string, options: RestoreOptions): Promise<RestorePlan> {
  const manifest = await readManifest(path);
  refuseNewer(path, manifest);
  await refuseOccupied(config);
  const key = options.withoutKey ? null : await chooseKey(config, path, manifest, options.keyFile);
  return { path, manifest, key, writesKey: !!key && !(await keyAtHand(config)) };
}

function refuseNewer(path: string, manifest: Manifest): void {
  const known = migrations.map(({ name }) => name);
  const unknown = manifest.migrations.filter((name) => !known.includes(name));
  if (unknown.length)
    throw new Error(
      `${path} was made by a newer Tributary (${manifest.product}), which keeps more than this one knows of. Update Tributary first.`,
    );
}

async function refuseOccupied(config: Config): Promise<void> {
  const begun = isUnfinished(config);
  const there = (await whatIsThere(config)).filter((words) => !(begun && words.startsWith(config.DATA_DIR)));
  if (!there.length) return;
  throw new Error(
    `A backup is restored into an empty place only, and ${there.join('; ')}. Stop Tributary, move DATA_DIR away${config.DATABASE_URL ? ', drop the PostgreSQL database and create it anew' : ''}, then restore again.`,
  );
}

/** The key given or at hand, which must be the right one; else the one in the backup; null when no channel needs any. */
async function chooseKey(config: Config, path: string, manifest: Manifest, keyFile: string | undefined): Promise<Buffer | null> {
  const given = [keyFile === undefined ? null : await readKey(keyFile), await keyAtHand(config)].filter((found) => found !== null);
  for (const found of given) refuseWrong(found, manifest);
  if (given[0]) return given[0].key;
  if (manifest.key.included) return keyInside(path);
  if (!manifest.channels.length) return null;
  throw new Error(
    `The encryption key is not in this backup, and without it the credentials of its channels cannot be opened. Give it with --key-file FILE or ENCRYPTION_KEY${withFingerprint(manifest)}. If it is lost, restore with --without-key and connect these channels again afterwards: ${channelNames(manifest)}.`,
  );
}

function refuseWrong({ key, source }: FoundKey, manifest: Manifest): void {
  const wanted = manifest.key.fingerprint;
  if (!wanted || fingerprint(key) === wanted) return;
  throw new Error(
    `The key in ${source} is not the one that this backup's channels are sealed with: its fingerprint is ${fingerprint(key)}, and ${wanted} is needed.`,
  );
}

async function keyInside(path: string): Promise<Buffer> {
  for await (const { kind, content } of readBackup(path)) if (kind === 'key') return Buffer.from(await textOf(content), 'base64');
  throw new Error(`${path} should hold the key and does not.`);
}

const withFingerprint = ({ key }: Manifest) => (key.fingerprint ? ` (its fingerprint is ${key.fingerprint})` : '');

/** `Support (email, support@example.com), …` */
export const channelNames = ({ channels }: Pick<Manifest, 'channels'>) =>
  channels.map(({ name, type, address }) => `${name} (${type}, ${address})`).join(', ');
