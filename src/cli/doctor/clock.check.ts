import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';
import { secondsSince } from '../../health/figures.js';
import { type Check, fail, type Finding, ok, warn } from './finding.js';

const tolerated = 5;
const wrong = 60;
const patienceMs = 5_000;

/** Somebody else's clock: what it is, and by how many seconds ours is ahead of it. */
type Comparison = { whose: string; aheadBy: number };

/** Schedules, reply windows and sign-ins go wrong with the clock. */
export const clockCheck: Check = async ({ config, database }) => {
  const opened = await database.catch(() => null);
  const comparisons = (await Promise.all([opened && withDatabase(opened), ...platformsOf(config).map(withServer)])).filter(
    (one) => one !== null,
  );
  const future = opened ? await newestIsAheadBy(opened) : 0;
  return [
    ...comparisons.filter(({ aheadBy }) => Math.abs(aheadBy) > tolerated).map(disagreement),
    ...jump(future),
    ...summary(comparisons, future),
  ];
};

/** Those that the configuration talks to anyway. */
function platformsOf(config: Config): string[] {
  const { META_APP_ID, META_GRAPH_URL, GOOGLE_CLIENT_ID, GOOGLE_ISSUER_URL, MICROSOFT_CLIENT_ID, microsoftIssuer } = config;
  const used = [META_APP_ID && META_GRAPH_URL, GOOGLE_CLIENT_ID && GOOGLE_ISSUER_URL, MICROSOFT_CLIENT_ID && microsoftIssuer];
  return used.flatMap((url) => (url ? [new URL(url).origin] : []));
}

/** SQLite has no clock of its own. */
async function withDatabase(database: DataSource): Promise<Comparison | null> {
  if (database.options.type !== 'postgres') return null;
  const asked = Date.now();
  const [{ now }] = await database.query<[{ now: string }]>('SELECT EXTRACT(EPOCH FROM clock_timestamp()) AS now');
  return { whose: "the database's", aheadBy: (asked + Date.now()) / 2000 - Number(now) };
}

/** The Date header tells whole seconds. Null when it does not answer: that is not the clock's fault. */
async function withServer(origin: string): Promise<Comparison | null> {
  const asked = Date.now();
  const response = await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }).catch(() => null);
  const date = Date.parse(response?.headers.get('date') ?? '');
  return Number.isNaN(date) ? null : { whose: `that of ${new URL(origin).host}`, aheadBy: (asked + Date.now()) / 2000 - date / 1000 - 0.5 };
}

/** What was written last cannot lie before us, unless the clock was set back. In seconds. */
async function newestIsAheadBy(database: DataSource): Promise<number> {
  const [row] = await database.query<Array<{ newest: Date | string | null }>>('SELECT MAX(at) AS newest FROM change');
  return row?.newest ? -secondsSince(row.newest) : 0;
}

function disagreement({ whose, aheadBy }: Comparison): Finding {
  const detail = `It is ${Math.abs(Math.round(aheadBy))} s ${aheadBy > 0 ? 'ahead of' : 'behind'} ${whose}.`;
  return (Math.abs(aheadBy) > wrong ? fail : warn)('clock', detail, 'Let the system keep the time: timedatectl set-ntp true.');
}

const jump = (seconds: number): Finding[] =>
  seconds > tolerated
    ? [
        warn(
          'clock',
          `The newest change was written ${Math.round(seconds)} s from now.`,
          'The clock was set back, or runs ahead elsewhere. Replies wait for their time by it.',
        ),
      ]
    : [];

function summary(comparisons: Comparison[], future: number): Finding[] {
  if (future > tolerated || comparisons.some(({ aheadBy }) => Math.abs(aheadBy) > tolerated)) return [];
  const time = new Date().toISOString();
  if (!comparisons.length) return [ok('clock', `${time}; there is no other clock here to compare it with.`)];
  return [ok('clock', `${time}; it agrees with ${comparisons.map(({ whose }) => whose).join(' and ')}.`)];
}
