import { type DataSource, In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { ChannelCircuit } from '../../channels/channel-circuit.entity.js';
import { Delivery } from '../../conversations/delivery.entity.js';
import { secondsSince } from '../../health/figures.js';
import { type Check, fail, type Finding, ok, warn } from './finding.js';

/** Long enough for whoever is at work to have done it. */
const stuckMs = 10 * 60_000;

/** What should have moved on and has not. */
export const workCheck: Check = async ({ database }) => {
  const opened = await database;
  const findings = (await Promise.all([arrivals(opened), settledBadly(opened), overdue(opened), inTrouble(opened), held(opened)])).flat();
  return findings.length ? findings : [ok('work', 'Nothing is stuck.')];
};

async function arrivals(database: DataSource): Promise<Finding[]> {
  const [waiting] = await database
    .createQueryBuilder()
    .select(['COUNT(*) AS count', 'MIN(e.stored_at) AS oldest'])
    .from('inbound_event', 'e')
    .where(`e.state = 'received' AND e.backfill = :backfill AND e.stored_at < :before`, {
      backfill: false,
      before: new Date(Date.now() - stuckMs),
    })
    .getRawMany<{ count: number | string; oldest: Date | string }>();
  const count = Number(waiting!.count);
  if (!count) return [];
  const detail = `${count} event(s) wait to be taken in, the oldest for ${duration(waiting!.oldest)}.`;
  return [fail('ledger', detail, 'Is a worker running? Its log says what keeps it.')];
}

async function settledBadly(database: DataSource): Promise<Finding[]> {
  const rows = await database.query<Array<{ state: string; count: number | string }>>(
    `SELECT state, COUNT(*) AS count FROM inbound_event WHERE state IN ('quarantined', 'unrouted') GROUP BY state`,
  );
  return rows.map(({ state, count }) =>
    state === 'quarantined'
      ? warn(
          'ledger',
          `${count} event(s) are quarantined: they could not be understood.`,
          'Settings, Ledger shows why; replay them after a fix.',
        )
      : warn('ledger', `${count} event(s) belong to no connected channel.`, 'Connect their account, and they are taken in.'),
  );
}

async function overdue({ manager }: DataSource): Promise<Finding[]> {
  const before = LessThan(new Date(Date.now() - stuckMs));
  const [due, dead] = await Promise.all([
    manager.countBy(Delivery, { state: 'queued', nextAttemptAt: before }),
    manager.countBy(Delivery, { state: In(['sending']), leaseUntil: before }),
  ]);
  const findings: Finding[] = [];
  if (due)
    findings.push(
      fail('replies', `${due} replies are due since more than 10 minutes.`, 'Is a worker running? Its log says what keeps it.'),
    );
  if (dead)
    findings.push(
      fail('replies', `${dead} replies were left while they were being sent.`, 'Start a worker: it finds out what became of them.'),
    );
  return findings;
}

async function inTrouble({ manager }: DataSource): Promise<Finding[]> {
  const count = await manager.countBy(Delivery, { troubleAt: MoreThan(new Date(0)) });
  return count
    ? [
        warn(
          'replies',
          `${count} replies did not reach their customer.`,
          'The inbox lists them under Not delivered: send them again, or settle them.',
        ),
      ]
    : [];
}

async function held({ manager }: DataSource): Promise<Finding[]> {
  const circuits = await manager.findBy(ChannelCircuit, { openUntil: Not(IsNull()) });
  return circuits.map(({ reason }) =>
    warn(
      'sending',
      `Replies of a channel are held: ${reason ?? 'its platform refuses them'}`,
      'They go on by themselves; Settings, Channels can try at once.',
    ),
  );
}

function duration(since: Date | string): string {
  const minutes = Math.round(secondsSince(since) / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
