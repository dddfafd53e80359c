import type { Channel, Conversation, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let house: House;
let channels: { email: string; facebook: string };

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  channels = await outside.connect(house.api);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 30_000);

const sendingOf = async (id: string) => (await house.api.get<Channel>(`/channels/${id}`)).body.health.sending;
const deliveryOf = async ({ conversationId, id }: Message) =>
  (await house.api.all<Message>(`/conversations/${conversationId}/messages`)).find((message) => message.id === id)!.delivery!;
const arrived = (preview: string) =>
  eventually(async () => {
    const found = (await house.api.all<Conversation>('/conversations')).find((conversation) => conversation.preview === preview);
    expect(found).toBeDefined();
    return found!;
  }, 60_000);

async function reply(conversation: Conversation, text: string): Promise<Message> {
  const { status, body } = await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text });
  expect(status).toBe(202);
  return body;
}

async function mails(subjects: string[]): Promise<Conversation[]> {
  for (const subject of subjects) await outside.deliver(mail({ from: `${subject}@customer.example`, subject, text: `About ${subject}` }));
  return Promise.all(subjects.map((subject) => arrived(`About ${subject}`)));
}

/** Customers who have written to the Page. */
async function chats(names: string[]) {
  for (const name of names) outside.meta.customerWrites(outside.page, outside.meta.customer(name), `${name} asks`);
  return Promise.all(names.map((name) => arrived(`${name} asks`)));
}

const received = (name: string) => outside.meta.sentTo(outside.meta.customer(name)).map(({ text }) => text);

test('a server that lets nothing through is left alone: what waits costs no attempt and says why, one reply finds out, and all leave once', async () => {
  const [first, second] = [await mails(['a', 'b', 'c']), await mails(['d', 'e', 'f', 'g', 'h'])];
  outside.smtp.messages.length = 0;
  outside.smtp.behave('drop-before-data');
  const tried = await Promise.all(first.map((conversation) => reply(conversation, 'Hello')));
  const held = await eventually(async () => {
    const sending = await sendingOf(channels.email);
    expect(sending).toMatchObject({ failures: expect.any(Number), reason: expect.stringContaining('SMTP connection') });
    return sending!;
  }, 30_000);
  expect(held.failures).toBeGreaterThanOrEqual(3);
  expect(Date.parse(held.heldUntil)).toBeGreaterThan(Date.parse(held.since));

  const waiting = await Promise.all(second.map((conversation) => reply(conversation, 'Hello')));
  await eventually(async () => {
    const deliveries = await Promise.all(waiting.map(deliveryOf));
    const untried = deliveries.filter(({ attempts }) => attempts === 0);
    expect(untried.length).toBeGreaterThanOrEqual(4);
    for (const delivery of untried)
      expect(delivery).toMatchObject({
        state: 'queued',
        error: { kind: 'unavailable', message: expect.stringContaining('Nothing gets through at the moment'), retryable: true },
      });
  });

  outside.smtp.behave('accept');
  expect(await house.api.post(`/channels/${channels.email}/resume-sending`)).toMatchObject({ status: 200, body: { id: channels.email } });
  await eventually(async () => {
    const states = await Promise.all([...tried, ...waiting].map(deliveryOf));
    expect(states.map(({ state, error }) => [state, error])).toEqual(states.map(() => ['sent', null]));
  }, 30_000);
  expect(await sendingOf(channels.email)).toBeNull();
  const reached = outside.smtp.messages.map(({ envelope }) => envelope.to[0]).sort();
  expect(reached).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `${name}@customer.example`));
}, 150_000);

test('a platform that asks for a pause gets it from all replies of the channel, and from no other channel', async () => {
  const [one, other] = await chats(['Hasty', 'Patient']);
  outside.meta.behave({ code: 613 });
  const refused = await reply(one!, 'First');
  await eventually(async () => expect(await sendingOf(channels.facebook)).toMatchObject({ failures: 1 }));
  const waits = await reply(other!, 'Second');
  await eventually(async () => expect(await deliveryOf(waits)).toMatchObject({ attempts: 0, error: { kind: 'rate-limited' } }));
  expect(await sendingOf(channels.email)).toBeNull();
  await eventually(async () => expect([received('Hasty'), received('Patient')]).toEqual([['First'], ['Second']]), 40_000);
  expect([(await deliveryOf(refused)).attempts, (await deliveryOf(waits)).attempts]).toEqual([2, 1]);
  await eventually(async () => expect(await sendingOf(channels.facebook)).toBeNull());
}, 90_000);

test('once a token is dead no reply asks the platform again, each says what to do, and a new token lets them go', async () => {
  const conversations = await chats(['Mo', 'Nell', 'Oz']);
  outside.meta.killToken(outside.page, 'password-changed');
  const first = await reply(conversations[0]!, 'Never arrives');
  await eventually(async () => expect(await deliveryOf(first)).toMatchObject({ state: 'failed', error: { kind: 'auth' } }));
  const rest = await Promise.all(conversations.slice(1).map((conversation) => reply(conversation, 'Never arrives')));
  await eventually(async () => {
    for (const message of rest)
      expect(await deliveryOf(message)).toMatchObject({
        state: 'failed',
        error: { kind: 'auth', action: expect.stringContaining('reconnect') },
      });
  });
  expect(await sendingOf(channels.facebook)).toMatchObject({ failures: 1, reason: expect.stringContaining('password') });

  const pageAccessToken = outside.meta.renewToken(outside.page);
  expect((await house.api.patch(`/channels/${channels.facebook}`, { settings: { pageAccessToken } })).status).toBe(200);
  expect(await sendingOf(channels.facebook)).toBeNull();
  expect((await house.api.post(`/messages/${rest[0]!.id}/retry`)).status).toBe(202);
  await eventually(async () => expect(received('Nell')).toEqual(['Never arrives']));
}, 60_000);

test('a channel that is removed while its sending is held is held no more when it is connected again', async () => {
  const [conversation] = await chats(['Pia']);
  outside.meta.killToken(outside.page, 'password-changed');
  const refused = await reply(conversation!, 'Never arrives');
  await eventually(async () => expect(await deliveryOf(refused)).toMatchObject({ state: 'failed', error: { kind: 'auth' } }));
  expect(await sendingOf(channels.facebook)).not.toBeNull();
  expect((await house.api.delete(`/channels/${channels.facebook}`)).status).toBe(204);
  const fresh = outside.facebookChannel();
  Object.assign(fresh.settings, { pageAccessToken: outside.meta.renewToken(outside.page) });
  expect(await house.api.post<Channel>('/channels', fresh)).toMatchObject({ status: 201, body: { id: channels.facebook } });
  expect(await sendingOf(channels.facebook)).toBeNull();
}, 60_000);
