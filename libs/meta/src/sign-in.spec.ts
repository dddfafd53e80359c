import type { SignIn } from '#libs/connector';
import { type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import type { MetaOptions } from './options.js';
import { instagramSignIn, pageSignIn } from './sign-in.js';

const redirectUri = 'https://inbox.test/channels/sign-in/callback';
const app: Parameters<typeof startMetaPlatform>[0] = {
  ...{ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' },
  ...{ instagramAppId: '700100200300400', instagramAppSecret: 'sim-instagram-secret', redirectUris: [redirectUri] },
  loginConfigs: { '4711': { kind: 'system-user', scopes: ['pages_show_list', 'pages_manage_metadata', 'pages_messaging'] } },
};

let meta: MetaPlatform;
beforeEach(async () => (meta = await startMetaPlatform(app)));
afterEach(() => meta.stop());

const options = (login: object = {}): MetaOptions => ({
  ...app,
  ...{ graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' },
  login: { facebookUrl: meta.url, instagramUrl: meta.url, instagramApiUrl: meta.url, pkce: false, ...login },
});
const pages = (login: object = {}) => pageSignIn(options(login))!;
const instagram = (login: object = {}) => instagramSignIn(options(login))!;

/** To the provider and back, deciding on its pages. */
async function signIn<S extends object>(by: SignIn<S>, provider: string, choice: Parameters<MetaPlatform['signIn']>[1] = {}) {
  const { url, ticket } = await by.begin({ provider, redirectUri, state: 'st4te' });
  const callback = new URL(await meta.signIn(url, choice));
  return { url: new URL(url), again: () => by.finish(callback, ticket), ...(await by.finish(callback, ticket)) };
}

test('one sign-in opens every Page somebody works on, each with a token of its own that does not run out', async () => {
  const [lamps, books] = [meta.addPage({ name: 'Harbour Lamps' }), meta.addPage({ name: 'Harbour Books' })];
  const { url, accounts } = await signIn(pages(), 'facebook');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ client_id: app.appId, redirect_uri: redirectUri, state: 'st4te' });
  expect(url.searchParams.get('scope')).toContain('pages_messaging');
  expect(accounts!.map(({ label, usable, missing, account }) => ({ label, usable, missing, id: account.externalId }))).toEqual([
    { label: 'Harbour Lamps', usable: true, missing: [], id: lamps.id },
    { label: 'Harbour Books', usable: true, missing: [], id: books.id },
  ]);
  const tokens = accounts!.map(({ settings }) => settings.pageAccessToken);
  expect(new Set(tokens).size).toBe(2);
  meta.advance(61 * 86_400_000);
  for (const token of tokens) {
    const me = await fetch(`${meta.url}/v26.0/me?fields=id`, { headers: { authorization: `Bearer ${token}` } });
    expect(me.status).toBe(200);
  }
});

test('more Pages than fit on one page of the list are all there', async () => {
  for (let i = 0; i < 130; i++) meta.addPage({ name: `Page ${i}` });
  expect((await signIn(pages(), 'facebook')).accounts).toHaveLength(130);
});

test('what was not granted is named, and a Page of no use without it is not to be connected', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const asked = ['pages_show_list', 'pages_manage_metadata', 'pages_messaging'];
  const [some] = (await signIn(pages(), 'facebook', { scopes: asked })).accounts!;
  expect(some).toMatchObject({
    usable: true,
    missing: [expect.stringMatching(/^Reading comments: not allowed \(pages_read/), expect.any(String)],
  });
  const [deaf] = (await signIn(pages(), 'facebook', { scopes: ['pages_show_list', 'pages_messaging'] })).accounts!;
  expect(deaf).toMatchObject({ usable: false });
  expect(deaf!.missing[0]).toBe('Hearing of what comes in: not allowed (pages_manage_metadata). Allow it and connect again.');

  const moderator = meta.addUser('Mo', [{ account: page, tasks: ['MODERATE'] }]);
  const [reader] = (await signIn(pages(), 'facebook', { user: moderator })).accounts!;
  expect(reader).toMatchObject({ usable: true, missing: ['Messenger chats: your role on the Page does not include it (MESSAGING).'] });
  const analyst = meta.addUser('An', [{ account: page, tasks: ['ANALYZE'] }]);
  expect((await signIn(pages(), 'facebook', { user: analyst })).accounts![0]).toMatchObject({ usable: false });
});

test('only the Pages that were ticked are opened', async () => {
  const [lamps] = [meta.addPage({ name: 'Harbour Lamps' }), meta.addPage({ name: 'Harbour Books' })];
  const { accounts } = await signIn(pages(), 'facebook', { accounts: [lamps] });
  expect(accounts!.map(({ label }) => label)).toEqual(['Harbour Lamps']);
});

test('Pages that the list leaves out, because the role on them comes through a business, are found all the same', async () => {
  const [lamps] = [meta.addPage({ name: 'Harbour Lamps' }), meta.addPage({ name: 'Harbour Books' })];
  meta.habits.hidesGrantedPages = true;
  const { accounts } = await signIn(pages(), 'facebook', { accounts: [lamps] });
  expect(accounts!.map(({ label, usable }) => [label, usable])).toEqual([['Harbour Lamps', true]]);
  await expect(signIn(pages(), 'facebook')).rejects.toThrow(/No Page was granted/);
});

test('a configuration of Login for Business takes the place of named permissions', async () => {
  meta.addPage({ name: 'Harbour Lamps' });
  const { url, accounts } = await signIn(pages({ configId: '4711' }), 'facebook');
  expect([url.searchParams.get('config_id'), url.searchParams.get('scope')]).toEqual(['4711', null]);
  expect(accounts![0]).toMatchObject({ label: 'Harbour Lamps', usable: true });
});

test('with PKCE switched on the code is worth nothing without what we kept', async () => {
  meta.addPage({ name: 'Harbour Lamps' });
  const by = pages({ pkce: true });
  const { url, ticket } = await by.begin({ provider: 'facebook', redirectUri, state: 'st4te' });
  const callback = new URL(await meta.signIn(url));
  await expect(by.finish(callback, { ...ticket, verifier: undefined })).rejects.toMatchObject({ kind: 'rejected' });
  expect((await by.finish(callback, ticket)).accounts).toHaveLength(1);
});

test('an Instagram account that hangs on a Page is named with it, and its Page alone is none', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  await expect(signIn(instagram(), 'facebook')).rejects.toThrow(/No Instagram professional account is linked to “Harbour Lamps”/);
  const linked = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const { accounts } = await signIn(instagram(), 'facebook');
  expect(accounts).toMatchObject([
    {
      account: { externalId: linked.id, address: '@harbour.lamps' },
      label: '@harbour.lamps (Harbour Lamps)',
      usable: true,
      missing: [],
      settings: { via: 'facebook', username: 'harbour.lamps' },
    },
  ]);
});

test.each([
  ['flat', {}],
  ['wrapped, its ids as numbers', { wrappedLogin: true, numericUserId: true }],
])('an Instagram Login opens one account, named by its user_id; the answer is %s', async (_how, habits) => {
  Object.assign(meta.habits, habits);
  const account = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  const { url, accounts } = await signIn(instagram(), 'instagram');
  expect(url.searchParams.get('client_id')).toBe(app.instagramAppId);
  const [opened] = accounts!;
  expect(opened).toMatchObject({ account: { externalId: account.id, address: '@alone' }, label: '@alone', usable: true, missing: [] });
  const { accessUntil, refreshAfter, grantedBy } = opened!.settings;
  expect(Math.round((Date.parse(accessUntil!) - Date.now()) / 86_400_000)).toBe(60);
  expect(Math.round((Date.parse(refreshAfter!) - Date.now()) / 86_400_000)).toBe(7);
  expect(grantedBy).toMatch(/^\d+$/);
});

test('of an Instagram Login, too, what was not granted is named', async () => {
  meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  const { accounts } = await signIn(instagram(), 'instagram', {
    scopes: ['instagram_business_basic', 'instagram_business_manage_comments'],
  });
  expect(accounts![0]).toMatchObject({ usable: true, missing: [expect.stringContaining('instagram_business_manage_messages')] });
});

test.each(['facebook', 'instagram'] as const)('at %s, whoever says no is told so, and a code is good for once', async (provider) => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  await expect(signIn(instagram(), provider, { deny: true })).rejects.toThrow(/was cancelled or not allowed/);
  const { again } = await signIn(instagram(), provider);
  await expect(again()).rejects.toThrow(/This authorization code has been used/);
});

test('without an app of one’s own no sign-in is offered', () => {
  expect(pageSignIn({ ...options(), appSecret: undefined })).toBeUndefined();
  expect(instagramSignIn({ ...options(), login: undefined })).toBeUndefined();
});
