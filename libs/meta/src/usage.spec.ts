import { startMetaPlatform } from '#libs/simulators';
import { callGraph, type GraphCall } from './graph.js';
import { refusal, ScriptedGraph } from './scripted-graph.js';
import { usageOf } from './usage.js';

let graph: ScriptedGraph;
beforeEach(async () => (graph = await ScriptedGraph.start()));
afterEach(() => graph.stop());

const access = (account?: string) => ({ baseUrl: `${graph.url}/v26.0`, token: 't', account });
const send: GraphCall = { method: 'POST', path: '104/messages', body: {} };
const comment: GraphCall = { method: 'POST', path: '1_2/comments', body: {} };
const read: GraphCall = { method: 'GET', path: '1_2' };
const call = (what: GraphCall, account = '104') => callGraph(access(account), what);

/** Lets Graph answer everything with these headers, and makes one call. */
async function told(headers: Record<string, object | string>, what = send): Promise<void> {
  const shown = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  answerAll({ headers: shown, body: { ok: true } });
  await call(what);
  answerAll({ body: { ok: true } });
}
function answerAll(answer: { headers?: Record<string, string>; body: unknown }): void {
  for (const name of ['POST 104/messages', 'POST 1_2/comments', 'GET 1_2', 'GET 104/conversations']) graph.answer(name, answer);
}
const business = (...uses: object[]) => ({ 'X-Business-Use-Case-Usage': { '104': uses } });
const fails = (what: GraphCall, account?: string) =>
  call(what, account).then(
    () => null,
    (error: unknown) => error,
  );

test('nothing is known at first, and nobody waits', async () => {
  await told({});
  expect(usageOf(access('104'))).toBeNull();
});

test('the fullest of three figures counts, of the app and of the account', async () => {
  await told({ 'X-App-Usage': { call_count: 3, total_cputime: 41, total_time: 7 } });
  expect(usageOf(access('104'))).toEqual({ share: 0.41, regainAt: null });
  await told({ 'X-Page-Usage': { call_count: 60 }, ...business({ type: 'pages', call_count: 12, total_time: 61 }) }, comment);
  expect(usageOf(access('104'))).toEqual({ share: 0.61, regainAt: null });
  expect(usageOf(access('105'))).toEqual({ share: 0.41, regainAt: null });
});

test.each([
  [74, true, true],
  [79, true, true],
  [80, true, false],
  [94, true, false],
  [95, false, false],
  [130, false, false],
])(
  'at %d %% of an account’s quota: sends go %s, reads go %s',
  async (percent, sends, reads) => {
    await told(business({ type: 'pages', call_count: percent }), comment);
    const before = graph.asked.length;
    expect(await fails(comment)).toEqual(sends ? null : expect.objectContaining({ kind: 'rate-limited', outcome: 'not-sent' }));
    expect(await fails(read)).toEqual(reads ? null : expect.objectContaining({ kind: 'rate-limited' }));
    expect(graph.asked.length - before).toBe(Number(sends) + Number(reads));
  },
  15_000,
);

test('from three quarters on reads go slowly, what an agent waits for does not', async () => {
  await told(business({ type: 'pages', call_count: 76 }), comment);
  const started = Date.now();
  await call({ ...read, urgent: true });
  await call(comment);
  expect(Date.now() - started).toBeLessThan(1000);
  await call(read);
  expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
});

test('a read that an agent waits for may use what other reads leave', async () => {
  await told(business({ type: 'pages', call_count: 90 }), comment);
  await expect(call({ ...read, urgent: true })).resolves.toBeDefined();
});

test('chats and comments have quotas of their own on a Page, and one account does not stop another', async () => {
  await told(business({ type: 'messenger', call_count: 12 }, { type: 'pages', call_count: 100, estimated_time_to_regain_access: 19 }));
  await expect(call(send)).resolves.toBeDefined();
  expect(await fails(comment)).toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.closeTo(19 * 60_000, -4) });
  await expect(call(comment, '105')).resolves.toBeDefined();
  expect(usageOf(access('104'))).toEqual({ share: 1, regainAt: expect.any(Date) });
});

test('Instagram counts messages apart from all else', async () => {
  await told(business({ type: 'instagram', call_count: 100 }));
  await expect(call(send)).resolves.toBeDefined();
  expect(await fails(comment)).toMatchObject({ kind: 'rate-limited' });
});

test.each(['t_1', 't_1/messages', 'm_1', 'aWdfZAG06', '104/conversations'])('reading %s counts among chats', async (path) => {
  await told(business({ type: 'messenger', call_count: 100 }));
  expect(await fails({ method: 'GET', path })).toMatchObject({ kind: 'rate-limited' });
  await expect(call(comment)).resolves.toBeDefined();
});

test.each([613, 80006])('chats looked into too fast (%d) are looked into later, and agents need not wait', async (code) => {
  const look: GraphCall = { method: 'GET', path: 't_1' };
  graph.refuse('GET t_1', code);
  expect(await fails(look)).toMatchObject({ kind: 'rate-limited', retryAfterMs: 10_000 });
  expect(await fails({ ...look, urgent: true })).toMatchObject({ kind: 'rate-limited' });
  answerAll({ body: {} });
  await expect(call(send)).resolves.toBeDefined();
});

test('a full app stops everybody', async () => {
  await told({ 'X-App-Usage': { call_count: 99 } });
  expect(await fails(send, '105')).toMatchObject({ kind: 'rate-limited' });
  await expect(callGraph(access(), read)).rejects.toMatchObject({ kind: 'rate-limited' });
});

test('of a list of several accounts only ours counts', async () => {
  const uses = { '105': [{ type: 'pages', call_count: 100 }], '104': [{ type: 'pages', call_count: 5 }] };
  await told({ 'X-Business-Use-Case-Usage': uses }, comment);
  expect(usageOf(access('104'))?.share).toBe(0.05);
});

test.each([
  [4, 5 * 60_000, [true, true, true]],
  [17, 5 * 60_000, [true, true, false]],
  [32, 5 * 60_000, [true, true, false]],
  [613, 10_000, [true, false, false]],
  [80001, 5 * 60_000, [true, true, false]],
  [80002, 5 * 60_000, [true, true, false]],
  [80006, 5 * 60_000, [true, false, false]],
])('after error %d nobody calls until it is over: chats, comments, other accounts', async (code, waitMs, [chats, comments, others]) => {
  answerAll({ body: {} });
  graph.refuse('POST 104/messages', code);
  expect(await fails(send)).toMatchObject({ kind: 'rate-limited', retryAfterMs: waitMs, code: String(code) });
  answerAll({ body: {} });
  const stopped = async (what: GraphCall, account?: string) => (await fails(what, account)) !== null;
  expect([await stopped(send), await stopped(comment), await stopped(comment, '105')]).toEqual([chats, comments, others]);
});

test('how long a refusal lasts is Meta’s to say', async () => {
  const uses = JSON.stringify({ business: [{ type: 'messenger', call_count: 100, estimated_time_to_regain_access: 7 }] });
  graph.answer('POST 104/messages', {
    ...(refusal(80006) as object),
    headers: { 'X-Business-Use-Case-Usage': uses },
    body: (refusal(80006) as { body: unknown }).body,
  });
  expect(await fails(send)).toMatchObject({ retryAfterMs: 7 * 60_000 });
  expect(await fails(send)).toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.closeTo(7 * 60_000, -4) });
  expect(graph.asked).toHaveLength(1);
});

test.each(['', 'no json', '[]', '{"104":5}', '{"104":[null,7,{"type":"pages","call_count":"many"}]}'])(
  'headers that say nothing (%j) change nothing',
  async (odd) => {
    await told({ 'X-App-Usage': odd, 'X-Page-Usage': odd, 'X-Business-Use-Case-Usage': odd }, comment);
    await expect(call(comment)).resolves.toBeDefined();
    await expect(call(read)).resolves.toBeDefined();
  },
);

test('the chats of an account are looked at twice a second at most', async () => {
  answerAll({ body: { data: [] } });
  const started = Date.now();
  await Promise.all(Array.from({ length: 5 }, () => call({ method: 'GET', path: '104/conversations' })));
  expect(Date.now() - started).toBeGreaterThanOrEqual(2490);
  await call({ method: 'GET', path: '104/conversations' }, '105');
  expect(Date.now() - started).toBeLessThan(3500);
});

test('a simulated Meta that counts never has to refuse us: we stop before, and look at chats no faster than it allows', async () => {
  const meta = await startMetaPlatform({ appId: '1', appSecret: 's', verifyToken: 'v' });
  try {
    const page = meta.addPage({ name: 'Harbour Lamps' });
    meta.customerWrites(page, meta.customer('Ada'), 'Hi');
    const { limits } = meta.habits;
    meta.habits.limits = { ...limits, messengerCallsPerDay: 60, usageHeadersAfter: 10, conversationCallsPerSecond: 2 };
    const line = { baseUrl: `${meta.url}/v26.0`, token: page.accessToken, account: page.id };
    const look = () => callGraph(line, { method: 'GET', path: `${page.id}/conversations`, query: { platform: 'messenger' } });
    await Promise.all([look(), look(), look(), look()]);
    const body = { recipient: { id: meta.idOf(meta.customer('Ada'), page) }, messaging_type: 'RESPONSE', message: { text: 'Hello' } };
    const outcomes: string[] = [];
    for (let i = 0; i < 70; i++)
      outcomes.push(
        await callGraph(line, { method: 'POST', path: `${page.id}/messages`, body }).then(
          () => 'sent',
          (error: { kind: string }) => error.kind,
        ),
      );
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(meta.sentTo(meta.customer('Ada')).length);
    expect(new Set(outcomes.slice(-10))).toEqual(new Set(['rate-limited']));
    expect(await look().catch((error: { kind: string }) => error.kind)).toBe('rate-limited');
    expect(meta.failures.filter(({ kind }) => kind === 'call-refused')).toEqual([]);
  } finally {
    await meta.stop();
  }
});
