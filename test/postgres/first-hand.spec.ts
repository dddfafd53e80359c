import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '../../web/src/api/schema.js';
import type { Conversation, Message } from '../api.js';
import { eventually } from '../house.js';
import { MailHouse } from '../mail-house.js';

let inbox: MailHouse;
beforeAll(async () => {
  inbox = await MailHouse.open();
}, 60_000);
afterAll(() => inbox?.close(), 30_000);

let count = 0;
const asked = () => inbox.arrives({ from: `Ada <ada${++count}@customer.example>`, subject: `Lamp ${count}`, text: `Question ${count}` });

async function reply({ id }: Conversation): Promise<string> {
  const { status, body } = await inbox.api.post<Message>(`/conversations/${id}/replies`, { text: 'On its way' });
  expect(status).toBe(202);
  return body.id;
}
const deliveryOf = async (conversation: Conversation, id: string) =>
  (await inbox.messages(conversation)).find((message) => message.id === id)!.delivery!;
const outcomesOf = async (id: string) =>
  (await inbox.api.get<components['schemas']['AttemptList']>(`/messages/${id}/attempts`)).body.items.map(({ outcome }) => outcome);

/** What the database does whenever a delivery changes, until it is told to stop. */
async function meanwhile(when: string, then: string, work: () => Promise<void>): Promise<void> {
  await inbox.sql(`
    CREATE FUNCTION meanwhile() RETURNS trigger AS $$ BEGIN ${then} RETURN NEW; END $$ LANGUAGE plpgsql;
    CREATE TRIGGER meanwhile BEFORE UPDATE ON delivery FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION meanwhile()`);
  await work().finally(() => inbox.sql('DROP FUNCTION meanwhile CASCADE'));
}

test('a reply that was given up for its sender’s silence is sent after all when the sender hears that the server took it', async () => {
  const conversation = await asked();
  const givenUp = `
    NEW.state := 'failed'; NEW.fence := NEW.fence + 1; NEW.lease_until := NULL; NEW.trouble_at := now();
    NEW.error_kind := 'unavailable'; NEW.error_message := 'Given up.';
    NEW.recipients := replace(NEW.recipients::text, '"queued"', '"failed"')::jsonb;`;
  await meanwhile('OLD.committed_at IS NULL AND NEW.committed_at IS NOT NULL', givenUp, async () => {
    const id = await reply(conversation);
    await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent' }), 20_000);
    const address = `ada${count}@customer.example`;
    expect(await deliveryOf(conversation, id)).toMatchObject({
      ...{ error: null, troubleSince: null },
      recipients: [{ recipient: address, state: 'sent', message: null }],
    });
    expect(await outcomesOf(id)).toEqual(['sent']);
  });
}, 60_000);

test('what the server answered is not forgotten, however long the database is full', async () => {
  const conversation = await asked();
  const full = `RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100';`;
  const before = inbox.outside.smtp.messages.length;
  let id = '';
  await meanwhile(`NEW.state NOT IN ('queued', 'sending')`, full, async () => {
    id = await reply(conversation);
    await eventually(async () => expect(inbox.outside.smtp.messages).toHaveLength(before + 1));
    await sleep(13_000);
    expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sending' });
  });
  await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent', error: null }), 30_000);
  expect(await outcomesOf(id)).toEqual(['sent']);
  expect(inbox.outside.smtp.messages).toHaveLength(before + 1);
}, 120_000);

test('a channel that a wrong clock held until tomorrow is tried as soon as the clock is right', async () => {
  const conversation = await asked();
  await inbox.sql(`
    INSERT INTO channel_circuit (channel_id, failures, failing_since, open_until, kind, reason)
    SELECT id, 3, now() + interval '1 day', now() + interval '1 day 1 minute', 'unavailable', 'No answer.' FROM channel
    ON CONFLICT (channel_id) DO UPDATE SET failures = 3, failing_since = EXCLUDED.failing_since, open_until = EXCLUDED.open_until`);
  const id = await reply(conversation);
  await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent', error: null }), 30_000);
}, 60_000);
