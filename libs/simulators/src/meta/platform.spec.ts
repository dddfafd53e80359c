import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { hubSignature, metaJson, type Json } from './wire.js';
import type { MetaAccount } from './world.js';

const secret = 'sim-app-secret-0001';
const app = { appId: '900100200300400', appSecret: secret, verifyToken: 'let-me-in' };
const hour = 3_600_000;

interface Received {
  body: string;
  signature: string;
}

/** An app's callback that keeps what it got and answers as told. */
async function callback(answers: number[] = []) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://app');
    if (request.method === 'GET') return void response.end(url.searchParams.get('hub.challenge'));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['x-hub-signature-256']) });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const events = () =>
    received
      .flatMap(({ body }) => (JSON.parse(body) as { entry: { messaging: Record<string, unknown>[] }[] }).entry)
      .flatMap(({ messaging }) => messaging);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    events,
    stop: () => void server.close().closeAllConnections(),
  };
}

let meta: MetaPlatform;
let page: MetaAccount;
let hook: Awaited<ReturnType<typeof callback>>;
const clock = 1795305600000;

beforeEach(async () => {
  meta = await startMetaPlatform({ ...app, seed: 7, now: () => clock });
  page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps', subscribed: true });
  hook = await callback();
  await meta.subscribe({ callbackUrl: hook.url });
});
afterEach(async () => {
  await meta.stop();
  hook.stop();
});

async function call(method: string, path: string, body?: object, token = page.accessToken) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(meta.url + path, { method, headers, body: body && JSON.stringify(body) });
  return {
    status: response.status,
    ...((await response.json()) as { message_id?: string; data?: { id: string }[]; error?: { code: number; error_subcode?: number } }),
  };
}
const send = (id: string, text: string, more: object = {}, token?: string) =>
  call('POST', '/v26.0/me/messages', { recipient: { id }, messaging_type: 'RESPONSE', message: { text }, ...more }, token);
const failure = ({ error }: { error?: { code: number; error_subcode?: number } }) => [error?.code, error?.error_subcode];

test('a body is escaped and signed as Meta does', () => {
  const event: Json = {
    sender: { id: '7311000000000042' },
    recipient: { id: '104400000000017' },
    timestamp: 1795305599871,
    message: { mid: 'm_SIM0001', text: '¿Tallér 1/2 abierto? 😀' },
  };
  const body = metaJson({ object: 'page', entry: [{ id: '104400000000017', time: 1795305600123, messaging: [event] }] });
  expect(Buffer.byteLength(body)).toBe(271);
  expect(hubSignature(secret, body)).toBe('sha256=a0a848ebb1666ad3827e18117113d5de9410fa159353f97be7703d5dcc713479');
});

test('a customer’s message arrives signed, and is tried again until answered with 200', async () => {
  hook.stop();
  hook = await callback([500, 302]);
  await meta.subscribe({ callbackUrl: hook.url });
  const mid = meta.customerWrites(page, meta.customer('Ada Moss'), 'Is the brass lamp back?');
  await meta.settled();
  expect(hook.received).toHaveLength(3);
  expect(hook.received.every(({ body, signature }) => signature === hubSignature(secret, body))).toBe(true);
  expect(hook.events().at(-1)).toMatchObject({ sender: { id: meta.idOf(meta.customer('Ada Moss'), page) }, message: { mid } });
});

test('a wrong challenge is no subscription, and an unsubscribed account’s events are lost', async () => {
  await expect(meta.subscribe({ callbackUrl: meta.url })).rejects.toThrow("couldn't be validated");
  const quiet = meta.addPage({ name: 'Quiet' });
  meta.customerWrites(quiet, meta.customer('Ada Moss'), 'anyone?');
  await meta.settled();
  expect(hook.received).toHaveLength(0);
  expect(meta.failures.at(-1)).toMatchObject({ kind: 'event-lost' });
});

test('a person has another id at every account, and some exceed 2^53', () => {
  const people = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Fi'].map((name) => meta.customer(name));
  const accounts = [page, meta.addPage({ name: 'B' }), meta.addInstagramAccount({ username: 'c', via: 'instagram' })];
  const ids = people.flatMap((person) => accounts.map((account) => meta.idOf(person, account)));
  expect(new Set(ids).size).toBe(18);
  expect(ids.every((id) => /^\d{15,17}$/.test(id))).toBe(true);
  expect(ids.some((id) => BigInt(id) > 2n ** 53n)).toBe(true);
});

test('batches, duplicates and reordering lose nothing', async () => {
  Object.assign(meta.habits, { batchWithinMs: 20, duplicates: 0.5, reorderWithinMs: 60, numericIds: true });
  const mids = Array.from({ length: 40 }, (_, i) => meta.customerWrites(page, meta.customer(`Person ${i % 7}`), `message ${i}`));
  await meta.settled();
  const got = hook.events().map(({ message }) => (message as { mid: string }).mid);
  expect(new Set(got)).toEqual(new Set(mids));
  expect(got.length).toBeGreaterThan(40);
  expect(hook.received.length).toBeLessThan(got.length);
  expect([...new Set(got)]).not.toEqual(mids);
});

test('a send reaches the customer and comes back as an echo with the same mid', async () => {
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(page, ada, 'Hi');
  const { message_id } = await call('POST', '/me/messages', {
    recipient: { id: meta.idOf(ada, page) },
    message: { text: 'Yes, two left.', metadata: 'x:1' },
  });
  await meta.settled();
  expect(meta.sentTo(ada)).toMatchObject([{ mid: message_id, text: 'Yes, two left.', by: 'api' }]);
  expect(hook.events().at(-1)).toMatchObject({
    recipient: { id: meta.idOf(ada, page) },
    message: { mid: message_id, is_echo: true, app_id: 900100200300400, metadata: 'x:1' },
  });
});

test('an Instagram echo carries neither app id nor metadata; a human’s native reply is an echo too', async () => {
  const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram', subscribed: true });
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(instagram, ada, 'hola');
  await send(meta.idOf(ada, instagram), 'Yes', {}, instagram.accessToken);
  meta.nativeReply(instagram, ada, 'from the app');
  await meta.settled();
  const echoes = hook
    .events()
    .map(({ message }) => message as Record<string, unknown>)
    .filter(({ is_echo }) => is_echo);
  expect(echoes.map((echo) => Object.keys(echo).sort())).toEqual([
    ['is_echo', 'mid', 'text'],
    ['is_echo', 'mid', 'text'],
  ]);
  expect(meta.sentTo(ada).map(({ by }) => by)).toEqual(['api', 'native-app']);
});

test.each([
  ['24 h less a second, untagged', 24 * hour - 1000, {}, [undefined, undefined]],
  ['24 h and a second, untagged', 24 * hour + 1000, {}, [10, 2018278]],
  ['24 h and a second, as a human agent', 24 * hour + 1000, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, [undefined, undefined]],
  ['7 d and a second, as a human agent', 7 * 24 * hour + 1000, { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' }, [10, 2018278]],
  ['a retired tag', hour, { messaging_type: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }, [100, undefined]],
])('reply window: %s', async (_, age, how, expected) => {
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(page, ada, 'Hi');
  meta.advance(age);
  meta.nativeReply(page, ada, 'our own words do not open it');
  expect(failure(await send(meta.idOf(ada, page), 'late', how))).toEqual(expected);
});

test('texts too long or empty, strangers and people who blocked us are refused', async () => {
  const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const ada = meta.customer('Ada Moss');
  for (const account of [page, instagram]) meta.customerWrites(account, ada, 'Hi');
  const [psid, igsid] = [meta.idOf(ada, page), meta.idOf(ada, instagram)];
  expect(failure(await send(psid, 'x'.repeat(2000)))).toEqual([undefined, undefined]);
  expect(failure(await send(psid, 'x'.repeat(2001)))).toEqual([100, undefined]);
  expect(failure(await send(igsid, 'é'.repeat(500)))).toEqual([undefined, undefined]);
  expect(failure(await send(igsid, 'é'.repeat(501)))).toEqual([100, 2534015]);
  expect(failure(await send(psid, ' '))).toEqual([100, undefined]);
  expect(failure(await send('123', 'Hi'))).toEqual([100, 2018001]);
  meta.customerBlocks(page, ada);
  expect(failure(await send(psid, 'Hi'))).toEqual([551, 1545041]);
});

test('tokens unknown, dead or of the other host are error 190', async () => {
  expect(failure(await call('GET', '/me', undefined, 'nonsense'))).toEqual([190, undefined]);
  expect(failure(await call('GET', '/graph.instagram.com/v26.0/me'))).toEqual([190, undefined]);
  meta.killToken(page, 'password-changed');
  expect(failure(await call('GET', '/v26.0/me'))).toEqual([190, 460]);
  expect(failure(await call('GET', '/v99.0/me'))).toEqual([190, 460]);
});

test('whatever the answer says, the truth is in the transcript', async () => {
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(page, ada, 'Hi');
  const id = meta.idOf(ada, page);
  meta.behave('deliver-then-error', 'deliver-then-drop', 'fail-500', 'html-502');
  expect(failure(await send(id, 'a'))).toEqual([1, 1357046]);
  await expect(send(id, 'b')).rejects.toThrow('fetch failed');
  expect(failure(await send(id, 'c'))).toEqual([1, undefined]);
  await expect(send(id, 'd')).rejects.toThrow('JSON');
  await send(id, 'e');
  expect(meta.sentTo(ada).map(({ text }) => text)).toEqual(['a', 'b', 'e']);
});

test('a thread is read by person and paged newest first; only the newest 20 can be opened', async () => {
  const ada = meta.customer('Ada Moss');
  for (let i = 1; i <= 30; i++) meta.customerWrites(page, ada, `message ${i}`);
  const { data } = await call('GET', `/${page.id}/conversations?platform=messenger&user_id=${meta.idOf(ada, page)}`);
  const first = await call('GET', `/${data![0]!.id}/messages?fields=message,from&limit=15`);
  expect(first.data).toHaveLength(15);
  expect(first.data![0]).toMatchObject({ message: 'message 30', from: { name: 'Ada Moss' } });
  const all = await call('GET', `/${data![0]!.id}/messages?fields=message&limit=100`);
  expect(all.data!.filter((message) => 'message' in message)).toHaveLength(20);
  expect(failure(await call('GET', `/${all.data!.at(-1)!.id}`))).toEqual([9000001, undefined]);
});

test('threads outlive a stop where a memory is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meta-'));
  const start = async () => {
    const platform = await startMetaPlatform({ ...app, memory: join(folder, 'threads.json') });
    return { platform, account: platform.addPage({ name: 'Harbour Lamps' }) };
  };
  const first = await start();
  first.platform.customerWrites(first.account, first.platform.customer('Ada Moss'), 'Hi');
  await first.platform.stop();
  const { platform, account } = await start();
  expect(platform.transcript(account, platform.customer('Ada Moss'))).toMatchObject([{ text: 'Hi', by: 'customer' }]);
  await platform.stop();
  await rm(folder, { recursive: true });
});
