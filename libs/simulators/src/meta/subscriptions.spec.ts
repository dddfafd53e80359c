import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { startReceiver, type Receiver } from './receiver.js';
import type { MetaAccount } from './world.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let me in' };
const appToken = `${app.appId}|${app.appSecret}`;
let meta: MetaPlatform;
let page: MetaAccount;
let hook: Receiver;

beforeEach(async () => {
  meta = await startMetaPlatform({ ...app, seed: 7 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  hook = await startReceiver();
});
afterEach(async () => {
  await meta.stop();
  hook.stop();
});

interface Answer {
  success?: boolean;
  data?: Record<string, unknown>[];
  error?: { code: number; message: string };
}
async function call(method: string, path: string, query: Record<string, string> = {}, token = page.accessToken): Promise<Answer> {
  const url = `${meta.url}/v26.0${path}?${new URLSearchParams(query).toString()}`;
  return (await (await fetch(url, { method, headers: { Authorization: `Bearer ${token}` } })).json()) as Answer;
}
const subscribeAccount = (fields: string, account = page) =>
  call('POST', `/${account.id}/subscribed_apps`, { subscribed_fields: fields }, account.accessToken);
async function heardAfterWriting(account = page): Promise<number> {
  meta.customerWrites(account, meta.customer('Ada'), 'Hi');
  await meta.settled();
  return hook.received.length;
}

test('10: an event passes when both gates are open for its field, and only then', async () => {
  expect(await heardAfterWriting()).toBe(0);
  expect(await subscribeAccount('messages,feed')).toEqual({ success: true });
  expect(await heardAfterWriting()).toBe(0);
  await meta.subscribe({ callbackUrl: hook.url, fields: { page: ['feed'] } });
  expect(await heardAfterWriting()).toBe(0);
  await meta.subscribe({ callbackUrl: hook.url, fields: { page: ['feed', 'messages'] } });
  expect(await heardAfterWriting()).toBe(1);
  meta.customerReads(page, meta.customer('Ada'));
  await meta.settled();
  expect(hook.received).toHaveLength(1);
  expect(meta.failures.map(({ detail }) => detail)).toEqual([
    'the app has no callback',
    'the app has no callback',
    'the app is not subscribed to messages of page',
    'the app is not subscribed to message_reads of page',
  ]);
});

test('10: GET shows the state, POST replaces it, DELETE ends it', async () => {
  expect(await call('GET', `/${page.id}/subscribed_apps`)).toEqual({ data: [] });
  await subscribeAccount('messages,feed');
  await subscribeAccount('messages');
  expect((await call('GET', `/me/subscribed_apps`)).data).toMatchObject([{ id: app.appId, subscribed_fields: ['messages'] }]);
  expect(await call('DELETE', `/${page.id}/subscribed_apps`)).toEqual({ success: true });
  expect(await call('GET', `/${page.id}/subscribed_apps`)).toEqual({ data: [] });
});

test('10: a wrong field name, such as the twin of the other object, is error 100 that lists what there is', async () => {
  const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  const { error } = await subscribeAccount('messages,feed,message_edit');
  expect(error?.code).toBe(100);
  expect(error?.message).toMatch(/Param subscribed_fields\[2\] must be one of \{FEED, .*MESSAGE_EDITS/);
  expect((await subscribeAccount('message_edits', instagram)).error?.message).toMatch(/\[0\] must be one of \{COMMENTS, .*MESSAGE_EDIT,/);
  expect(page.subscribedFields).toEqual([]);
});

test('10: the app subscribes to Pages with its own token, and to Instagram in the dashboard alone', async () => {
  const wanted = { object: 'page', callback_url: hook.url, verify_token: 'my own', fields: 'messages,feed' };
  expect((await call('POST', `/${app.appId}/subscriptions`, wanted)).error?.code).toBe(15);
  expect((await call('POST', `/${app.appId}/subscriptions`, { ...wanted, object: 'instagram' }, appToken)).error?.code).toBe(100);
  expect((await call('POST', `/${app.appId}/subscriptions`, { ...wanted, fields: 'comments' }, appToken)).error?.code).toBe(100);
  expect(await call('POST', `/${app.appId}/subscriptions`, wanted, appToken)).toEqual({ success: true });
  expect((await call('GET', `/${app.appId}/subscriptions`, {}, appToken)).data).toMatchObject([
    { object: 'page', callback_url: hook.url, fields: [{ name: 'messages' }, { name: 'feed' }] },
  ]);
  expect(await call('DELETE', `/${app.appId}/subscriptions`, { object: 'page' }, appToken)).toEqual({ success: true });
  expect(await call('GET', `/${app.appId}/subscriptions`, {}, appToken)).toEqual({ data: [] });
});

test('11: the handshake of every change has a challenge beyond 2^53; a wrong echo changes nothing', async () => {
  const asked: URLSearchParams[] = [];
  const { createServer } = await import('node:http');
  let mangle = false;
  const server = createServer((request, response) => {
    asked.push(new URL(request.url!, 'http://app').searchParams);
    const challenge = asked.at(-1)!.get('hub.challenge')!;
    response.end(mangle ? String(Number(challenge)) : challenge);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await meta.subscribe({ callbackUrl: `http://127.0.0.1:${port}/hook`, fields: { page: ['feed'] } });
  mangle = true;
  const again = { callbackUrl: `http://127.0.0.1:${port}/hook`, fields: { page: ['messages'] } };
  await expect(meta.subscribe(again)).rejects.toThrow("couldn't be validated");
  server.close();
  expect(Object.fromEntries(asked[0]!)).toMatchObject({ 'hub.mode': 'subscribe', 'hub.verify_token': 'let me in' });
  expect(BigInt(asked[0]!.get('hub.challenge')!)).toBeGreaterThan(2n ** 53n);
  expect((await call('GET', `/${app.appId}/subscriptions`, {}, appToken)).data).toMatchObject([{ fields: [{ name: 'feed' }] }]);
});

test('12: an Instagram account on a Page delivers once the Page is subscribed to anything at all', async () => {
  const linked = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  await meta.subscribe({ callbackUrl: hook.url });
  expect(await heardAfterWriting(linked)).toBe(0);
  await subscribeAccount('mention');
  expect(await heardAfterWriting(linked)).toBe(1);
  expect(JSON.parse(hook.received[0]!.body)).toMatchObject({ object: 'instagram', entry: [{ id: linked.id }] });
  meta.trouble(linked, 'unlinked');
  expect(await heardAfterWriting(linked)).toBe(1);
});

test('12: an owner who shuts apps out of their messages sends no events, and nobody says so', async () => {
  const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram', subscribed: true });
  await meta.subscribe({ callbackUrl: hook.url });
  meta.trouble(instagram, 'access-off');
  expect(await heardAfterWriting(instagram)).toBe(0);
  meta.trouble(instagram, 'access-off', false);
  expect(await heardAfterWriting(instagram)).toBe(1);
});
