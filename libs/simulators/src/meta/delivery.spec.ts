import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { startReceiver, type Answering, type Receiver } from './receiver.js';
import { hubSignature, metaJson } from './wire.js';
import type { MetaAccount } from './world.js';

const secret = 'sim-app-secret-0001';
const app = { appId: '900100200300400', appSecret: secret, verifyToken: 'v' };
const clock = 1795305600123;
const minute = 60_000;
const hour = 60 * minute;

let meta: MetaPlatform;
let page: MetaAccount;
let hook: Receiver;
const mids = () => hook.events().map((event) => (event.message as { mid?: string } | undefined)?.mid);
const kinds = () => meta.failures.map(({ kind }) => kind);
const writes = (text = 'Hi', account = page) => meta.customerWrites(account, meta.customer('Ada Moss'), text);

async function start(answers: Answering[] = [], seed = 7) {
  meta = await startMetaPlatform({ ...app, seed, now: () => clock });
  page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps', subscribed: true });
  hook = await startReceiver(...answers);
  await meta.subscribe({ callbackUrl: hook.url });
}
beforeEach(() => start());
afterEach(async () => {
  await meta.stop();
  hook.stop();
});

test('13: the body of the reference’s vector comes out byte for byte, and so does its signature', () => {
  const event = {
    sender: { id: '7311000000000042' },
    recipient: { id: '104400000000017' },
    timestamp: 1795305599871,
    message: { mid: 'm_SIM0001', text: '¿Tallér 1/2 abierto? 😀' },
  };
  const body = metaJson({ object: 'page', entry: [{ id: '104400000000017', time: 1795305600123, messaging: [event] }] });
  expect(body).toBe(
    String.raw`{"object":"page","entry":[{"id":"104400000000017","time":1795305600123,"messaging":[{"sender":{"id":"7311000000000042"},"recipient":{"id":"104400000000017"},"timestamp":1795305599871,"message":{"mid":"m_SIM0001","text":"\u00bfTall\u00e9r 1\/2 abierto? \ud83d\ude00"}}]}]}`,
  );
  expect(hubSignature(secret, body)).toBe('sha256=a0a848ebb1666ad3827e18117113d5de9410fa159353f97be7703d5dcc713479');
});

test('13: what is sent is signed over its bytes, with sha256 and sha1', async () => {
  writes('¿Tallér 1/2 abierto? 😀');
  await meta.settled();
  const [{ body, headers }] = hook.received as [Receiver['received'][number]];
  expect(body).toContain(String.raw`\u00bfTall\u00e9r 1\/2 abierto? \ud83d\ude00`);
  expect(headers['x-hub-signature-256']).toBe(hubSignature(secret, body));
  expect(headers['x-hub-signature']).toBe(hubSignature(secret, body, 'sha1'));
});

test('13: no forgery carries a right sha256 over its own bytes', async () => {
  const ways = ['bad-signature', 'wrong-secret', 'unsigned', 'sha1-only', 'reserialized', 'truncated'] as const;
  for (const how of ways) await meta.forge(how, page);
  expect(hook.received).toHaveLength(ways.length);
  for (const { body, headers } of hook.received) expect(headers['x-hub-signature-256']).not.toBe(hubSignature(secret, body));
});

test('14: a status, a redirect, a broken connection and silence are failures; the next try follows at once, then rarer', async () => {
  hook.answers.push(500, 302, 'reset', { afterMs: 400 }, 204);
  Object.assign(meta.habits, { timeoutMs: 100, retryDelaysMs: [0, minute, 5 * minute, 15 * minute, hour] });
  writes();
  await meta.pass(minute - 1);
  expect(hook.received).toHaveLength(2);
  await meta.pass(1);
  expect(hook.received).toHaveLength(3);
  await meta.pass(20 * minute);
  expect(hook.received).toHaveLength(5);
  await meta.pass(hour);
  expect(hook.received).toHaveLength(6);
  await meta.settled();
  expect(meta.failures.filter(({ kind }) => kind === 'webhook-failed').map(({ detail }) => detail)).toEqual([
    'answered 500',
    'answered 302',
    'UND_ERR_SOCKET',
    'TimeoutError',
    'answered 204',
  ]);
  expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1);
});

test('14: after 36 hours of failures an event is given up', async () => {
  hook.answers.push(...Array.from({ length: 100 }, () => 500));
  Object.assign(meta.habits, { retryDelaysMs: [0, hour], giveUpAfterMs: 36 * hour, disableAfterMs: Infinity });
  const mid = writes();
  await meta.pass(40 * hour);
  expect(kinds().slice(-2)).toEqual(['webhook-given-up', 'event-lost']);
  expect(meta.failures.at(-1)).toMatchObject({ event: `message ${mid}`, at: new Date(clock + 37 * hour) });
});

test('15: 15 minutes of failures are an alert, an hour unsubscribes the account, and what happens then is lost until it subscribes again', async () => {
  hook.answers.push(...Array.from({ length: 14 }, () => 500));
  meta.habits.retryDelaysMs = [5 * minute];
  const other = meta.addPage({ name: 'Harbour Outlet', subscribed: true });
  const lost = writes('first');
  await meta.pass(hour + minute);
  const alerts = meta.failures.filter(({ kind }) => kind.startsWith('webhooks-'));
  expect(alerts.map(({ kind, at }) => [kind, (at.getTime() - clock) / minute])).toEqual([
    ['webhooks-alert', 15],
    ['webhooks-disabled', 60],
  ]);
  expect(page.subscribedFields).toEqual([]);
  const deaf = writes('nobody hears this');
  await meta.settled();
  expect(meta.failures.filter(({ kind }) => kind === 'event-lost').map(({ event }) => event)).toEqual([
    `message ${lost}`,
    `message ${deaf}`,
  ]);
  hook.answers.length = 0;
  expect(other.subscribedFields).not.toEqual([]);
  page.subscribedFields = ['messages'];
  const heard = writes('heard again');
  await meta.settled();
  expect(mids().at(-1)).toBe(heard);
});

test('15: one answer of 200 makes all well again', async () => {
  hook.answers.push(500, 500, 500, 200, 500, 500, 500, 200);
  meta.habits.retryDelaysMs = [14 * minute];
  writes();
  await meta.pass(43 * minute);
  writes();
  await meta.pass(43 * minute);
  expect(kinds().filter((kind) => kind === 'webhooks-disabled')).toEqual([]);
  expect(page.subscribedFields).not.toEqual([]);
});

test('16: with duplicates every event comes twice: at once, in a race with the first, or minutes later in another batch', async () => {
  Object.assign(meta.habits, { duplicates: 1, duplicateWithinMs: 5 * minute, batchWithinMs: 1000 });
  const sent = Array.from({ length: 20 }, (_, i) => writes(`message ${i}`));
  await meta.pass(6 * minute);
  await meta.settled();
  for (const mid of sent) expect(mids().filter((each) => each === mid)).toHaveLength(2);
  const bodies = hook.received.map(({ body }) => sent.filter((mid) => body.includes(mid)).length);
  expect(bodies.length).toBeGreaterThan(2);
  expect(meta.failures.filter(({ kind }) => kind === 'fault-injected').map(({ event }) => event)).toEqual(
    sent.map((mid) => `message ${mid}`),
  );
});

test('17: within a window events overtake each other, and none is lost', async () => {
  meta.habits.reorderWithinMs = 30_000;
  const sent = Array.from({ length: 30 }, (_, i) => writes(`message ${i}`));
  await meta.pass(30_000);
  await meta.settled();
  expect(mids()).not.toEqual(sent);
  expect(new Set(mids())).toEqual(new Set(sent));
});

test('17: whenever events were delivered, times are whole milliseconds', async () => {
  meta.habits.reorderWithinMs = 30_000;
  for (let count = 0; count < 5; count++) writes();
  await meta.pass(10_000);
  expect(Number.isInteger(meta.now())).toBe(true);
  writes('late');
  await meta.pass(30_000);
  await meta.settled();
  expect(hook.events().filter(({ timestamp }) => !Number.isInteger(timestamp))).toEqual([]);
});

test('17: held events are delivered in just the order wanted: a reaction, an edit and an unsend before their message', async () => {
  meta.hold();
  const mid = writes('Is the brass lamp back?');
  const sides = { sender: { id: meta.idOf(meta.customer('Ada Moss'), page) }, recipient: { id: page.id }, timestamp: clock };
  page.subscribedFields = ['messages', 'message_edits', 'message_reactions'];
  void meta.emit(page, { ...sides, message_edit: { mid, text: 'copper', num_edit: 1 } });
  void meta.emit(page, { ...sides, reaction: { mid, action: 'react', reaction: 'love' } });
  void meta.emit(page, { ...sides, message: { mid, is_deleted: true } });
  await meta.release([3, 2, 1, 0]);
  expect(hook.events().map((event) => Object.keys(event).at(-1))).toEqual(['message', 'reaction', 'message_edit', 'message']);
  expect(hook.events().at(-1)).toMatchObject({ message: { mid, text: 'Is the brass lamp back?' } });
});

test('18: one POST holds several accounts and all three lists, up to the largest batch', async () => {
  const other = meta.addPage({ name: 'Harbour Outlet' });
  for (const account of [page, other]) account.subscribedFields = ['messages', 'feed', 'standby'];
  Object.assign(meta.habits, { batchWithinMs: 1000, maxBatch: 7 });
  for (const account of [page, other]) {
    writes('one', account);
    writes('two', account);
    meta.customerWrites(account, meta.customer('Bo'), 'elsewhere', { standby: true });
    void meta.emit(account, { field: 'feed', value: { item: 'status', verb: 'add' } }, 'changes');
  }
  await meta.pass(1000);
  await meta.settled();
  expect(hook.received).toHaveLength(2);
  const { entry } = JSON.parse(hook.received[0]!.body) as { entry: Record<string, unknown[]>[] };
  expect(entry.map(({ id, time: _, ...lists }) => [id, Object.entries(lists).map(([list, items]) => `${list} ${items.length}`)])).toEqual([
    [page.id, ['messaging 2']],
    [page.id, ['standby 1']],
    [page.id, ['changes 1']],
    [other.id, ['messaging 2']],
    [other.id, ['standby 1']],
  ]);
});

test('18: odd elements and entries of nobody lie among the good, which all come', async () => {
  Object.assign(meta.habits, { batchWithinMs: 10, maxBatch: 3, oddities: 1 });
  const sent = Array.from({ length: 30 }, (_, i) => writes(`message ${i}`));
  await meta.pass(10);
  await meta.settled();
  const all = hook.received.flatMap(({ body }) => sent.filter((mid) => body.includes(mid)));
  expect(all).toEqual(sent);
  const faults = meta.failures.map(({ detail }) => detail);
  expect(faults).toHaveLength(10);
  expect(faults.some((detail) => detail.startsWith('odd entry'))).toBe(true);
  expect(faults.some((detail) => detail.startsWith('odd element'))).toBe(true);
});

test('18: by habit a body is wrapped in an array, and a change lies bare in its entry', async () => {
  Object.assign(meta.habits, { wrappedBodies: true, bareChanges: true });
  page.subscribedFields = ['feed'];
  await meta.emit(page, { field: 'feed', value: { item: 'comment', verb: 'add' } }, 'changes');
  expect(JSON.parse(hook.received[0]!.body)).toEqual([
    { object: 'page', entry: [{ id: page.id, time: 1795305600, field: 'feed', value: { item: 'comment', verb: 'add' } }] },
  ]);
});

test('19: lost events happened: their truth is in the thread, the log names each', async () => {
  meta.dropNext(2);
  const sent = ['a', 'b', 'c'].map((text) => writes(text));
  await meta.settled();
  expect(mids()).toEqual([sent[2]]);
  expect(meta.transcript(page, meta.customer('Ada Moss')).map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  expect(meta.failures.map(({ kind, event }) => `${kind} ${event}`)).toEqual(sent.slice(0, 2).map((mid) => `event-lost message ${mid}`));
  meta.habits.losses = 0.5;
  for (let i = 0; i < 40; i++) writes(String(i));
  await meta.settled();
  expect(hook.received.length).toBeGreaterThan(5);
  expect(hook.received.length).toBeLessThan(36);
});

test('20: messaging entries carry milliseconds, changes entries seconds', async () => {
  page.subscribedFields = ['messages', 'feed'];
  writes();
  await meta.settled();
  await meta.emit(page, { field: 'feed', value: { created_time: 1795305600 } }, 'changes');
  const times = hook.received.map(({ body }) => (JSON.parse(body) as { entry: { time: number }[] }).entry[0]!.time);
  expect(times).toEqual([clock, 1795305600]);
});

test('21: the dashboard’s test is signed, and made of ids that nobody has', async () => {
  expect(await meta.dashboardTest(page)).toBe(200);
  const [{ body, headers }] = hook.received as [Receiver['received'][number]];
  expect(headers['x-hub-signature-256']).toBe(hubSignature(secret, body));
  expect(JSON.parse(body)).toMatchObject({
    entry: [
      {
        id: '0',
        changes: [{ field: 'messages', value: { sender: { id: '12334' }, recipient: { id: '23245' }, timestamp: '1795305600' } }],
      },
    ],
  });
});

test('43: the same seed gives the same run, and another seed another', async () => {
  const run = async (seed: number) => {
    await meta.stop();
    hook.stop();
    await start([500, 200, 503], seed);
    Object.assign(meta.habits, { duplicates: 0.3, losses: 0.1, oddities: 0.3, reorderWithinMs: 20_000, batchWithinMs: 2000, maxBatch: 4 });
    for (let i = 0; i < 30; i++) {
      meta.customerWrites(page, meta.customer(`Person ${i % 5}`), `message ${i}`);
      await meta.pass(1500);
    }
    await meta.pass(60_000);
    await meta.settled();
    return { bodies: hook.received.map(({ body }) => body), failures: [...meta.failures] };
  };
  const first = await run(11);
  expect(first.failures.length).toBeGreaterThan(5);
  expect(first.failures.filter(({ kind }) => ['fault-injected', 'event-lost'].includes(kind)).every(({ event }) => event)).toBe(true);
  expect(await run(11)).toEqual(first);
  expect((await run(12)).bodies).not.toEqual(first.bodies);
});

test('41: errors come in other languages and with less in them; codes stay', async () => {
  const refused = async () => {
    const response = await fetch(`${meta.url}/v26.0/me/messages`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${page.accessToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ recipient: { id: '123456789012345' }, message: { text: 'Hi' } }),
    });
    return ((await response.json()) as { error: Record<string, unknown> }).error;
  };
  expect(await refused()).toMatchObject({
    code: 100,
    error_subcode: 2018001,
    is_transient: false,
    error_user_title: expect.any(String) as string,
  });
  Object.assign(meta.habits, { localizedErrors: true, bareErrors: 1 });
  const texts = new Set<unknown>();
  for (let i = 0; i < 20; i++) {
    const error = await refused();
    texts.add(error.message);
    expect(Object.keys(error).sort()).toEqual(['code', 'error_subcode', 'fbtrace_id', 'message', 'type']);
  }
  expect(texts.size).toBeGreaterThan(2);
  expect([...texts].some((text) => /matching user/.test(String(text)))).toBe(false);
});
