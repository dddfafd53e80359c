import { createServer } from 'node:net';
import {
  type ConnectorError,
  type ChannelAccess,
  type Connector,
  type Draft,
  type Outgoing,
  type OutgoingAttachment,
} from '#libs/connector';
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
function outgoing(text: string, customer: string, more: Partial<Outgoing> = {}): Outgoing {
  const committing = () => Promise.resolve();
  const message = {
    deliveryId: 'd-1',
    externalId: null,
    text,
    html: null,
    envelope: { mode: null, to: { id: customer } },
    attachments: [],
  };
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

const picture: OutgoingAttachment = { id: 'a-1', filename: 'lamp.png', contentType: 'image/png', content: Buffer.from('a lamp') };

describe.each(['page', 'through Facebook', 'through Instagram'] as const)('%s', (which) => {
  let account: MetaAccount;
  let connector: Connector<FacebookSettings> | Connector<InstagramSettings>;
  let access: ChannelAccess<never>;

  beforeEach(() => {
    const linked = () => meta.addInstagramAccount({ username: 'linked', via: 'facebook', pageId: page.id });
    account = which === 'page' ? page : which === 'through Facebook' ? linked() : instagram;
    connector = which === 'page' ? facebook : instagramDirect;
    const settings = { accountId: account.id, accessToken: account.accessToken, via: account.via };
    access = (which === 'page' ? channel : channelWith(settings)) as ChannelAccess<never>;
  });

  const prepared = (more: Partial<Draft>) => connector.prepare(draft(more), access).envelope;
  const draft = (more: Partial<Draft>): Draft => ({
    ...{ deliveryId: 'd-1', text: '', html: null, subject: null, cc: [], bcc: [], agentName: 'Ann', answering: null, quoting: null },
    ...{ signature: null, automatic: false, at: new Date(), customer: { scope: '', id: adaAt(account), name: null } },
    ...more,
  });
  const send = (envelope: Record<string, unknown>, more: Partial<Outgoing> = {}) =>
    connector.send({ ...outgoing('49 euro', ''), envelope, ...more }, access);
  const comment = (text = 'how much?') => meta.customerComments(account, meta.addPost(account, { text: 'Brass lamps' }), ada(), text);

  test('a long text and two files arrive as messages of their own, in order', async () => {
    const envelope = prepared({});
    const text = 'Päivää! Lamppu on taas täällä. 💡 '.repeat(80).trim();
    const files = ['a', 'b'].map((id) => ({ ...picture, id, size: 6 }));
    const parts = connector.split!({ text, files, mode: null });
    for (const part of parts) await send(envelope, { text: part.text, attachments: files.filter(({ id }) => part.fileIds.includes(id)) });
    const got = meta.sentTo(ada());
    expect(got.map(({ text }) => text)).toEqual([...parts.map(({ text }) => text)]);
    expect(
      got
        .filter(({ text }) => text)
        .map(({ text }) => text)
        .join(' '),
    ).toBe(text);
    expect(got.slice(-2).map(({ files }) => files?.length)).toEqual([1, 1]);
  });

  test('an answer to a certain message names it, and goes without when that was taken back', async () => {
    const mid = meta.customerWrites(account, ada(), 'this one?');
    await send(prepared({ replyTo: mid }));
    meta.customerUnsends(account, ada(), mid);
    await send(prepared({ replyTo: mid }), { text: 'and this' });
    expect(meta.sentTo(ada()).map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['49 euro', mid],
      ['and this', undefined],
    ]);
  });

  test('reactions come and go, typing and seen show', async () => {
    const mid = meta.customerWrites(account, ada(), 'thanks!');
    const customer = { scope: '', id: meta.idOf(ada(), account), name: null };
    const reactions = () => meta.transcript(account, ada()).find((message) => message.mid === mid)?.reactions ?? [];
    for (const emoji of connector.capabilities.reactions) {
      for (let twice = 0; twice < 2; twice++) await connector.act!({ kind: 'react', of: mid, customer, emoji }, access);
      expect(reactions()).toEqual([expect.objectContaining({ by: 'business', emoji })]);
    }
    for (let twice = 0; twice < 2; twice++) await connector.act!({ kind: 'react', of: mid, customer, emoji: null }, access);
    expect(reactions()).toEqual([]);
    await connector.act!({ kind: 'seen', customer }, access);
    await connector.act!({ kind: 'typing', customer, on: true }, access);
    expect(meta.signsTo(account, ada())).toEqual({ typing: true, seen: true });
    await connector.act!({ kind: 'typing', customer, on: false }, access);
    expect(meta.signsTo(account, ada())).toEqual({ typing: false, seen: true });
  });

  test('a comment is answered below the topmost one for everybody, once, and the answer is found', async () => {
    const top = comment();
    const post = meta.comment(top)!.post;
    const nested = meta.customerComments(account, post, meta.customer('Bo'), 'me too', { parent: top });
    const envelope = prepared({ answering: { comment: nested, parent: top, post: post.id }, mode: 'public' });
    const { externalId } = await send(envelope, { windowMode: 'public' });
    expect(meta.comment(externalId)).toMatchObject({ text: '49 euro', author: null, parent: { id: top } });
    const since = new Date(Date.now() - 3000);
    expect(await connector.find({ ...outgoing('49 euro', ''), envelope }, access, since)).toEqual({ state: 'sent', externalId });
    expect(await connector.find({ ...outgoing('59 euro', ''), envelope }, access, since)).toEqual({ state: 'absent' });
    expect(meta.commentsOf(post).filter(({ author }) => author === null)).toHaveLength(1);
  });

  test('a comment is answered in private once; its author is then known by the chat', async () => {
    const envelope = prepared({
      answering: { comment: comment(), post: 'p' },
      mode: 'private',
      customer: { scope: '', id: meta.commenterIdOf(ada(), account), name: null },
    });
    const sent = await send(envelope, { windowMode: 'private' });
    expect(sent.opened?.person.id).toBe(meta.idOf(ada(), account));
    expect(await refusal(send(envelope, { windowMode: 'private' }))).toMatchObject({ kind: 'rejected', noPrivateReply: true });
    expect(meta.sentTo(ada()).map(({ text }) => text)).toEqual(['49 euro']);
  });

  test('where the answer to a private reply was lost, it is looked for, and not sent again', async () => {
    const customer = { scope: '', id: meta.commenterIdOf(ada(), account), name: null };
    const envelope = prepared({ answering: { comment: comment(), post: 'p' }, mode: 'private', customer });
    const reply = { ...outgoing('49 euro', ''), envelope };
    const since = new Date(Date.now() - 3000);
    meta.behave('deliver-then-drop');
    expect(await refusal(connector.send({ ...reply, windowMode: 'private' }, access))).toMatchObject({ outcome: 'unknown' });
    expect((await connector.find(reply, access, since)).state).not.toBe('absent');
  });

  test('a comment that is gone cannot be answered by either way', async () => {
    const id = comment();
    meta.customerDeletesComment(id);
    for (const mode of ['public', 'private'] as const) {
      const envelope = prepared({ answering: { comment: id, post: 'p' }, mode });
      expect(await refusal(send(envelope, { windowMode: mode }))).toMatchObject({ kind: 'rejected', outcome: 'not-sent' });
    }
  });

  test('what is done to a comment shows, and may be said twice', async () => {
    const id = comment();
    const state = () => {
      const { hidden, likes, removedAt } = meta.comment(id)!;
      return { hidden, liked: likes.has(null), gone: removedAt !== null };
    };
    const after = {
      hide: { hidden: true },
      unhide: { hidden: false },
      like: { liked: true },
      unlike: { liked: false },
      delete: { gone: true },
    };
    for (const moderation of connector.capabilities.moderation) {
      for (let twice = 0; twice < 2; twice++) await connector.act!({ kind: 'moderate', of: id, moderation }, access);
      expect(state()).toMatchObject(after[moderation]);
    }
  });

  test('a chat that somebody holds in Meta’s own inbox is told as such, and can be taken over', async () => {
    const customer = { scope: '', id: adaAt(account), name: null };
    meta.setDefaultApp(account, app.appId);
    meta.nativeReply(account, ada(), 'I have this one');
    expect(await refusal(send(prepared({ customer })))).toMatchObject({ kind: 'rejected', heldByOther: true });
    await connector.act!({ kind: 'take-over', customer }, access);
    await expect(send(prepared({ customer }))).resolves.toMatchObject({ externalId: expect.any(String) });
  });

  test('without a default app a chat cannot be taken over, and the reason is told', async () => {
    const customer = { scope: '', id: adaAt(account), name: null };
    expect(await refusal(connector.act!({ kind: 'take-over', customer }, access))).toMatchObject({
      kind: 'rejected',
      code: expect.stringMatching(/^27/),
    });
  });
});

test.each(['deliver-then-error', 'deliver-then-drop', 'fail-500', 'html-502'] as const)(
  '%s: a public answer is unclear until the comments were read',
  async (fault) => {
    const post = meta.addPost(page, { text: 'Brass lamps' });
    const id = meta.customerComments(page, post, ada(), 'how much?');
    const reply = { ...outgoing('49 euro', ''), envelope: { mode: 'public', to: { comment: id } } };
    meta.behave(fault);
    const since = new Date(Date.now() - 2500);
    expect(await refusal(facebook.send(reply, channel))).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
    const written = meta.commentsOf(post).find(({ author }) => author === null);
    expect(await facebook.find(reply, channel, since)).toEqual(written ? { state: 'sent', externalId: written.id } : { state: 'absent' });
  },
);
