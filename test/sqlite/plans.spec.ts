import type { DataSource, Logger } from 'typeorm';
import { readConfig } from '../../src/config.js';
import { connectAnswers } from '../../src/conversations/answers.js';
import { writeCursor } from '../../src/conversations/inbox.query.js';
import { redactLedger } from '../../src/conversations/ledger-rows.js';
import { workCheck } from '../../src/cli/doctor/work.check.js';
import { clockCheck } from '../../src/cli/doctor/clock.check.js';
import { channelFigures } from '../../src/health/channel-figures.js';
import { deliveryFigures } from '../../src/health/delivery-figures.js';
import { ledgerFigures } from '../../src/health/ledger-figures.js';
import { processFigures } from '../../src/health/process-figures.js';
import { partsOf } from '../../src/conversations/reply-parts.js';
import { nextReply } from '../../src/conversations/next-reply.service.js';
import { newId } from '../../src/database/columns.js';
import { openDatabase } from '../../src/database/data-source.js';
import { countTrouble, deliveriesPage, failedOnes } from '../../src/outbound/deliveries.query.js';
import { freshGround, type Ground } from '../house.js';

let ground: Ground;
let database: DataSource;

beforeAll(async () => {
  ground = await freshGround();
  database = await openDatabase(readConfig(ground.env));
});
afterAll(async () => {
  await database?.destroy();
  await ground?.clear();
});

/** How SQLite goes about the first query of some work. */
const planOf = async (work: () => Promise<unknown>): Promise<string> => (await plansOf(work))[0]!;

/** How SQLite goes about each query of some work. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked: Array<[query: string, parameters: unknown[]]> = [];
  const logger = { logQuery: (query: string, parameters: unknown[] = []) => void asked.push([query, parameters]) };
  database.setOptions({ logger: logger as unknown as Logger, logging: true });
  await work();
  database.setOptions({ logging: false });
  const plans: string[] = [];
  const explicable = asked.filter(([query]) => /^\s*(SELECT|WITH|UPDATE|DELETE)/i.test(query));
  for (const [query, parameters] of explicable) {
    const steps = await database.query<Array<{ detail: string }>>(`EXPLAIN QUERY PLAN ${query}`, parameters);
    plans.push(steps.map(({ detail }) => detail).join('; '));
  }
  return plans;
}

test('what is looked for with every message of a chat is found by an index, however large the channel', async () => {
  const { manager } = database;
  const message = { id: newId(), channelId: newId(), partOf: null };
  expect(await planOf(() => connectAnswers(manager, message, ['m1', 'm2']))).toMatch(
    /ix_message_reply_to \(channel_id=\? AND reply_to_external_id=\?\)/,
  );
  expect(await planOf(() => redactLedger(manager, message.channelId, ['m1', 'm2'], [newId()]))).toMatch(
    /ix_inbound_event_platform_id \(channel_id=\? AND platform_id=\?\)/,
  );
  expect(await planOf(() => partsOf(manager, message))).toMatch(/ix_message_part \(part_of=\?\)/);
});

test('what waits behind a reply is looked for in its conversation, not among all that waits', async () => {
  const plan = await planOf(() => nextReply(database.manager, newId(), { id: newId() }));
  expect(plan).toMatch(/SEARCH m USING (COVERING )?INDEX ix_message_conversation \(conversation_id=\?\)/);
  expect(plan).not.toMatch(/ix_delivery_due|SCAN/);
});

test('replies in trouble are found, counted and paged by their index, however many were sent', async () => {
  const { manager } = database;
  const cursor = writeCursor(new Date(), newId());
  const byTrouble = /SEARCH d USING INDEX ix_delivery_(channel_)?trouble \([^)]*trouble_at[^)]*\)/;
  for (const query of [{ attention: true }, { attention: true, cursor }, { attention: true, mine: true, channelId: newId() }]) {
    const plan = await planOf(() => deliveriesPage(manager, query, newId()));
    expect(plan).toMatch(byTrouble);
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
  }
  expect(await planOf(() => countTrouble(manager, newId()))).toMatch(byTrouble);
  const next = { afterId: newId(), limit: 100 };
  expect(await planOf(() => failedOnes(manager, { kind: 'auth' }, newId(), next))).toMatch(/SEARCH d USING/);
  expect(await planOf(() => deliveriesPage(manager, { cursor }, newId()))).toMatch(/SEARCH d USING .*\(id<\?\)/);
});

test('a scrape of the metrics and a look of the doctor read no table as a whole that grows', async () => {
  const patient = { config: readConfig(ground.env), database: Promise.resolve(database) };
  const looks = [ledgerFigures(database), deliveryFigures(database), channelFigures(database), processFigures(database)].map(
    ({ read }) => read,
  );
  for (const look of [...looks, () => workCheck(patient), () => clockCheck(patient)]) {
    const plans = await plansOf(look);
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) expect(plan).not.toMatch(/SCAN (inbound_event|e|delivery|change|message)\b/i);
  }
});
