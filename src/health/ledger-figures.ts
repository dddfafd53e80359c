import type { DataSource } from 'typeorm';
import { type Sample, secondsSince, type Source } from './figures.js';

const dayMs = 86_400_000;
const dailyEveryMs = 30_000;
/** Of a backlog only its head is looked at: that is where the oldest are. */
const head = 10_000;
const states = ['received', 'processed', 'ignored', 'quarantined', 'unrouted'];

type Name = 'inbound_events' | 'inbound_oldest_event_age_seconds' | 'inbound_events_day';
type Counted = { connector: string; state: string; count: number | string };

/** What came in and is not settled. Counting what is would read the whole table, so of that there is a day's. */
export function ledgerFigures(database: DataSource): Source<Name> {
  let daily: { at: number; samples: Sample<Name>[] } = { at: 0, samples: [] };
  return {
    dependency: 'database',
    figures: {
      inbound_events: ['Events in the inbound ledger that are not settled', 'state'],
      inbound_oldest_event_age_seconds: ['For how long the oldest event waits to be taken in', 'connector', 'channel'],
      inbound_events_day: ['Events that came in within the last day', 'connector', 'state'],
    },
    async read() {
      if (Date.now() - daily.at > dailyEveryMs) daily = { at: Date.now(), samples: await ofLastDay(database) };
      return [...(await open(database)), ...(await oldest(database)), ...daily.samples];
    },
  };
}

async function open(database: DataSource): Promise<Sample<Name>[]> {
  const rows = await database.query<Array<{ state: string; count: number | string }>>(
    `SELECT state, COUNT(*) AS count FROM inbound_event WHERE state IN ('received', 'quarantined', 'unrouted') GROUP BY state`,
  );
  const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  return ['received', 'quarantined', 'unrouted'].map((state) => ['inbound_events', counts.get(state) ?? 0, state]);
}

async function oldest(database: DataSource): Promise<Sample<Name>[]> {
  const rows = await database.query<Array<{ connector: string; channel: string | null; oldest: Date | string }>>(
    `SELECT connector, channel_id AS channel, MIN(stored_at) AS oldest FROM (
       SELECT connector, channel_id, stored_at FROM inbound_event WHERE state = 'received' ORDER BY stored_at LIMIT ${head}
     ) AS waiting GROUP BY connector, channel_id`,
  );
  return rows.map(({ connector, channel, oldest }) => [
    'inbound_oldest_event_age_seconds',
    secondsSince(oldest),
    connector,
    channel ?? 'none',
  ]);
}

async function ofLastDay(database: DataSource): Promise<Sample<Name>[]> {
  const rows = await database
    .createQueryBuilder()
    .select(['e.connector AS connector', 'e.state AS state', 'COUNT(*) AS count'])
    .from('inbound_event', 'e')
    .where('e.state IN (:...states) AND e.stored_at > :since', { states, since: new Date(Date.now() - dayMs) })
    .groupBy('e.connector')
    .addGroupBy('e.state')
    .getRawMany<Counted>();
  return rows.map(({ connector, state, count }) => ['inbound_events_day', Number(count), connector, state]);
}
