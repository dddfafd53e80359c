import { readConfig } from '../config.js';
import { openDatabase } from '../database/data-source.js';
import type { Command } from './command.js';

/** Opens the database, which migrates it. */
export const migrate: Command = async () => {
  const database = await openDatabase(readConfig(process.env));
  const [{ count } = { count: 0 }] = await database.query<Array<{ count: number }>>('SELECT COUNT(*) AS count FROM migrations');
  await database.destroy();
  process.stdout.write(`The database is up to date: ${count} migration(s) in place.\n`);
  return 0;
};
