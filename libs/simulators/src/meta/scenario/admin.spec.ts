import { startMetaPlatform, type MetaPlatform } from '../platform.js';
import { startReceiver } from '../receiver.js';

let meta: MetaPlatform;
beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 's', verifyToken: 'v', now: () => 1795305600000 });
});
afterEach(() => meta.stop());

type Answer = Record<string, unknown> & { result?: unknown };
const call = async (deed: string, body: object = {}) => {
  const response = await fetch(`${meta.url}/_sim/${deed}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Answer) };
};
const see = async (what: string) => (await (await fetch(`${meta.url}/_sim/${what}`)).json()) as Answer;

test('a whole story is told by calls alone, and its truth is read by one', async () => {
  const hook = await startReceiver();
  const { result: id } = await call('account', { kind: 'page', name: 'Harbour Lamps', subscribed: true });
  await call('subscribe', { callbackUrl: hook.url });
  await call('write', { account: 'Harbour Lamps', from: 'Ada', text: 'Hi', as: 'hello' });
  await call('edit', { account: id, from: 'Ada', of: 'hello', text: 'Hello' });
  const { result: post } = await call('post', { account: id, text: 'New lamp' });
  await call('comment', { post, from: 'Bo', text: 'Price?' });
  await call('settle');
  expect(await see('truth')).toMatchObject({
    messages: [{ text: 'Hello', edits: 1, customer: 'Ada' }],
    comments: [{ text: 'Price?', author: 'Bo' }],
  });
  expect(hook.events()).toHaveLength(1);
  hook.stop();
});

test('tokens die and are renewed, habits change and the clock moves on from outside', async () => {
  const { result: id } = await call('account', { kind: 'page', name: 'Harbour Lamps', accessToken: 'EAASIMfirst' });
  const me = async (token: string) => ((await (await fetch(`${meta.url}/me?access_token=${token}`)).json()) as Answer).error ?? 'fine';
  expect(await me('EAASIMfirst')).toBe('fine');
  await call('killToken', { account: id, how: 'password-changed' });
  expect(await me('EAASIMfirst')).toMatchObject({ code: 190, error_subcode: 460 });
  expect(await me(String((await call('renewToken', { account: id })).result))).toBe('fine');
  await call('habits', { set: { duplicates: 0.5 } });
  expect(await see('habits')).toMatchObject({ duplicates: 0.5, losses: 0 });
  await call('advance', { by: '25h' });
  expect(await see('clock')).toEqual({ now: new Date(1795305600000 + 25 * 3_600_000).toISOString() });
});

test('what is wrong with a call is said, and nothing else happens', async () => {
  expect(await call('dance')).toMatchObject({ status: 404, error: 'there is no deed dance' });
  expect(await call('write', { account: 'x', from: 'Ada' })).toMatchObject({ status: 400, error: 'text: should be a text, not nothing' });
  expect(await call('write', { account: 'x', from: 'Ada', text: 'Hi' })).toMatchObject({ status: 400, error: 'there is no account x' });
  expect(await see('truth')).toEqual({ messages: [], comments: [] });
});

test('the log is read on from where the reader was', async () => {
  const { result: account } = await call('account', { kind: 'page', name: 'Harbour Lamps' });
  await call('write', { account, from: 'Ada', text: 'Hi' });
  const { entries, next } = (await see('log')) as { entries: { kind: string }[]; next: number };
  expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['event', 'event-lost']));
  await call('write', { account, from: 'Ada', text: 'Again' });
  const more = (await see(`log?since=${next}`)) as { entries: { kind: string; detail: string }[] };
  expect(more.entries.filter(({ kind }) => kind === 'event')).toHaveLength(1);
});
