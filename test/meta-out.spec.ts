import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Attachment, type Conversation, type Delivery, type Message, type Problem } from './api.js';
import { adminEmail, adminPassword, eventually, freshGround, ready, spawnApp } from './house.js';
import { MetaHouse } from './meta-house.js';

let house: MetaHouse;

beforeAll(async () => {
  house = await MetaHouse.open();
}, 60_000);
afterAll(() => house?.close(), 30_000);

const hour = 3_600_000;
const day = 24 * hour;
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const customer = (name: string) => house.meta.customer(name);
async function customerWrites(name: string, text: string) {
  return house.arrived(house.meta.customerWrites(house.page, customer(name), text));
}

/** A customer whose last message is as old as that: told to us so, as a Page's history is. */
async function customerWroteAgo(name: string, ms: number): Promise<Conversation> {
  const sides = { sender: { id: house.meta.idOf(customer(name), house.page) }, recipient: { id: house.page.id } };
  const mid = `m_old_${name}`;
  await house.meta.emit(house.page, { ...sides, timestamp: Date.now() - ms, message: { mid, text: `${name} wrote` } });
  return (await house.arrived(mid)).conversation;
}

async function upload(filename: string, content: Buffer, type: string): Promise<string> {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(content)], filename, { type }));
  const { status, body } = await house.api.upload<Attachment>('/attachments', form);
  expect(status).toBe(201);
  return body.id;
}

const paragraphs = (count: number) => Array.from({ length: count }, (_, n) => `${n} ${'lamp '.repeat(300)}end of ${n}.`).join('\n\n');
const sentTexts = (name: string) => house.meta.sentTo(customer(name)).map(({ text }) => text);

test('a long answer leaves in messages that the platform takes, in order, and reads as one', async () => {
  const { conversation } = await customerWrites('Ada', 'Tell me everything');
  const text = paragraphs(4);
  const key = { 'idempotency-key': 'everything' };
  const first = await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text, then: 'close' }, key);
  expect([first.status, first.body.partOf]).toEqual([202, null]);
  const ours = await eventually(async () => {
    const parts = (await house.messages(conversation.id)).filter(({ direction }) => direction === 'outbound');
    expect(parts.map(({ delivery }) => delivery!.state)).not.toContain('queued');
    expect(parts.map(({ delivery }) => delivery!.state)).not.toContain('sending');
    return parts;
  });
  expect(ours.length).toBeGreaterThan(3);
  expect(ours.map(({ partOf }) => partOf)).toEqual([null, ...ours.slice(1).map(() => first.body.id)]);
  expect(sentTexts('Ada')).toEqual(ours.map(({ text: part }) => part));
  const words = (said: string) => said.match(/\S+/g);
  expect(words(sentTexts('Ada').join(' '))).toEqual(words(text));
  expect(new Set(ours.map(({ externalId }) => externalId)).size).toBe(ours.length);
  expect(await house.conversation(conversation.id)).toMatchObject({ status: 'closed', messageCount: ours.length + 1 });
  // The same request once more sends nothing.
  const again = await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text, then: 'close' }, key);
  expect(again.body.id).toBe(first.body.id);
  expect(sentTexts('Ada')).toHaveLength(ours.length);
});

test('a picture leaves beside the words as a message of its own, and also without any', async () => {
  const { conversation } = await customerWrites('Bo', 'What does it look like?');
  const picture = await upload('lamp.png', png, 'image/png');
  await house.reply(conversation.id, { text: 'Like this:', attachmentIds: [picture] });
  const ours = await house.deliveries(conversation.id, ['sent', 'sent']);
  expect(ours.map(({ text, attachments }) => [text, attachments.map(({ filename }) => filename)])).toEqual([
    ['Like this:', []],
    ['', ['lamp.png']],
  ]);
  const other = await upload('other.png', png, 'image/png');
  await house.reply(conversation.id, { text: '', attachmentIds: [other] });
  await house.deliveries(conversation.id, ['sent', 'sent', 'sent']);
  const received = house.meta.sentTo(customer('Bo'));
  expect(received.map(({ text, files = [] }) => [text, files.length])).toEqual([
    ['Like this:', 0],
    ['', 1],
    ['', 1],
  ]);
});

test('a file that the platform would not take is refused by its name before anything is stored', async () => {
  const { conversation } = await customerWrites('Cy', 'Send me the price list');
  const huge = await upload('film.mp4', Buffer.alloc(1_000), 'application/x-msdownload');
  const onInstagram = await house.arrived(house.meta.customerWrites(house.outside.instagram, customer('Cy'), 'hola'));
  const { status, body } = await house.api.post<Problem>(`/conversations/${onInstagram.conversation.id}/replies`, {
    text: 'Here',
    attachmentIds: [huge],
  });
  expect([status, body.detail]).toEqual([422, expect.stringContaining('film.mp4')]);
  expect(await house.messages(onInstagram.conversation.id)).toHaveLength(1);
  const empty = await house.api.post<Problem>(`/conversations/${conversation.id}/replies`, { text: '' });
  expect(empty.status).toBe(422);
});

test('when a part fails the later ones are held, and sending again goes on from there without repeating what was sent', async () => {
  const { conversation } = await customerWrites('Di', 'All of it, please');
  const refused = { code: 100, message: 'Invalid parameter' };
  // The first passes, the second does not.
  let count = 0;
  const stop = house.meta.onReply(() => void (++count === 1 && house.meta.behave(refused)));
  await house.reply(conversation.id, { text: paragraphs(4) });
  const ours = await eventually(async () => {
    const parts = (await house.messages(conversation.id)).filter(({ direction }) => direction === 'outbound');
    expect(parts.slice(1).map(({ delivery }) => delivery!.state)).toEqual(parts.slice(1).map(() => 'failed'));
    return parts;
  });
  stop();
  expect(ours[0]!.delivery!.state).toMatch(/sent|delivered/);
  expect(ours.at(-1)!.delivery!.error).toMatchObject({ message: expect.stringContaining('An earlier part') });
  expect(sentTexts('Di')).toEqual([ours[0]!.text]);
  // One reply is told of once.
  expect(await house.lines(conversation.id)).toEqual([expect.stringMatching(/^admin’s reply did not reach the customer\. .*Invalid/)]);
  const shown = await house.api.all<Delivery>('/deliveries?attention=true');
  expect(shown.map(({ messageId, error }) => [messageId, error!.kind])).toEqual([[ours[1]!.id, 'refused']]);

  const retried = await house.api.post(`/messages/${ours.at(-1)!.id}/retry`);
  expect(retried.status).toBe(202);
  await eventually(async () => expect(sentTexts('Di')).toEqual(ours.map(({ text }) => text)));
  expect(await house.api.all<Delivery>('/deliveries?attention=true')).toEqual([]);
});

test('a reply in parts is taken back as a whole, as long as nothing of it has left', async () => {
  const { conversation } = await customerWrites('Ed', 'When?');
  const sendAt = new Date(Date.now() + hour).toISOString();
  const first = await house.reply(conversation.id, { text: paragraphs(3), sendAt });
  const parts = (await house.messages(conversation.id)).filter(({ direction }) => direction === 'outbound');
  expect(parts.length).toBeGreaterThan(2);
  expect((await house.api.delete(`/messages/${parts.at(-1)!.id}`)).status).toBe(204);
  expect((await house.messages(conversation.id)).map(({ text }) => text)).toEqual(['When?']);
  expect((await house.api.delete(`/messages/${first.id}`)).status).toBe(404);
  expect(await house.conversation(conversation.id)).toMatchObject({ messageCount: 1, preview: 'When?' });
});

test('a reply planned for a time after the window is refused, and so is one to a window that has closed', async () => {
  const { conversation } = await customerWrites('Flo', 'Later?');
  const inTime = { text: 'In 6 days', sendAt: new Date(Date.now() + 6 * day).toISOString() };
  const tooLate = { text: 'In 8 days', sendAt: new Date(Date.now() + 8 * day).toISOString() };
  const path = `/conversations/${conversation.id}/replies`;
  expect((await house.api.post(path, inTime)).status).toBe(202);
  const { status, body } = await house.api.post<Problem>(path, tooLate);
  expect([status, body.detail]).toEqual([422, expect.stringContaining('7 days')]);

  const old = await customerWroteAgo('Gus', 7 * day + 60_000);
  expect(old.replyWindow).toMatchObject({ open: false, reason: expect.stringContaining('7 days') });
  expect((await house.api.post(`/conversations/${old.id}/replies`, { text: 'Too late' })).status).toBe(422);
});

test('a planned reply whose window has closed when it is due fails with the reason, and nothing is sent', async () => {
  const closing = await customerWroteAgo('Hal', 7 * day - 25_000);
  const sendAt = new Date(Date.parse(closing.replyWindow!.closesAt!) - 1_000).toISOString();
  await house.reply(closing.id, { text: 'Just in time', sendAt, then: 'close' });
  // The app is away until the window is closed.
  await house.restart(() => sleep(Math.max(0, Date.parse(closing.replyWindow!.closesAt!) - Date.now()) + 100));
  const [failed] = await house.deliveries(closing.id, ['failed']);
  expect(failed!.delivery!.error).toMatchObject({ kind: 'window', message: expect.stringMatching(/too late.*7 days/) });
  expect(failed!.delivery!.error!.action).toMatch(/until the customer writes|another channel/);
  expect(sentTexts('Hal')).toEqual([]);
  expect(await house.conversation(closing.id)).toMatchObject({ status: 'open', unread: true, assigneeId: house.api.me.id });
  expect(await house.lines(closing.id)).toEqual([expect.stringMatching(/^admin’s reply did not reach the customer\. .*too late/)]);
}, 90_000);

test('conversations whose window closes soonest come first, without those that have none, page by page', async () => {
  const [later, soon, tagged] = [
    await customerWroteAgo('Ivy', 2 * hour),
    await customerWroteAgo('Jo', 20 * hour),
    await customerWroteAgo('Kim', 3 * day),
  ];
  const listed = (await house.api.all<Conversation>('/conversations?sort=closing')).map(({ id }) => id);
  const places = [soon, later, tagged].map(({ id }) => listed.indexOf(id));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  const closes = (await house.api.all<Conversation>('/conversations?sort=closing')).map(({ replyWindow }) =>
    Date.parse(replyWindow!.closesAt!),
  );
  expect(closes).toEqual(closes.toSorted((one, other) => one - other));
  const { body } = await house.api.get<{ items: Conversation[]; nextCursor: string }>('/conversations?sort=closing&limit=2');
  const next = await house.api.get<{ items: Conversation[] }>(`/conversations?sort=closing&limit=2&cursor=${body.nextCursor}`);
  expect([...body.items, ...next.body.items].map(({ id }) => id)).toEqual(listed.slice(0, 4));
  // What the customer does opens it anew.
  house.meta.customerWrites(house.page, customer('Jo'), 'Still there?');
  await eventually(async () => {
    const again = (await house.api.all<Conversation>('/conversations?sort=closing')).map(({ id }) => id);
    expect(again.indexOf(soon.id)).toBeGreaterThan(again.indexOf(later.id));
  });
});

test('a chat that another app holds says so, is taken over, and then answered', async () => {
  const lea = customer('Lea');
  const { conversation } = await customerWrites('Lea', 'Hello?');
  house.meta.setDefaultApp(house.page, house.outside.env.META_APP_ID!);
  house.meta.threadGoes(house.page, lea, 'taken');
  await eventually(async () => expect((await house.conversation(conversation.id)).heldBy).not.toBeNull());
  const failed = await house.reply(conversation.id, { text: 'Here we are' });
  const [message] = await house.deliveries(conversation.id, ['failed']);
  expect(message!.delivery!.error).toMatchObject({ action: expect.stringMatching(/take/i) });

  const taken = await house.api.post<Conversation>(`/conversations/${conversation.id}/take-over`);
  expect([taken.status, taken.body.heldBy]).toEqual([200, null]);
  expect((await house.lines(conversation.id)).some((line) => line.includes('took this chat over'))).toBe(true);
  expect((await house.api.post(`/conversations/${conversation.id}/take-over`)).status).toBe(409);
  expect((await house.api.post(`/messages/${failed.id}/retry`)).status).toBe(202);
  await eventually(async () => expect(sentTexts('Lea')).toEqual(['Here we are']));
  house.meta.setDefaultApp(house.page, null);
});

test('a message is reacted to, once, with what the platform knows', async () => {
  const { message } = await customerWrites('Max', 'Thank you!');
  const react = (emoji: string | null) => house.api.put<Message>(`/messages/${message.id}/reaction`, { emoji });
  expect(await react('❤️')).toMatchObject({ status: 200, body: { reactions: [{ emoji: '❤️', by: 'us' }] } });
  await react('❤️');
  const there = () => house.meta.transcript(house.page, customer('Max'))[0]!.reactions ?? [];
  expect(there().filter(({ by }) => by === 'business')).toHaveLength(1);
  expect(await react(null)).toMatchObject({ status: 200, body: { reactions: [] } });
  expect(there()).toEqual([]);
  expect((await react('🦄')).status).toBe(422);
});

test('the customer sees that we read and that we type', async () => {
  const nia = customer('Nia');
  const { conversation } = await customerWrites('Nia', 'Anybody?');
  expect((await house.api.post(`/conversations/${conversation.id}/typing`, { on: true })).status).toBe(204);
  await eventually(async () => expect(house.meta.signsTo(house.page, nia).typing).toBe(true));
  await house.api.post(`/conversations/${conversation.id}/typing`, { on: false });
  await eventually(async () => expect(house.meta.signsTo(house.page, nia).typing).toBe(false));
  expect(house.meta.signsTo(house.page, nia).seen).toBe(false);
  await house.api.put(`/conversations/${conversation.id}/read`, { unread: false });
  await eventually(async () => expect(house.meta.signsTo(house.page, nia).seen).toBe(true));
});

test('a file is fetched at its signed address, as what it is, and at no other', async () => {
  const id = await upload('lamp.png', png, 'image/png');
  const address = house.publicFiles().addressOf(id)!;
  const fetched = await fetch(address);
  expect([fetched.status, fetched.headers.get('content-type'), fetched.headers.get('x-content-type-options')]).toEqual([
    200,
    'image/png',
    'nosniff',
  ]);
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(png);
  const forged = [
    address.slice(0, -2),
    address.replace(id, id.replace(/^./, 'f')),
    `${house.api.url}/media/`,
    `${house.api.url}/media/${id}`,
  ];
  expect(await Promise.all(forged.map(async (one) => (await fetch(one)).headers.get('content-type')))).not.toContain('image/png');
  expect((await fetch(forged[0]!)).status).toBe(404);
});

test('an answer in parts goes on after the app was killed in the middle of it, in order and without repeating any', async () => {
  const { meta, page } = house.outside;
  const ground = await freshGround(house.outside.env);
  const start = async () => {
    const app = spawnApp(ground.env);
    return { app, api: await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword) };
  };
  const before = await start();
  await before.api.post('/channels', house.outside.facebookChannel());
  await meta.subscribe({ callbackUrl: `${before.api.url}/webhooks/meta` });
  meta.customerWrites(page, customer('Oz'), 'Tell me a long story');
  const { id } = await eventually(async () => {
    const [found] = await before.api.all<Conversation>('/conversations');
    expect(found?.preview).toBe('Tell me a long story');
    return found!;
  });
  let sent = 0;
  const stop = meta.onReply(() => void (++sent === 3 && before.app.child.kill('SIGKILL')));
  const text = paragraphs(8);
  expect((await before.api.post(`/conversations/${id}/replies`, { text })).status).toBe(202);
  await before.app.ended;
  stop();
  expect(sentTexts('Oz').length).toBeLessThan(8);

  const after = await start();
  try {
    await meta.subscribe({ callbackUrl: `${after.api.url}/webhooks/meta` });
    await eventually(async () => expect(sentTexts('Oz').join(' ').match(/\S+/g)).toEqual(text.match(/\S+/g)), 60_000);
    await eventually(async () => {
      const ours = (await after.api.all<Message>(`/conversations/${id}/messages`)).filter(({ direction }) => direction === 'outbound');
      expect(ours.map((part) => part.text)).toEqual(sentTexts('Oz'));
      for (const { delivery } of ours) expect(delivery!.state).toMatch(/sent|delivered/);
    });
  } finally {
    after.app.child.kill('SIGTERM');
    await after.app.ended;
    await ground.clear();
  }
}, 120_000);
