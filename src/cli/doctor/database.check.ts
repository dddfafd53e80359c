import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { connectDatabase } from '../../database/data-source.js';
import { migrationsOf } from '../../health/probes.js';
import { addressOf } from '../../reason.js';
import { fail, type Finding, megabytes, ok, warn } from './finding.js';

const run = promisify(execFile);
const patienceMs = 15_000;
const ourConnections = 20;

/** Opens the database as it is: nothing is migrated. Throws what is wrong. */
export async function openAsItIs(config: Config): Promise<DataSource> {
  if (config.dialect === 'sqlite' && !(await stat(fileOf(config)).catch(() => null)))
    throw new Error(`There is no database yet: ${fileOf(config)} does not exist.`);
  return connectDatabase(config);
}

export async function databaseFindings(config: Config, opening: Promise<DataSource>): Promise<Finding[]> {
  const where = config.DATABASE_URL ? `PostgreSQL at ${addressOf(config.DATABASE_URL)}` : 'SQLite';
  try {
    const database = await opening;
    return [...(config.dialect === 'sqlite' ? await sqlite(config) : await postgres(database, where)), await tables(database)];
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('There is no database yet')) return [warn('database', message, 'The first start makes it.')];
    const advice = config.DATABASE_URL
      ? 'Is the server running, and are host, port, user and password in DATABASE_URL right?'
      : 'Stop the server and bring the last backup back, or give the file to the user that runs Tributary.';
    return [fail('database', `${where} cannot be opened: ${message}`, advice)];
  }
}

const fileOf = ({ DATA_DIR }: Config) => join(DATA_DIR, 'tributary.sqlite');

/** Another process reads the file through, because the driver would let nobody else here work meanwhile. */
async function sqlite(config: Config): Promise<Finding[]> {
  const file = fileOf(config);
  const size = megabytes((await stat(file)).size);
  const script = fileURLToPath(import.meta.resolve('./quick-check.js'));
  try {
    const { stdout } = await run(process.execPath, [script, file], { timeout: patienceMs });
    if (stdout.trim() === 'ok') return [ok('database', `SQLite, ${size}, and every page of it is sound.`)];
    const advice = 'Stop the server, keep a copy of the file, and bring the last backup back.';
    return [fail('database', `SQLite found damage in ${file}: ${stdout.trim().split('\n')[0]}`, advice)];
  } catch (error) {
    if ((error as { killed?: boolean }).killed)
      return [ok('database', `SQLite, ${size}: too much to read all of it now, so not every page was looked at.`)];
    throw error;
  }
}

async function postgres(database: DataSource, where: string): Promise<Finding[]> {
  const [facts] = await database.query<Array<Record<'version' | 'encoding' | 'most' | 'used' | 'readonly', string>>>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
       current_setting('max_connections') AS most, (SELECT COUNT(*) FROM pg_stat_activity) AS used,
       current_setting('transaction_read_only') AS readonly`,
  );
  const { version, encoding, most, used, readonly } = facts!;
  const findings = [ok('database', `${where}, version ${version.split(' ')[0]}, ${used} of ${most} connections are taken.`)];
  if (encoding !== 'UTF8')
    findings.push(fail('encoding', `The database is in ${encoding}.`, 'Make one with ENCODING UTF8: messages hold every script there is.'));
  if (readonly === 'on')
    findings.push(fail('writable', 'The database takes no writes.', 'DATABASE_URL must name the primary, not a replica.'));
  if (Number(most) - Number(used) < ourConnections) {
    const advice = `A process of Tributary takes up to ${ourConnections}, and with QUEUE_BACKEND=postgres some 30. Raise max_connections.`;
    findings.push(warn('connections', `Only ${Number(most) - Number(used)} more connections are allowed.`, advice));
  }
  return findings;
}

async function tables(database: DataSource): Promise<Finding> {
  const { missing, unknown } = await migrationsOf(database);
  if (missing.length === database.migrations.length) return warn('migrations', 'There are no tables yet.', 'The first start makes them.');
  if (missing.length)
    return fail('migrations', `${missing.length} migration(s) of this version are missing.`, 'Start the server, or run: tributary migrate');
  if (unknown.length)
    return warn('migrations', 'A newer version has changed the tables.', 'Run that version: this one does not know what it added.');
  return ok('migrations', 'The tables are those of this version.');
}
