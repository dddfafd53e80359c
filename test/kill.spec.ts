import { Api, type Conversation, type Delivery, type Message } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let ground: Ground;
let app: AppProcess;

beforeAll(async () => {
  outside = await Outside.start();
  ground = await freshGround(outside.env);
}, 60_000);
afterAll(async () => {
  app?.child.kill('SIGTERM');
  await app?.ended;
  await ground?.clear();
  await outside?.stop();
}, 30_000);

const start = async () => {
  app = spawnApp(ground.env);
  return Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
};
const mails = Array.from({ length: 100 }, (_, n) => `mail ${n}`);
const chats = Array.from({ length: 100 }, (_, n) => `chat ${n}`);
const replyTo = (text: string) => `answer to ${text}.`;

/** Every message of the inbox, whatever conversation it is in. */
async function allMessages(api: Api): Promise<Message[]> {
  const conversations = await api.all<Conversation>('/conversations');
  const lists: Message[][] = [];
  for (const { id } of conversations) lists.push(await api.all<Message>(`/conversations/${id}/messages`));
  return lists.flat();
}

test('what was acknowledged is never lost and never shown twice, and no reply is sent twice, though the app is killed in the middle', async () => {
  const before = await start();
  await outside.connect(before);
  for (const [n, text] of mails.entries())
    void outside.deliver(mail({ from: `Customer ${n} <c${n}@customer.example>`, subject: text, text }));
  for (const text of chats) outside.meta.customerWrites(outside.page, outside.meta.customer(text), text);

  // Agents answer what they see while the rest still comes in, until the app dies under them.
  const answered = new Set<string>();
  const answering = (async () => {
    for (;;) {
      for (const { id, preview } of await before.all<Conversation>('/conversations?sort=waiting')) {
        const { status } = await before.post(
          `/conversations/${id}/replies`,
          { text: replyTo(preview) },
          { 'idempotency-key': `reply to ${id}` },
        );
        if (status === 202) answered.add(preview);
      }
    }
  })().catch((error: Error) => expect(error.message).toMatch(/fetch failed|terminated|other side closed/));
  await eventually(async () => expect(answered.size).toBeGreaterThanOrEqual(20), 30_000);
  app.child.kill('SIGKILL');
  await Promise.all([app.ended, answering]);

  const after = await start();
  await outside.meta.subscribe({ callbackUrl: `${after.url}/webhooks/meta` });
  const messages = await eventually(async () => {
    const found = await allMessages(after);
    expect(found.filter(({ direction }) => direction === 'inbound')).toHaveLength(200);
    return found;
  }, 60_000);
  const inbound = messages.filter(({ direction }) => direction === 'inbound').map(({ text }) => text);
  expect(inbound.sort()).toEqual([...mails, ...chats].sort());

  // A reply is due for each 202, and for those written in the moment of death, which the agent repeats under the same key
  // until the key of a request that died is free again.
  await eventually(async () => {
    const waiting = await after.all<Conversation>('/conversations?sort=waiting');
    for (const { id, preview } of waiting) {
      await after.post(`/conversations/${id}/replies`, { text: replyTo(preview) }, { 'idempotency-key': `reply to ${id}` });
    }
    expect(waiting).toEqual([]);
  }, 60_000);
  const deliveries = await eventually(async () => {
    const all: Delivery[] = await after.all<Delivery>('/deliveries');
    expect(all).toHaveLength(200);
    expect(all.filter(({ state }) => state === 'queued' || state === 'sending')).toEqual([]);
    return all;
  }, 90_000);

  const received = [
    ...outside.smtp.messages.map(({ raw }) => raw.toString().match(/answer to mail \d+\./)![0]),
    ...chats.flatMap((text) => outside.meta.sentTo(outside.meta.customer(text)).map((sent) => sent.text)),
  ];
  const twice = received.filter((text, index) => received.indexOf(text) !== index);
  expect(twice).toEqual([]);
  // Where the crash made it unknowable we say so; everything else arrived.
  const uncertain = deliveries.filter(({ state }) => state === 'uncertain').length;
  expect(deliveries.filter(({ state }) => ['sent', 'delivered'].includes(state))).toHaveLength(200 - uncertain);
  expect(received.length).toBeGreaterThanOrEqual(200 - uncertain);
  expect(uncertain).toBeLessThanOrEqual(4);
  for (const text of answered) expect([text, received.includes(replyTo(text)) || uncertain > 0]).toEqual([text, true]);
  const shown = (await allMessages(after)).filter(({ kind, direction }) => kind === 'message' && direction === 'outbound');
  const isShownTwice = ({ text }: Message) => shown.filter((other) => other.text === text).length > 1;
  expect(shown.filter(isShownTwice).map(({ text, externalId, author, delivery }) => [text, externalId, author, delivery])).toEqual([]);
  expect(shown).toHaveLength(200);
}, 240_000);
