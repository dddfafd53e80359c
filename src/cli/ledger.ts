import { parseArgs } from 'node:util';
import { isIn, isUUID } from 'class-validator';
import { type Config, readConfig } from '../config.js';
import { openDatabase } from '../database/data-source.js';
import { replayable } from '../inbound/replay.js';

const options = { state: { type: 'string' }, channel: { type: 'string' }, limit: { type: 'string', default: '50' } } as const;

/** What somebody asks of the ledger, in words that are known to be right. */
export interface LedgerWords {
  ids: string[];
  state?: string;
  channelId?: string;
  limit: number;
}

/** Throws with what is allowed. */
export function ledgerWords(words: string[], states: readonly string[] = replayable): LedgerWords {
  const { values, positionals: ids } = parseArgs({ args: words, options, allowPositionals: true });
  const { state, channel: channelId } = values;
  const limit = Number(values.limit);
  if (state !== undefined && !isIn(state, states)) throw new Error(`--state must be one of ${states.join(', ')}.`);
  if (channelId !== undefined && !isUUID(channelId))
    throw new Error("--channel must be a channel's id, as its page in the settings has it.");
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new Error('--limit must be a whole number, 1 to 10000.');
  const wrong = ids.find((id) => !isUUID(id));
  if (wrong !== undefined) throw new Error(`"${wrong}" is not the id of an event.`);
  return { ids, state, channelId, limit };
}

/** Runs work on the database that the environment names, be the server running or not. */
export async function onDatabase<T>(work: (database: Awaited<ReturnType<typeof openDatabase>>, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const database = await openDatabase(config);
  try {
    return await work(database, config);
  } finally {
    await database.destroy();
  }
}
