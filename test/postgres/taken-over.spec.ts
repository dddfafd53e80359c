import pg from 'pg';
import { eventually } from '../house.js';
import { MailHouse } from '../mail-house.js';

let inbox: MailHouse;
const connections: pg.Client[] = [];

beforeAll(async () => {
  inbox = await MailHouse.open();
}, 60_000);
afterAll(async () => {
  for (const connection of connections) await connection.end();
  await inbox?.close();
}, 30_000);

test('a reply that its sender commits while another process takes it for dead is not sent again unasked', async () => {
  const conversation = await inbox.arrives({ from: 'Ed <ed@customer.example>', subject: 'A lamp', text: 'Is it blue?' });
  const { id } = await inbox.answers(conversation, 'It is.');
  const [sender, holder] = [await connect(), await connect()];
  // Our copy in Sent says that it was sent; it must not say so a second time.
  const ours = `SELECT 1 FROM inbound_event WHERE state <> 'received' AND stored_at > (SELECT sent_at FROM message WHERE id = $1)`;
  await eventually(async () => expect((await sender.query(ours, [id])).rowCount).toBe(1), 30_000);

  // The row is locked from before it looks abandoned until it is committed: a sweep reads it in between and writes afterwards.
  await sender.query('BEGIN');
  const dead = `state = 'sending', recipients = NULL, committed_at = NULL, lease_until = now() - interval '1 minute'`;
  await sender.query(`UPDATE delivery SET ${dead} WHERE message_id = $1`, [id]);
  await holder.query('BEGIN');
  const held = holder.query('SELECT 1 FROM delivery WHERE message_id = $1 FOR UPDATE', [id]);
  await eventually(async () => expect(await waiting(sender, 'FOR UPDATE')).toBe(1));
  await sender.query('COMMIT');
  await held;
  await eventually(async () => expect(await waiting(sender, '"lease_until" <')).toBe(1), 20_000);
  await holder.query('UPDATE delivery SET committed_at = now() WHERE message_id = $1', [id]);
  await holder.query('COMMIT');

  const delivery = async () => (await inbox.messages(conversation)).find((message) => message.id === id)!.delivery;
  await eventually(async () => expect(await delivery()).toMatchObject({ state: 'sent' }), 30_000);
  expect(inbox.outside.smtp.messages).toHaveLength(1);
}, 120_000);

async function connect(): Promise<pg.Client> {
  const connection = new pg.Client(inbox.house.ground.env.DATABASE_URL);
  connections.push(connection);
  await connection.connect();
  return connection;
}

async function waiting(connection: pg.Client, words: string): Promise<number> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND position($1 in query) > 0`;
  return (await connection.query(sql, [words])).rowCount!;
}
