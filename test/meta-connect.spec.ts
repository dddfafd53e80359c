import { createHmac } from 'node:crypto';
import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import type { components } from '../web/src/api/schema.js';
import type { Channel, Contact, Conversation, InboundEvent, Message, Problem } from './api.js';
import { adminEmail, adminPassword, eventually, freePort, type House, openHouse } from './house.js';

type Schemas = components['schemas'];
type Choice = Parameters<MetaPlatform['signIn']>[1];

const app = {
  ...{ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'verify me' },
  ...{ instagramAppId: '700100200300400', instagramAppSecret: 'sim-instagram-secret' },
};

let meta: MetaPlatform;
let house: House;
let cookie: string;

beforeEach(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  meta = await startMetaPlatform({
    ...app,
    redirectUris: [`${publicUrl}/channels/sign-in/callback`],
    deauthorizeUrl: `${publicUrl}/webhooks/meta/deauthorize`,
    deletionUrl: `${publicUrl}/webhooks/meta/data-deletion`,
  });
  house = await openHouse({
    ...{ PORT: String(port), PUBLIC_URL: publicUrl },
    ...{ META_APP_ID: app.appId, META_APP_SECRET: app.appSecret, META_VERIFY_TOKEN: app.verifyToken },
    ...{ INSTAGRAM_APP_ID: app.instagramAppId, INSTAGRAM_APP_SECRET: app.instagramAppSecret },
    ...{ META_GRAPH_URL: meta.url, META_LOGIN_URL: meta.url },
    ...{ INSTAGRAM_GRAPH_URL: meta.url, INSTAGRAM_LOGIN_URL: meta.url, INSTAGRAM_API_URL: meta.url },
  });
  cookie = await signInToApp(adminEmail, adminPassword);
}, 60_000);
afterEach(async () => {
  await house?.stop();
  await meta?.stop();
}, 30_000);

async function signInToApp(email: string, password: string): Promise<string> {
  const body = JSON.stringify({ email, password });
  const login = await fetch(`${house.url}/api/v1/auth/login`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return login.headers.getSetCookie()[0]!.split(';')[0]!;
}

/** From the button to the page the browser ends on. */
async function signIn(body: { type: string; provider: string; channelId?: string }, choice: Choice = {}): Promise<URL> {
  const begun = await house.api.post<{ url: string }>('/channels/sign-in', body);
  expect([begun.status, begun.body.url]).toEqual([200, expect.stringContaining(meta.url)]);
  const answer = await fetch(await meta.signIn(begun.body.url, choice), { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get('location')!);
}
async function connected(body: { type: string; provider: string }, choice: Choice = {}): Promise<string> {
  const page = await signIn(body, choice);
  expect([page.pathname, page.searchParams.get('signInError')]).toEqual(['/settings/channels', null]);
  return page.searchParams.get('connected')!;
}
const onFacebook = { type: 'facebook', provider: 'facebook' };
const channel = async (id: string) => (await house.api.get<Channel>(`/channels/${id}`)).body;
const check = async (id: string) => (await house.api.post<Channel>(`/channels/${id}/check`)).body;
const choiceOf = async (page: URL) => {
  expect(page.pathname).toBe('/settings/channels/choose');
  const state = page.searchParams.get('signIn')!;
  const { body } = await house.api.get<Schemas['SignInChoiceView']>(`/channels/sign-in/${state}`);
  const choose = async (...accounts: MetaAccount[]) => {
    const externalIds = accounts.map(({ id }) => id);
    return (await house.api.post<Schemas['SignInOutcomeList']>(`/channels/sign-in/${state}`, { externalIds })).body.items;
  };
  return { state, items: body.items, choose };
};

test('where one Page alone is opened it is connected at once, and no token is shown', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const { body } = await house.api.get<Schemas['ConnectorView'][]>('/connectors');
  expect(body.map(({ type, signIn, checks }) => [type, signIn.map(({ id }) => id), checks])).toEqual([
    ['email', [], false],
    ['facebook', ['facebook'], true],
    ['instagram', ['facebook', 'instagram'], true],
  ]);
  const id = await connected(onFacebook);
  const found = await house.api.get<Schemas['ChannelWithSettings']>(`/channels/${id}`);
  expect(found.body).toMatchObject({ name: 'Harbour Lamps', type: 'facebook', health: { state: 'ok', action: null } });
  expect(Object.keys(found.body.settings).sort()).toEqual(['grantedBy', 'pageId']);
  expect(page.subscribedFields).toEqual(expect.arrayContaining(['messages', 'feed', 'standby']));
  await eventually(async () => {
    const { upkeep } = (await channel(id)).health;
    expect(upkeep).toMatchObject({ subscribed: true, complaints: [] });
    expect(Math.round((Date.parse(upkeep!.expiresAt!) - Date.now()) / 86_400_000)).toBe(90);
  });
});

test('of several Pages an admin chooses; each says what is missing, and what it failed of', async () => {
  const [lamps, books, pens] = ['Lamps', 'Books', 'Pens'].map((name) => meta.addPage({ name })) as [MetaAccount, MetaAccount, MetaAccount];
  const all = ['MESSAGING', 'MODERATE', 'MANAGE'];
  const mo = meta.addUser('Mo', [
    { account: lamps, tasks: all },
    { account: books, tasks: all },
    { account: pens, tasks: ['ANALYZE'] },
  ]);
  const { state, items, choose } = await choiceOf(await signIn(onFacebook, { user: mo }));
  expect(items.map(({ label, usable, connected }) => [label, usable, connected])).toEqual([
    ['Lamps', true, false],
    ['Books', true, false],
    ['Pens', false, false],
  ]);
  expect(items[2]!.missing.join(' ')).toMatch(/Messenger chats: your role on the Page does not include it/);

  const first = await choose(lamps, pens);
  expect(first.map(({ channel, error }) => [channel?.name, error])).toEqual([
    ['Lamps', null],
    [undefined, expect.stringMatching(/“Pens” cannot be connected/)],
  ]);
  const again = await choose(lamps, books);
  expect(again.map(({ channel, error }) => [channel?.name, error])).toEqual([
    [undefined, expect.stringMatching(/is connected already as “Lamps”/)],
    ['Books', null],
  ]);
  const after = await house.api.get<Schemas['SignInChoiceView']>(`/channels/sign-in/${state}`);
  expect(after.body.items.map(({ connected }) => connected)).toEqual([true, true, false]);
  expect(JSON.stringify(after.body)).not.toMatch(/EAASIM|Token/);
  expect((await house.api.get<Problem>('/channels/sign-in/made-up')).status).toBe(404);
  const bo = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'a fine long password', role: 'admin' };
  await house.api.post('/users', bo);
  const stranger = await fetch(`${house.url}/api/v1/channels/sign-in/${state}`, {
    headers: { cookie: await signInToApp(bo.email, bo.password) },
  });
  expect(stranger.status).toBe(403);
});

test('the same Page twice, or the same Instagram account by both roads, is refused with the channel that has it', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  await connected(onFacebook);
  const twice = await signIn(onFacebook);
  expect(twice.searchParams.get('signInError')).toMatch(/is connected already as “Harbour Lamps”/);
  const byHand = { type: 'facebook', name: 'Again', settings: { pageId: page.id, pageAccessToken: page.accessToken } };
  const refused = await house.api.post<Problem>('/channels', byHand);
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringMatching(/as “Harbour Lamps”/)]);

  const linked = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const id = await connected({ type: 'instagram', provider: 'facebook' });
  expect(await channel(id)).toMatchObject({ address: '@harbour.lamps', name: '@harbour.lamps (Harbour Lamps)' });
  meta.addInstagramAccount({ id: linked.id, username: 'harbour.lamps', via: 'instagram' });
  const other = await signIn({ type: 'instagram', provider: 'instagram' });
  expect(other.searchParams.get('signInError')).toMatch(/@harbour\.lamps is connected already as “@harbour.lamps \(Harbour Lamps\)”/);
});

test('an Instagram account that needs no Page is connected and looked after', async () => {
  meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  const id = await connected({ type: 'instagram', provider: 'instagram' });
  const settings = async () => (await house.api.get<Schemas['ChannelWithSettings']>(`/channels/${id}`)).body.settings;
  expect(await settings()).toMatchObject({ via: 'instagram', username: 'alone', accessUntil: expect.any(String) });
  expect((await check(id)).health).toMatchObject({ state: 'ok', upkeep: { subscribed: true } });
});

test('a dead token asks for a sign-in, which picks its own account, and the account only', async () => {
  const [lamps, books] = [meta.addPage({ name: 'Lamps' }), meta.addPage({ name: 'Books' })];
  const mo = meta.addUser('Mo', [{ account: books, tasks: ['MESSAGING', 'MODERATE', 'MANAGE'] }]);
  const { choose } = await choiceOf(await signIn(onFacebook));
  const [outcome] = await choose(lamps);
  const channelId = outcome!.channel!.id;
  meta.killToken(lamps, 'password-changed');
  expect((await check(channelId)).health).toMatchObject({
    state: 'needs-auth',
    detail: expect.stringMatching(/password/),
    action: { kind: 'sign-in', label: 'Sign in again at Facebook', provider: 'facebook' },
  });
  const wrong = await signIn({ ...onFacebook, channelId }, { user: mo });
  expect(wrong.searchParams.get('signInError')).toMatch(/^“Lamps” \(\d+\) is not among what was granted \(“Books”\)/);
  expect((await channel(channelId)).health.state).toBe('needs-auth');
  const right = await signIn({ ...onFacebook, channelId });
  expect(right.searchParams.get('connected')).toBe(channelId);
  await eventually(async () => expect((await channel(channelId)).health).toMatchObject({ state: 'ok', action: null }));
  expect(await house.api.all<Channel>('/channels')).toHaveLength(1);
});

test('a subscription that Meta dropped is made again when the channel is looked after, and what was missed is fetched', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const id = await connected(onFacebook);
  await eventually(async () => expect((await channel(id)).health.upkeep).not.toBeNull());
  await meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
  await eventually(async () => expect((await channel(id)).health.audit).not.toBeNull());
  page.subscribedFields = [];
  meta.customerWrites(page, meta.customer('Ada Moss'), 'Does anybody hear me?');
  await meta.settled();
  expect(await house.api.all<Conversation>('/conversations')).toEqual([]);
  expect((await check(id)).health).toMatchObject({ state: 'ok', upkeep: { subscribed: true } });
  expect(page.subscribedFields).toContain('messages');
  await eventually(async () => {
    expect((await house.api.all<Conversation>('/conversations')).map(({ preview }) => preview)).toEqual(['Does anybody hear me?']);
  });
});

test('a channel that is removed hears no more, and another that shared its Page goes on hearing', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const facebook = await connected(onFacebook);
  const instagram = await connected({ type: 'instagram', provider: 'facebook' });
  for (const id of [facebook, instagram]) await eventually(async () => expect((await channel(id)).health.upkeep).not.toBeNull());
  expect((await house.api.delete(`/channels/${facebook}`)).status).toBe(204);
  await eventually(async () => expect(page.subscribedFields).not.toEqual([]));
  expect((await house.api.delete(`/channels/${instagram}`)).status).toBe(204);
  expect(page.subscribedFields).toEqual([]);
});

test('a permission taken back at Meta needs another sign-in; a forged notice changes nothing', async () => {
  meta.addPage({ name: 'Harbour Lamps' });
  const id = await connected(onFacebook);
  expect(await meta.signedRequest('deauthorize', undefined, { forged: true })).toMatchObject({ status: 401 });
  expect((await channel(id)).health.state).toBe('ok');
  expect(await meta.signedRequest('deauthorize')).toMatchObject({ status: 200 });
  const { health } = await channel(id);
  expect(health).toMatchObject({ state: 'needs-auth', detail: expect.stringMatching(/took the permission back/) });
  expect(health.action).toMatchObject({ provider: 'facebook' });
});

test('who has their data deleted gets a code, a page that tells its fate, and leaves no token behind', async () => {
  meta.addPage({ name: 'Harbour Lamps' });
  const id = await connected(onFacebook);
  expect(await meta.signedRequest('delete', undefined, { forged: true })).toMatchObject({ status: 401 });
  const { status, body } = await meta.signedRequest('delete');
  const { url, confirmation_code } = JSON.parse(body) as { url: string; confirmation_code: string };
  expect([status, url]).toEqual([200, `${house.url}/deletion/${confirmation_code}`]);
  await eventually(async () => expect(await (await fetch(url)).text()).toMatch(/Done on \d{4}-\d\d-\d\d\. The access/));
  expect((await fetch(`${house.url}/deletion/made-up`)).status).toBe(404);
  const { settings, health } = (await house.api.get<Schemas['ChannelWithSettings']>(`/channels/${id}`)).body;
  expect([Object.keys(settings), health.state]).toEqual([['pageId'], 'needs-auth']);
  expect((await check(id)).health).toMatchObject({ state: 'needs-auth', detail: expect.stringMatching(/no access token/) });
  expect((await signIn({ ...onFacebook, channelId: id })).searchParams.get('connected')).toBe(id);
});

/** As Meta tells it: somebody wants what we hold under this id of theirs deleted. */
async function wishDeletion(userId: string): Promise<void> {
  const payload = Buffer.from(JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: userId })).toString('base64url');
  const signature = createHmac('sha256', app.appSecret).update(payload).digest('base64url');
  const body = new URLSearchParams({ signed_request: `${signature}.${payload}` });
  const answer = await fetch(`${house.url}/webhooks/meta/data-deletion`, { method: 'POST', body });
  expect(answer.status).toBe(200);
}

test('what somebody wrote under the very id that is to be deleted is taken back', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  await connected(onFacebook);
  await meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
  const [ada, bo] = [meta.customer('Ada Moss'), meta.customer('Bo Lind')];
  meta.customerWrites(page, ada, 'my address is Quay 1');
  meta.customerWrites(page, bo, 'hello');
  const named = async () =>
    (await house.api.all<Conversation>('/conversations')).map(({ contact, preview }) => [contact.name, preview]).sort();
  const before = [
    ['Ada Moss', 'my address is Quay 1'],
    ['Bo Lind', 'hello'],
  ];
  const kept = async () => {
    const events = await house.api.all<InboundEvent>('/inbound-events');
    const raw = await Promise.all(events.map(({ id }) => house.api.raw(`/inbound-events/${id}/raw`)));
    return (await Promise.all(raw.map((answer) => answer.text()))).join();
  };
  await eventually(async () => expect(await named()).toEqual(before));
  expect(await kept()).toContain('Quay');
  await wishDeletion(meta.idOf(ada, page));
  await eventually(async () => {
    expect((await named()).filter(([name]) => name !== 'Bo Lind')).toEqual([[null, '']]);
    expect(await kept()).not.toContain('Quay');
  });
});

test('below a post what one person wrote is deleted wherever it stands, and nothing that others wrote', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  await connected(onFacebook);
  await meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
  const [ada, bo, post] = [meta.customer('Ada Moss'), meta.customer('Bo Lind'), meta.addPost(page, { text: 'New lamps' })];
  const adas = meta.customerComments(page, post, ada, 'Ada asks');
  meta.customerComments(page, post, bo, 'Bo answers Ada', { parent: adas });
  const bos = meta.customerComments(page, post, bo, 'Bo asks');
  meta.customerComments(page, post, ada, 'Ada answers Bo', { parent: bos });
  const all = async () => {
    const conversations = await house.api.all<Conversation>('/conversations');
    const messages = await Promise.all(conversations.map(({ id }) => house.api.all<Message>(`/conversations/${id}/messages`)));
    return {
      conversations,
      texts: messages
        .flat()
        .map(({ text }) => text)
        .sort(),
    };
  };
  await eventually(async () => expect((await all()).texts).toEqual(['Ada answers Bo', 'Ada asks', 'Bo answers Ada', 'Bo asks']));
  const { contact } = (await all()).conversations.find((conversation) => conversation.contact.name === 'Bo Lind')!;
  await wishDeletion((await house.api.get<Contact>(`/contacts/${contact.id}`)).body.identities[0]!.externalId);
  await eventually(async () => expect((await all()).texts).toEqual(['', '', 'Ada answers Bo', 'Ada asks']));
});

test('names, pictures and posts are learnt beside the messages, and shown through us', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  await connected(onFacebook);
  await meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(page, ada, 'Is the lamp back?');
  const chat = await eventually(async () => {
    const [first] = await house.api.all<Conversation>('/conversations?kind=dm');
    expect(first!.contact).toMatchObject({ name: 'Ada Moss', pictureUrl: expect.any(String) });
    return first!;
  });
  const { body: contact } = await house.api.get<Contact>(`/contacts/${chat.contact.id}`);
  expect(contact.pictureUrl).toBe(chat.contact.pictureUrl);
  expect((await channel(chat.channelId)).health.lagMs).toBeLessThan(60_000);
  const picture = await house.api.raw(contact.pictureUrl!.replace('/api/v1', ''));
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)]);

  const post = meta.addPost(page, { text: 'Spring lamps' });
  meta.customerComments(page, post, ada, 'Price please');
  const source = await eventually(async () => {
    const [first] = await house.api.all<Conversation>('/conversations?kind=comment');
    expect(first!.source).toMatchObject({ text: 'Spring lamps', permalink: expect.any(String), pictureUrl: expect.any(String) });
    return first!.source!;
  });
  const shown = await house.api.raw(source.pictureUrl!.replace('/api/v1', ''));
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)]);
});
