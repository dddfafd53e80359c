import { createServer } from 'node:net';
import { type ConnectorError, type ChannelAccess, type Connector, type Draft, type Outgoing } from '#libs/connector';
import { startMetaPlatform, type MetaAccount, type MetaPlatform } from '#libs/simulators';
import { facebookConnector } from './facebook.js';
import { instagramConnector } from './instagram.js';
import type { MetaOptions } from './options.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';
import { metaWebhook } from './webhook.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };

let meta: MetaPlatform;
let page: MetaAccount;
let instagram: MetaAccount;
let facebook: Connector<FacebookSettings>;
let instagramDirect: Connector<InstagramSettings>;
let channel: ChannelAccess<FacebookSettings>;

beforeEach(async () => {
  meta = await startMetaPlatform(app);
  page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  const options = optionsFor(meta.url);
  facebook = facebookConnector(options, metaWebhook(options));
  instagramDirect = instagramConnector(options, metaWebhook(options));
  channel = channelWith({ pageId: page.id, pageAccessToken: page.accessToken });
});
afterEach(() => meta.stop());

const optionsFor = (url: string): MetaOptions => ({ ...app, graphUrl: url, instagramGraphUrl: url, graphVersion: 'v26.0' });
const channelWith = <S>(settings: S): ChannelAccess<S> => ({ id: 'c1', address: page.id, settings, signingKey: Buffer.alloc(32) });
const draft = (text: string, id = '7311000000000042'): Draft => ({
  deliveryId: 'd-1',
  text,
  html: null,
  subject: null,
  cc: [],
  bcc: [],
  agentName: 'Ann',
  customer: { scope: 'facebook:104400000000017', id, name: null },
  answering: null,
  quoting: null,
  signature: null,
  automatic: false,
  at: new Date('2026-03-01T12:00:00Z'),
});

function outgoing(text: string, customer: string, more: Partial<Outgoing> = {}): Outgoing {
  const committing = () => Promise.resolve();
  const message = { deliveryId: 'd-1', externalId: null, text, html: null, envelope: { recipient: customer }, attachments: [] };
  return { ...message, windowMode: 'standard', committing, ...more };
}
const ada = () => meta.customer('Ada Moss');
/** Ada has written to the account; answers her id there. */
function adaAt(account: MetaAccount): string {
  meta.customerWrites(account, ada(), 'Hi');
  return meta.idOf(ada(), account);
}
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: ConnectorError) => error,
  );

test('a reply reaches the customer once and is known by Meta’s id', async () => {
  const { externalId } = await facebook.send(outgoing('Yes, two left. ½ 😀', adaAt(page)), channel);
  expect(meta.sentTo(ada())).toMatchObject([{ mid: externalId, text: 'Yes, two left. ½ 😀' }]);
});

test('appsecret_proof satisfies an app that requires it', async () => {
  meta.habits.requireAppSecretProof = true;
  await facebook.send(outgoing('Hello', adaAt(page)), channel);
  expect(meta.sentTo(ada())).toHaveLength(1);
});

test('after 24 hours a reply goes out as a human agent’s', async () => {
  const id = adaAt(page);
  meta.advance(25 * 3_600_000);
  await facebook.send(outgoing('Sorry for the wait', id, { windowMode: 'human_agent' }), channel);
  expect(await refusal(facebook.send(outgoing('too late', id), channel))).toMatchObject({
    kind: 'rejected',
    code: '10/2018278',
    outcome: 'not-sent',
  });
  expect(meta.sentTo(ada()).map(({ text }) => text)).toEqual(['Sorry for the wait']);
});

test('Instagram is answered by both roads', async () => {
  const linked = meta.addInstagramAccount({ username: 'linked', via: 'facebook', pageId: page.id });
  for (const account of [instagram, linked]) {
    const settings = { accountId: account.id, accessToken: account.accessToken, via: account.via };
    const id = adaAt(account);
    await instagramDirect.send(outgoing('hola', id), channelWith(settings));
    expect(meta.transcript(account, ada()).at(-1)).toMatchObject({ by: 'api', text: 'hola' });
    await expect(instagramDirect.find(outgoing('hola', id), channelWith(settings), new Date(Date.now() - 3000))).resolves.toMatchObject({
      state: 'sent',
    });
  }
});

test.each(['deliver-then-error', 'deliver-then-drop', 'fail-500', 'html-502'] as const)(
  '%s: unclear, until the thread was read',
  async (fault) => {
    const reply = outgoing('Two left', adaAt(page));
    meta.behave(fault);
    const since = new Date(Date.now() - 2500);
    expect(await refusal(facebook.send(reply, channel))).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
    const delivered = meta.sentTo(ada())[0];
    const found = await facebook.find(reply, channel, since);
    expect(found).toEqual(delivered ? { state: 'sent', externalId: delivered.mid } : { state: 'absent' });
  },
);

test('the customer’s own words, or ours of before, are not taken for the reply', async () => {
  const id = adaAt(page);
  await facebook.send(outgoing('ok', id), channel);
  meta.advance(10_000);
  meta.customerWrites(page, ada(), 'ok');
  expect(await facebook.find(outgoing('ok', id), channel, new Date())).toEqual({ state: 'absent' });
});

test('where the newest 20 messages do not reach back far enough, or nothing can be read, we do not know', async () => {
  const id = adaAt(page);
  for (let i = 0; i < 25; i++) meta.customerWrites(page, ada(), `and ${i}`);
  const since = new Date(Date.now() - 5000);
  expect(await facebook.find(outgoing('buried', id), channel, since)).toEqual({ state: 'unknown' });
  expect(await facebook.find(outgoing('x', '123456'), channel, since)).toEqual({ state: 'unknown' });
  meta.killToken(page, 'expired');
  expect(await facebook.find(outgoing('x', id), channel, since)).toEqual({ state: 'unknown' });
});

test('nobody listening: surely not sent', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  const options = optionsFor(`http://127.0.0.1:${port}`);
  const deaf = facebookConnector(options, metaWebhook(options));
  expect(await refusal(deaf.send(outgoing('x', '1'), channel))).toMatchObject({ kind: 'unavailable', outcome: 'not-sent' });
});

test.each([
  ['password-changed', '190/460'],
  ['expired', '190/463'],
  ['app-removed', '190/458'],
] as const)('a token that died (%s) asks for a reconnection', async (death, code) => {
  const id = adaAt(page);
  meta.killToken(page, death);
  const error = await refusal(facebook.send(outgoing('x', id), channel));
  expect(error).toMatchObject({ kind: 'auth', code, outcome: 'not-sent', action: expect.stringContaining('reconnect') });
  expect(error!.message).not.toContain(page.accessToken);
});

test.each([
  [{ code: 551, subcode: 1545041 }, 'rejected', undefined],
  [{ code: 10, subcode: 2018300 }, 'rejected', undefined],
  [{ code: 613, regainAccessMinutes: 19 }, 'rate-limited', 19 * 60_000],
  [{ code: 368 }, 'rate-limited', 3_600_000],
  [{ code: 1200 }, 'unavailable', undefined],
  [{ code: 299 }, 'auth', undefined],
  [{ code: 230 }, 'rejected', undefined],
  [{ code: 987654 }, 'rejected', undefined],
])('error %j is %s', async (refused, kind, retryAfterMs) => {
  const id = adaAt(page);
  meta.behave({ ...refused, message: 'Meta’s own words' });
  const error = await refusal(facebook.send(outgoing('x', id), channel));
  expect(error).toMatchObject({ kind, retryAfterMs, outcome: 'not-sent', message: expect.stringContaining('Meta’s own words') });
});

test('the code decides, whatever language the text is in', async () => {
  meta.habits.localizedErrors = true;
  const id = adaAt(page);
  meta.advance(8 * 24 * 3_600_000);
  expect(await refusal(facebook.send(outgoing('x', id), channel))).toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('has passed'),
  });
});

test('a secret that Meta quotes back is not shown', async () => {
  const id = adaAt(page);
  meta.behave({ code: 190, message: `Malformed access token ${page.accessToken}` });
  expect((await refusal(facebook.send(outgoing('x', id), channel)))!.message).toContain('Malformed access token …');
});

test('attachments are refused before anything is committed', async () => {
  let committed = 0;
  const attachments = [{ id: 'a-1', filename: 'a.png', contentType: 'image/png', content: Buffer.from('x') }];
  const committing = () => Promise.resolve(void committed++);
  expect(await refusal(facebook.send(outgoing('x', adaAt(page), { attachments, committing }), channel))).toMatchObject({
    kind: 'rejected',
  });
  expect(committed).toBe(0);
});

test.each([
  ['Messenger', 2000, 'x'],
  ['Messenger', 1000, '😀'],
  ['Instagram', 1000, 'x'],
  ['Instagram', 500, 'é'],
])('%s takes a text of %d × %s, and not one more', (where, count, unit) => {
  const prepare = (text: string) =>
    where === 'Messenger'
      ? facebook.prepare(draft(text), channel)
      : instagramDirect.prepare(draft(text), channelWith({ accountId: '1', accessToken: 'x', via: 'facebook' as const }));
  expect(prepare(unit.repeat(count))).toEqual({
    externalId: null,
    envelope: { recipient: '7311000000000042' },
    ownKeys: ['dm:7311000000000042'],
  });
  expect(() => prepare(unit.repeat(count + 1))).toThrow('too long');
  expect(() => prepare(' \n')).toThrow('no text');
});
