import type { Config } from '../config.js';
import { formatVersion, type Manifest, type SealedChannel, type TableShape } from './format.js';
import { fingerprint, type FoundKey, keyAtHand, opens } from './key.js';
import { productVersion } from './product-version.js';
import { all, type Snapshot } from './snapshot.js';
import { hashBytes, referredFiles } from './stored-files.js';
import { keptTables } from './tables.js';

/** What is about to be written. */
export interface Plan {
  manifest: Manifest;
  /** Of the files that rows refer to, one after the other. */
  hashes: Buffer;
  /** To be put into the backup; null when it is not to be. */
  key: Buffer | null;
  /** Channels whose settings the key at hand does not open. */
  unopened: SealedChannel[];
}

const channelsSql = `
  SELECT c.id, c.type, c.name, c.address, s.sealed
  FROM channel c JOIN channel_secret s ON s.channel_id = c.id ORDER BY c.id`;

/** Looks at what there is. Throws with a sentence when the key is wanted and there is none. */
export async function planBackup(config: Config, snapshot: Snapshot, withKey: boolean): Promise<Plan> {
  const found = await keyAtHand(config);
  if (withKey && !found)
    throw new Error('There is no key to put into the backup: ENCRYPTION_KEY is not set, and DATA_DIR has no secret.key.');
  const migrations = await all<{ name: string }>(snapshot, 'SELECT name FROM migrations ORDER BY timestamp');
  const createdAt = new Date().toISOString();
  const tables = await counted(snapshot, await keptTables(snapshot));
  const hashes = await referredFiles(snapshot, tables);
  const { channels, unopened } = await sealedChannels(snapshot, found);
  const manifest: Manifest = {
    format: formatVersion,
    product: await productVersion(),
    createdAt,
    database: snapshot.dialect,
    migrations: migrations.map(({ name }) => name),
    tables,
    lastChange: await count(snapshot, 'COALESCE(MAX(id), 0)', 'change'),
    files: hashes.length / hashBytes,
    channels,
    key: { fingerprint: found && !unopened.length ? fingerprint(found.key) : null, included: withKey },
  };
  return { manifest, hashes, key: withKey ? found!.key : null, unopened };
}

async function counted(snapshot: Snapshot, shapes: TableShape[]): Promise<Manifest['tables']> {
  const tables: Manifest['tables'] = [];
  for (const shape of shapes) tables.push({ ...shape, rows: await count(snapshot, 'COUNT(*)', shape.name) });
  return tables;
}

async function sealedChannels(snapshot: Snapshot, found: FoundKey | null): Promise<Pick<Plan, 'unopened'> & { channels: SealedChannel[] }> {
  const rows = await all<{ id: string; type: string; name: string; address: string; sealed: string }>(snapshot, channelsSql);
  const outline = ({ id, type, name, address }: SealedChannel) => ({ id, type, name, address });
  const unopened = rows.filter(({ id, sealed }) => !found || !opens(found.key, sealed, id));
  return { channels: rows.map(outline), unopened: unopened.map(outline) };
}

async function count(snapshot: Snapshot, what: string, table: string): Promise<number> {
  const [row] = await all<{ count: string | number }>(snapshot, `SELECT ${what} AS count FROM "${table}"`);
  return Number(row!.count);
}
