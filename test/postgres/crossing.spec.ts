import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../api.js';
import { eventually } from '../house.js';
import { MetaHouse } from '../meta-house.js';
import { MetaTeller } from '../meta-teller.js';

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

test('the one private answer is used up after all when the platform shows one that was thought to have failed', async () => {
  const post = house.meta.addPost(house.page, { text: 'Old lamps' });
  const bo = house.meta.customer('Bo');
  const { conversation } = await house.arrived(house.meta.customerComments(house.page, post, bo, 'How old?'));
  house.meta.behave({ code: 100, message: 'Invalid parameter' });
  const reply = await house.reply(conversation.id, { text: 'Very', mode: 'private' });
  await house.deliveries(conversation.id, ['failed']);
  expect((await house.conversation(conversation.id)).privateReply).toMatchObject({ open: true });

  const { rows } = await other.query<{ id: string }>('SELECT id FROM delivery WHERE message_id = $1', [reply.id]);
  const echo = { is_echo: true, metadata: `tributary:${rows[0]!.id}` };
  await new MetaTeller(house.meta, house.page).says(house.meta.idOf(bo, house.page), 0, 'm_after_all', { ...echo, text: 'Very' });
  await house.deliveries(conversation.id, ['sent']);
  await eventually(async () => expect((await house.conversation(conversation.id)).privateReply).toMatchObject({ open: false }));
});

test('a message that its echo and the answer to its sending name differently at the same moment keeps both names', async () => {
  const { meta, page } = house;
  const di = meta.customer('Di');
  const { conversation } = await house.arrived(meta.customerWrites(page, di, 'Do you ship to Norway?'));
  let mid = '';
  const stop = meta.onReply((message) => void (mid = message.mid));
  meta.habits.echoIdsDiffer = true;
  const sendAt = new Date(Date.now() + 1_000).toISOString();
  const reply = await house.reply(conversation.id, { text: 'We do.', sendAt });
  await other.query('BEGIN');
  await other.query('SELECT 1 FROM message WHERE id = $1 FOR NO KEY UPDATE', [reply.id]);
  await eventually(() => Promise.resolve(expect(mid).not.toBe('')));
  // Both wait for the row now.
  await sleep(1_000);
  await other.query('COMMIT');
  await house.deliveries(conversation.id, ['sent']);
  stop();
  await meta.settled();
  const names = async () => {
    const { rows } = await other.query<{ name: string }>(
      'SELECT external_id AS name FROM message WHERE id = $1 UNION SELECT key FROM thread_key WHERE message_id = $1',
      [reply.id],
    );
    return rows
      .map(({ name }) => name)
      .filter((name) => name.startsWith(mid))
      .sort();
  };
  await eventually(async () => expect(await names()).toEqual([mid, `${mid}e`]));
});
