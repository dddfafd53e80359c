import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, LessThanOrEqual } from 'typeorm';
import { InboundEvent } from '../inbound/inbound-event.entity.js';
import { refusalsOf } from '../inbound/refusals.js';
import { type Replayable, replay, replayable, type Selection } from '../inbound/replay.js';
import type { Command } from './command.js';
import { ledgerWords, onDatabase } from './ledger.js';
import { progress } from './progress.js';

const lookEveryMs = 500;
/** A server looks for waiting events every few seconds. */
const noServerAfterMs = 20_000;
const idsAtOnce = 1_000;

/** Has events taken in anew; a running server does so at once, otherwise the next start. Shows how far it is until all are settled. */
export const ledgerReplay: Command = async (words) => {
  const { ids, state, channelId } = ledgerWords(words);
  if (ids.length && (state ?? channelId)) throw new Error('Name events by their ids, or by --state and --channel.');
  if (!ids.length && !state && !channelId) throw new Error('Name events by their ids, by --state, by --channel, or by both.');
  const states = state ? [state as Replayable] : replayable;
  const selection: Selection = ids.length ? { ids } : { states, channelId };
  return onDatabase((database) => run(database, selection));
};

async function run(database: DataSource, selection: Selection): Promise<number> {
  const refused = await refusedOf(database, selection);
  const shown = progress('Replaying', undefined, { unit: 'events' });
  const replayed = await replay(database, selection, (rows) => shown.add(rows));
  shown.end();
  for (const { id, reason } of refused) process.stderr.write(`${id}: ${reason}\n`);
  const settled = await untilSettled(database, replayed);
  process.stdout.write(`${replayed} event(s) replayed${refused.length ? `, ${refused.length} or more refused` : ''}.\n`);
  if (!settled) process.stdout.write('No server is taking them in right now; one does when it runs.\n');
  return replayed === 0 && refused.length ? 1 : 0;
}

async function refusedOf(database: DataSource, selection: Selection) {
  if (!('ids' in selection)) return refusalsOf(database, selection);
  const refused = [];
  for (let start = 0; start < selection.ids.length; start += idsAtOnce)
    refused.push(...(await refusalsOf(database, { ids: selection.ids.slice(start, start + idsAtOnce) })));
  return refused;
}

/** False when for long nothing moves. What comes in meanwhile is not counted. */
async function untilSettled(database: DataSource, replayed: number): Promise<boolean> {
  const storedAt = LessThanOrEqual(new Date());
  const waiting = () => database.manager.countBy(InboundEvent, { state: 'received', storedAt });
  const shown = progress('Taking in', replayed, { unit: 'events' });
  let left = replayed;
  for (let movedAt = Date.now(); left > 0;) {
    await sleep(lookEveryMs);
    const now = Math.min(left, await waiting());
    if (now < left) movedAt = Date.now();
    shown.add(left - now);
    left = now;
    if (Date.now() - movedAt > noServerAfterMs) return false;
  }
  shown.end();
  return true;
}
