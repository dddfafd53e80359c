import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../api.js';
import { MetaHouse } from '../meta-house.js';

let house: MetaHouse;
let other: pg.Client;

beforeAll(async () => {
  house = await MetaHouse.open();
  other = new pg.Client(house.databaseUrl);
  await other.connect();
}, 60_000);
afterAll(async () => {
  await other?.end();
  await house?.close();
}, 30_000);

test('what was done at the platform is noted also when the database has us wait for each other and takes ours back', async () => {
  const post = house.meta.addPost(house.page, { text: 'New lamps' });
  const id = house.meta.customerComments(house.page, post, house.meta.customer('Ada'), 'How much?');
  const { conversation, message } = await house.arrived(id);
  await other.query(`BEGIN; SET LOCAL deadlock_timeout = '60s'`);
  await other.query('UPDATE conversation SET version = version + 1 WHERE id = $1', [conversation.id]);
  const hidden = house.api.post<Message>(`/messages/${message.id}/moderate`, { action: 'hide' });
  await sleep(500);
  await other.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${house.facebook} ${id}`]);
  await other.query('COMMIT');
  expect(await hidden).toMatchObject({ status: 200, body: { hidden: true } });
});
