import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Attachment, type Conversation, type Message } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, ready, spawnApp } from './house.js';
import { MessengerHouse } from './messenger-house.js';
import { Outside } from './outside.js';

let inbox: MessengerHouse;

beforeAll(async () => {
  inbox = await MessengerHouse.open();
}, 60_000);
afterAll(() => inbox?.close(), 30_000);

const get = async (id: string) => (await inbox.api.get<Conversation>(`/conversations/${id}`)).body;
const reply = async (id: string, body: object) => {
  const answer = await inbox.api.post<Message>(`/conversations/${id}/replies`, body);
  expect([answer.status, answer.body]).toMatchObject([202, {}]);
  return answer.body;
};
const takeBack = async ({ id }: { id: string }) => (await inbox.api.delete(`/messages/${id}`)).status;
const heard = (name: string) => inbox.outside.meta.sentTo(inbox.outside.meta.customer(name)).map(({ text }) => text);
const left = async (id: string) =>
  (await inbox.messages(id)).flatMap(({ text, delivery }) => (delivery && !['queued', 'sending'].includes(delivery.state) ? text : []));

async function upload(): Promise<string> {
  const form = new FormData();
  form.set('file', new File([new Uint8Array([1, 2, 3])], 'lamp.png', { type: 'image/png' }));
  return (await inbox.api.upload<Attachment>('/attachments', form)).body.id;
}

test('a reply leaves when it can no longer be undone, not before', async () => {
  const { id } = await inbox.customerWrites('Ada', 'Hello?');
  const written = Date.now();
  const { delivery } = await reply(id, { text: 'Hello!', undoSeconds: 2 });
  expect(delivery).toMatchObject({ state: 'queued', attempts: 0, nextAttemptAt: delivery!.undoUntil });
  expect(Date.parse(delivery!.undoUntil!) - written).toBeGreaterThanOrEqual(2_000);
  await sleep(1_000);
  expect(heard('Ada')).toEqual([]);
  await eventually(async () => expect(heard('Ada')).toEqual(['Hello!']), 4_000);
  expect(Date.now() - written).toBeGreaterThanOrEqual(2_000);
});

test('API clients that say nothing of it have their replies sent at once; two minutes are the most', async () => {
  const { id } = await inbox.customerWrites('Ben', 'Hello?');
  expect((await reply(id, { text: 'At once' })).delivery).toMatchObject({ undoUntil: null });
  for (const undoSeconds of [-1, 121, 1.5, 'soon'])
    expect((await inbox.api.post(`/conversations/${id}/replies`, { text: 'x', undoSeconds })).status).toBe(422);
});

test.each([['open'], ['pending'], ['snoozed'], ['closed']])(
  'taken back it leaves no trace in a conversation that was %s',
  async (status) => {
    const name = `Cem ${status}`;
    const { id } = await inbox.customerWrites(name, 'Hello?');
    const snoozed = status === 'snoozed' ? { snoozedUntil: new Date(Date.now() + 3_600_000).toISOString() } : {};
    await inbox.api.patch(`/conversations/${id}`, { status, ...snoozed });
    await inbox.api.put(`/conversations/${id}/read`, { unread: true });
    // Their name comes after their message.
    const before = await eventually(async () => {
      const found = await get(id);
      expect(found.contact).toMatchObject({ name, pictureUrl: expect.any(String) });
      return found;
    });
    const messages = await inbox.messages(id);
    expect(before).toMatchObject({ status, unread: true, waitingSince: expect.any(String) });
    const attachmentId = await upload();
    const then = status === 'closed' ? 'pending' : 'close';
    const first = await reply(id, { text: 'Too quick', attachmentIds: [attachmentId], then, undoSeconds: 60 });
    expect(await get(id)).toMatchObject({ status: then === 'close' ? 'closed' : 'pending', unread: false, waitingSince: null });
    expect(await takeBack(first)).toBe(204);
    const after = await get(id);
    expect({ ...after, version: before.version }).toEqual(before);
    expect(await inbox.messages(id)).toEqual(messages);
    expect(await takeBack(first)).toBe(404);
    // The file is the author's again.
    const second = await reply(id, { text: 'Better', attachmentIds: [attachmentId] });
    await eventually(async () => expect(await left(id)).toContain('Better'));
    expect(second.id).not.toBe(first.id);
    expect(heard(name)).not.toContain('Too quick');
  },
);

test('what somebody changed since the reply stays as they made it', async () => {
  const { id } = await inbox.customerWrites('Dov', 'Hello?');
  const closing = await reply(id, { text: 'Bye', then: 'close', undoSeconds: 60 });
  await inbox.customerWrites('Dov', 'Wait!');
  expect((await get(id)).status).toBe('open');
  await inbox.api.patch(`/conversations/${id}`, { status: 'pending' });
  expect(await takeBack(closing)).toBe(204);
  expect(await get(id)).toMatchObject({ status: 'pending', messageCount: 2, preview: 'Wait!' });
});

test('a reply does not overtake one that may still be undone', async () => {
  const { id } = await inbox.customerWrites('Eva', 'Hello?');
  await reply(id, { text: 'first', undoSeconds: 3 });
  await reply(id, { text: 'second' });
  await sleep(1_500);
  expect(heard('Eva')).toEqual([]);
  await eventually(async () => expect(heard('Eva')).toEqual(['first', 'second']), 10_000);
});

test('nor one that waits behind it; it leaves as soon as that is taken back', async () => {
  const { id } = await inbox.customerWrites('Fay', 'Hello?');
  const first = await reply(id, { text: 'first', undoSeconds: 60 });
  await reply(id, { text: 'second' });
  await sleep(500);
  expect(heard('Fay')).toEqual([]);
  expect(await takeBack(first)).toBe(204);
  await eventually(async () => expect(heard('Fay')).toEqual(['second']), 4_000);
});

test('one that is planned for later is overtaken as before, and can be taken back until it leaves', async () => {
  const { id } = await inbox.customerWrites('Gus', 'Hello?');
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const planned = await reply(id, { text: 'tomorrow', sendAt, undoSeconds: 10 });
  expect(planned.delivery).toMatchObject({ state: 'queued', nextAttemptAt: sendAt, undoUntil: null });
  await reply(id, { text: 'now' });
  await eventually(async () => expect(heard('Gus')).toEqual(['now']));
  expect(await takeBack(planned)).toBe(204);
});

test('of undo and sending at the same moment exactly one wins', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `Racer ${n}`);
  const chats = await Promise.all(names.map((name) => inbox.customerWrites(name, `${name} asks`)));
  const replies = await Promise.all(chats.map(({ id }, n) => reply(id, { text: `To ${names[n]}`, undoSeconds: 1 })));
  const outcomes = await Promise.all(
    replies.map(async (message, n) => {
      await sleep(Date.parse(message.delivery!.undoUntil!) - Date.now() + n * 8 - 20);
      return takeBack(message);
    }),
  );
  expect(outcomes.filter((status) => status !== 204 && status !== 409)).toEqual([]);
  for (const [n, status] of outcomes.entries())
    if (status === 409) await eventually(async () => expect(heard(names[n]!)).toEqual([`To ${names[n]}`]));
  await sleep(500);
  for (const [n, status] of outcomes.entries()) {
    expect([status, heard(names[n]!)]).toEqual([status, status === 204 ? [] : [`To ${names[n]}`]]);
    expect((await inbox.messages(chats[n]!.id)).filter(({ delivery }) => delivery)).toHaveLength(status === 204 ? 0 : 1);
  }
});

test('what was planned, or could be undone, when the app was killed leaves once when it is back', async () => {
  const outside = await Outside.start();
  const ground = await freshGround(outside.env);
  let app: AppProcess = spawnApp(ground.env);
  try {
    const api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
    await outside.connect(api);
    const customer = outside.meta.customer('Hal');
    outside.meta.customerWrites(outside.page, customer, 'Hello?');
    const { id } = await eventually(async () => {
      const [found] = await api.all<Conversation>('/conversations');
      expect(found).toBeDefined();
      return found!;
    });
    const write = (body: object) => api.post<Message>(`/conversations/${id}/replies`, body);
    const sendAt = new Date(Date.now() + 2_500);
    expect((await write({ text: 'could be undone', undoSeconds: 2 })).status).toBe(202);
    expect((await write({ text: 'planned', sendAt })).status).toBe(202);
    app.child.kill('SIGKILL');
    await app.ended;
    await sleep(Math.max(0, sendAt.getTime() - Date.now()));
    expect(outside.meta.sentTo(customer)).toEqual([]);
    app = spawnApp(ground.env);
    await ready(app, ground.env);
    const texts = () => outside.meta.sentTo(customer).map(({ text }) => text);
    await eventually(async () => expect(texts()).toEqual(['could be undone', 'planned']), 30_000);
    await sleep(1_000);
    expect(texts()).toHaveLength(2);
  } finally {
    app.child.kill('SIGTERM');
    await app.ended;
    await ground.clear();
    await outside.stop();
  }
}, 90_000);
