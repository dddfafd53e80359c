import { eventPage } from '../inbound/inbound-events.query.js';
import type { InboundEventView } from '../inbound/inbound-events.shapes.js';
import type { Command } from './command.js';
import { ledgerWords, onDatabase } from './ledger.js';

const states = ['received', 'processed', 'ignored', 'quarantined', 'unrouted', 'waiting'];
const pageRows = 100;

/** One line for each event, newest first; `waiting` are those that wait for the messages they speak of. */
export const ledgerList: Command = async (words) => {
  const { ids, state, channelId, limit } = ledgerWords(words, states);
  if (ids.length) throw new Error('Name a state or a channel; `tributary ledger replay` takes ids.');
  const which = { ...(state === 'waiting' ? { waiting: true } : { state: state as InboundEventView['state'] | undefined }), channelId };
  let left = limit;
  await onDatabase(async ({ manager }) => {
    for (let cursor: string | null | undefined; cursor !== null && left > 0;) {
      const page = await eventPage(manager, { ...which, cursor, limit: Math.min(left, pageRows) });
      for (const event of page.items) process.stdout.write(`${line(event)}\n`);
      left -= page.items.length;
      cursor = page.nextCursor;
    }
  });
  return 0;
};

const line = ({ id, storedAt, state, connector, attempts, size, raw, reason }: InboundEventView): string =>
  [id, storedAt.toISOString(), state.padEnd(11), connector.padEnd(9), `${attempts}x`, `${size} bytes ${raw}`, oneLine(reason ?? '')]
    .join('  ')
    .trimEnd();

/** A reason may quote the payload. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
