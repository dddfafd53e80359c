import { createHmac } from 'node:crypto';
import { startMetaPlatform, type MetaPlatform } from '../platform.js';
import { startReceiver } from '../receiver.js';
import type { MetaAccount } from '../world.js';
import { signedRequest } from './signed-request.js';

const secret = 'sim-app-secret-0001';
const app = { appId: '900100200300400', appSecret: secret, verifyToken: 'v', instagramAppId: '77700001', instagramAppSecret: 'ig-secret' };
const appToken = `${app.appId}|${secret}`;
const redirect_uri = 'https://inbox.test/back?from=meta';
const hour = 3_600_000;
const day = 24 * hour;
const clock = 1795305600000;

let meta: MetaPlatform;
let page: MetaAccount;
let other: MetaAccount;
let linked: MetaAccount;
let instagram: MetaAccount;

beforeEach(async () => {
  meta = await startMetaPlatform({ ...app, seed: 7, now: () => clock });
  page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps' });
  other = meta.addPage({ name: 'Harbour Outlet' });
  linked = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  instagram = meta.addInstagramAccount({ id: '17841400000000931', username: 'harbour.outlet', via: 'instagram' });
});
afterEach(() => meta.stop());

type Answer = Record<string, unknown> & {
  access_token: string;
  data: Record<string, unknown>[] & Record<string, unknown>;
  error?: { code: number; error_subcode?: number; message: string };
};
async function get(path: string, query: Record<string, string> = {}, host = 'graph.facebook.com'): Promise<Answer> {
  const url = new URL(`${meta.url}/${host}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return (await (await fetch(url)).json()) as Answer;
}
const failure = ({ error }: Answer) => [error?.code, error?.error_subcode];

const facebookDialog = (more: Record<string, string> = {}) => {
  const query = {
    client_id: app.appId,
    redirect_uri,
    state: 'st/ä',
    response_type: 'code',
    scope: 'pages_show_list,pages_messaging,instagram_basic',
    ...more,
  };
  return `${meta.url}/www.facebook.com/v26.0/dialog/oauth?${new URLSearchParams(query).toString()}`;
};
const instagramDialog = () => {
  const query = {
    client_id: app.instagramAppId,
    redirect_uri,
    state: 's',
    response_type: 'code',
    scope: 'instagram_business_basic,instagram_business_manage_messages',
  };
  return `${meta.url}/www.instagram.com/oauth/authorize?${new URLSearchParams(query).toString()}`;
};
const codeOf = (address: string) => new URL(address).searchParams.get('code')!;
const exchange = (code: string, more: Record<string, string> = {}) =>
  get('/v26.0/oauth/access_token', { client_id: app.appId, client_secret: secret, redirect_uri, code, ...more });
async function instagramExchange(code: string, more: Record<string, string> = {}) {
  const body = new URLSearchParams({
    client_id: app.instagramAppId,
    client_secret: app.instagramAppSecret,
    grant_type: 'authorization_code',
    redirect_uri,
    code,
    ...more,
  });
  return (await fetch(`${meta.url}/api.instagram.com/oauth/access_token`, { method: 'POST', body })).text();
}
async function userToken(choice: Parameters<MetaPlatform['signIn']>[1] = {}, more: Record<string, string> = {}): Promise<string> {
  const { access_token: short } = await exchange(codeOf(await meta.signIn(facebookDialog(more), choice)));
  const query = { grant_type: 'fb_exchange_token', client_id: app.appId, client_secret: secret, fb_exchange_token: short };
  return (await get('/v26.0/oauth/access_token', query)).access_token;
}
async function instagramToken(): Promise<string> {
  const short = JSON.parse(await instagramExchange(codeOf(await meta.signIn(instagramDialog())))) as Answer;
  const query = { grant_type: 'ig_exchange_token', client_secret: app.instagramAppSecret, access_token: short.access_token };
  return (await get('/access_token', query, 'graph.instagram.com')).access_token;
}
const debug = async (input_token: string) => (await get('/v26.0/debug_token', { input_token, access_token: appToken })).data;

test('1: all hosts are told by prefix or Host header; versions 21 to 26 and none are known, others are error 2500', async () => {
  const token = { access_token: page.accessToken };
  for (const version of ['/v21.0', '/v26.0', '']) expect(await get(`${version}/me`, token)).toMatchObject({ id: page.id });
  for (const version of ['/v20.0', '/v27.0', '/vx.0/y']) expect(failure(await get(`${version}/me/accounts`, token))[0]).not.toBe(undefined);
  expect(failure(await get('/v27.0/me', token))).toEqual([2500, undefined]);
  expect(failure(await get('/v26.0/me', token, 'graph.instagram.com'))).toEqual([190, undefined]);
  expect(failure(await get('/v26.0/me', { access_token: instagram.accessToken }, 'graph.facebook.com'))).toEqual([190, undefined]);
});

test('2: approving sends back a code and the state as it was; declining sends back the reason', async () => {
  const back = new URL(await meta.signIn(facebookDialog()));
  expect(back.origin + back.pathname).toBe('https://inbox.test/back');
  expect(Object.fromEntries(back.searchParams)).toEqual({ from: 'meta', code: expect.stringMatching(/.{20}/) as string, state: 'st/ä' });
  expect(back.hash).toBe('#_=_');
  const denied = new URL(await meta.signIn(facebookDialog(), { deny: true }));
  expect(Object.fromEntries(denied.searchParams)).toMatchObject({ error: 'access_denied', error_reason: 'user_denied', state: 'st/ä' });
  expect(await meta.signIn(instagramDialog())).toMatch(/code=[^&]+&state=s#_$/);
});

test('2: a person grants fewer scopes and some Pages: the token sees no more', async () => {
  const token = await userToken({ scopes: ['pages_show_list', 'pages_messaging'], accounts: [other] });
  const { data } = await get('/v26.0/me/accounts', { access_token: token, fields: 'id,access_token,instagram_business_account{id}' });
  expect(data).toEqual([{ id: other.id, access_token: expect.any(String) as string }]);
  expect(await debug(token)).toMatchObject({
    scopes: ['pages_show_list', 'pages_messaging'],
    granular_scopes: [{ scope: 'pages_show_list', target_ids: [other.id] }, {}],
  });
  const sent = await post(`/v26.0/${page.id}/subscribed_apps`, String(data[0]!.access_token));
  expect(failure(sent)[0]).toBe(100);
});

async function post(path: string, token: string, body: object = {}): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  return (await (await fetch(`${meta.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as Answer;
}

test('2: the dialog is a page with boxes that a browser can send; what is wrong with it ends it there', async () => {
  const html = await (await fetch(facebookDialog())).text();
  for (const part of ['Harbour Lamps', 'Harbour Outlet', 'harbour.lamps', 'pages_messaging', 'value="deny"', 'name="state" value="st/ä"'])
    expect(html).toContain(part);
  const unticked = await fetch(`${facebookDialog()}&ticked=yes&account=${page.id}&grant=pages_show_list&decision=approve`, {
    redirect: 'manual',
  });
  const { access_token } = await exchange(codeOf(unticked.headers.get('location')!));
  expect(await debug(access_token)).toMatchObject({ scopes: ['pages_show_list'] });
  const faults: Record<string, string>[] = [{ scope: 'pages_fly' }, { client_id: '1' }, { redirect_uri: 'nowhere' }, { config_id: '5' }];
  for (const wrong of faults) expect((await fetch(facebookDialog(wrong))).status).toBe(400);
  expect(await (await fetch(facebookDialog({ scope: 'pages_fly' }))).text()).toContain('Invalid Scopes: pages_fly');
});

test('2: where several people could sign in, the dialog first asks who it is; each sees their own Pages', async () => {
  const ruth = meta.addUser('Ruth Okafor', [{ account: other, tasks: ['MESSAGING'] }]);
  expect(await (await fetch(facebookDialog())).text()).toContain('Ruth Okafor');
  const asRuth = await (await fetch(`${facebookDialog()}&user=${ruth.id}`)).text();
  expect(asRuth).toContain('Harbour Outlet');
  expect(asRuth).not.toContain('Harbour Lamps');
  const { data } = await get('/me/accounts', { access_token: await userToken({ user: ruth }), fields: 'id,tasks' });
  expect(data).toEqual([{ id: other.id, tasks: ['MESSAGING'] }]);
});

test('2: a code is good once and for ten minutes', async () => {
  const code = codeOf(await meta.signIn(facebookDialog()));
  expect(failure(await exchange(code))).toEqual([undefined, undefined]);
  expect(failure(await exchange(code))[0]).toBe(100);
  const late = codeOf(await meta.signIn(facebookDialog()));
  meta.advance(600_001);
  expect(failure(await exchange(late))[0]).toBe(100);
});

test.each([
  ['a wrong secret', { client_secret: 'wrong' }],
  ['another redirect address', { redirect_uri: `${redirect_uri}&x=1` }],
  ['another app', { client_id: '1' }],
])('3: an exchange with %s is error 100, and the code is still good', async (_, wrong) => {
  const code = codeOf(await meta.signIn(facebookDialog()));
  expect(failure(await exchange(code, wrong))[0]).toBe(100);
  expect(failure(await exchange(code))).toEqual([undefined, undefined]);
  const other = codeOf(await meta.signIn(instagramDialog()));
  expect(failure(JSON.parse(await instagramExchange(other, wrong)) as Answer)[0]).toBe(100);
});

test('3: PKCE: a dialog opened with a challenge wants its verifier', async () => {
  const code_challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  const code = codeOf(await meta.signIn(facebookDialog({ code_challenge, code_challenge_method: 'S256' })));
  expect(failure(await exchange(code))[0]).toBe(100);
  const { access_token } = await exchange(code, { code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' });
  expect(access_token).toMatch(/^EAASIM/);
});

test('3: short, long and Page tokens are three; a Page token of a long one has no end, of a short one ends with it', async () => {
  const short = await exchange(codeOf(await meta.signIn(facebookDialog())));
  expect(short).toMatchObject({ token_type: 'bearer', expires_in: 7200 });
  const long = await userToken();
  const pageTokenOf = async (access_token: string) =>
    (await get(`/v26.0/${page.id}`, { access_token, fields: 'access_token' })).access_token;
  const [ofShort, ofLong] = [await pageTokenOf(short.access_token), await pageTokenOf(long)];
  expect(new Set([short.access_token, long, ofShort, ofLong, page.accessToken]).size).toBe(5);
  expect(await debug(ofLong)).toMatchObject({ type: 'PAGE', profile_id: page.id, expires_at: 0 });
  meta.advance(2 * hour + 1000);
  expect(failure(await get('/me', { access_token: ofShort }))).toEqual([190, 463]);
  expect(await get('/me', { access_token: ofLong })).toMatchObject({ id: page.id });
});

test('3: a configuration for a system user gives a token without an end at once', async () => {
  const { url } = (meta.app.loginConfigs = { '42': { kind: 'system-user' as const, scopes: ['pages_show_list'] } }) && meta;
  const query = new URLSearchParams({ client_id: app.appId, redirect_uri, state: 's', config_id: '42' });
  const answer = await exchange(codeOf(await meta.signIn(`${url}/v26.0/dialog/oauth?${query.toString()}`)));
  expect(answer).toEqual({ access_token: expect.stringMatching(/^EAASIM/) as string, token_type: 'bearer' });
  expect(await debug(answer.access_token)).toMatchObject({ type: 'SYSTEM_USER', expires_at: 0, scopes: ['pages_show_list'] });
});

test('3: /me/accounts is paged, and by habit empty though the grant names its Pages, which are read by id then', async () => {
  const token = await userToken();
  const first = await get('/v26.0/me/accounts', {
    access_token: token,
    fields: 'id,name,tasks,instagram_business_account{id,username}',
    limit: '1',
  });
  expect(first.data).toEqual([
    {
      id: page.id,
      name: 'Harbour Lamps',
      tasks: expect.arrayContaining(['MESSAGING', 'MODERATE']) as string[],
      instagram_business_account: { id: linked.id, username: 'harbour.lamps' },
    },
  ]);
  const { next } = first.paging as { next: string };
  const second = (await (await fetch(next)).json()) as Answer;
  expect(second.data.map(({ id }) => id)).toEqual([other.id]);
  expect(second.paging).not.toHaveProperty('next');
  meta.habits.hidesGrantedPages = true;
  expect(await get('/me/accounts', { access_token: token })).toEqual({ data: [] });
  const byId = await get('/', { ids: `${page.id},${other.id}`, fields: 'id,name', access_token: token });
  expect(byId).toMatchObject({ [page.id]: { name: 'Harbour Lamps' }, [other.id]: { id: other.id } });
});

test('4: debug_token tells the truth of living, dead, unknown and foreign tokens, to the app or the token itself', async () => {
  const token = await userToken({ accounts: [page, linked] });
  expect(await debug(token)).toMatchObject({
    ...{ app_id: app.appId, type: 'USER', is_valid: true, issued_at: clock / 1000, expires_at: clock / 1000 + 60 * 86_400 },
    granular_scopes: [
      { scope: 'pages_show_list', target_ids: [page.id] },
      { scope: 'pages_messaging', target_ids: [page.id] },
      { scope: 'instagram_basic', target_ids: [linked.id] },
    ],
  });
  expect((await get('/debug_token', { input_token: token, access_token: token })).data).toMatchObject({ is_valid: true });
  expect(failure(await get('/debug_token', { input_token: token, access_token: page.accessToken }))).toEqual([100, undefined]);
  meta.killToken(page, 'password-changed');
  expect(await debug(page.accessToken)).toMatchObject({ is_valid: false, scopes: [], error: { code: 190, subcode: 460 } });
  meta.advance(61 * day);
  expect(await debug(token)).toMatchObject({ is_valid: false, error: { code: 190, subcode: 463 } });
  expect(await debug('nonsense')).toMatchObject({ is_valid: false });
  const foreign = meta.tokenOfAnotherApp(page);
  expect(failure(await get('/debug_token', { input_token: foreign, access_token: appToken }))).toEqual([100, undefined]);
  expect(await get('/me', { access_token: foreign })).toMatchObject({ id: page.id });
});

const refresh = (access_token: string) =>
  get('/refresh_access_token', { grant_type: 'ig_refresh_token', access_token }, 'graph.instagram.com');

test('5: an Instagram token is refreshed when a day old and while it lives; the old one lives on till its own end', async () => {
  const first = await instagramToken();
  expect(failure(await refresh(first))[0]).toBe(100);
  meta.advance(day);
  const second = await refresh(first);
  expect(second).toMatchObject({ expires_in: 60 * 86_400, permissions: 'instagram_business_basic,instagram_business_manage_messages' });
  const me = (access_token: string) => get('/v26.0/me', { access_token }, 'graph.instagram.com');
  meta.advance(59 * day - 1000);
  expect(await me(first)).toMatchObject({ id: expect.any(String) as string });
  meta.advance(1000);
  expect(failure(await me(first))).toEqual([190, 463]);
  expect(failure(await refresh(first))).toEqual([190, 463]);
  expect(failure(await me(second.access_token))).toEqual([undefined, undefined]);
});

test('6: one human has another id at every account and as a commenter; ids have 15 to 17 digits, some exceed 2^53', () => {
  const people = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Fi'].map((name) => meta.customer(name));
  const ids = people.flatMap((person) => [page, other, linked, instagram].map((account) => meta.idOf(person, account)));
  const commenters = people.flatMap((person) => [page, other].map((account) => meta.commenterIdOf(person, account)));
  expect(new Set([...ids, ...commenters]).size).toBe(36);
  expect([...ids, ...commenters].every((id) => /^\d{15,17}$/.test(id))).toBe(true);
  expect(ids.some((id) => BigInt(id) > 2n ** 53n)).toBe(true);
  expect(meta.commenterIdOf(people[0]!, instagram)).toBe(meta.idOf(people[0]!, instagram));
});

test('7: through Instagram Login `id` is not `user_id`; the reply of a login may hold it as a number, and lie in data[]', async () => {
  const me = await get(
    '/v26.0/me',
    { access_token: await instagramToken(), fields: 'user_id,username,account_type' },
    'graph.instagram.com',
  );
  expect(me).toEqual({
    id: expect.not.stringMatching(instagram.id) as string,
    user_id: instagram.id,
    username: 'harbour.outlet',
    account_type: 'BUSINESS',
  });
  const flat = await instagramExchange(codeOf(await meta.signIn(instagramDialog())));
  expect(JSON.parse(flat)).toMatchObject({
    user_id: instagram.id,
    permissions: ['instagram_business_basic', 'instagram_business_manage_messages'],
  });
  Object.assign(meta.habits, { numericUserId: true, wrappedLogin: true });
  const odd = await instagramExchange(codeOf(await meta.signIn(instagramDialog())));
  expect(odd).toContain(`{"data":[{"access_token":"`);
  expect(odd).toContain(`"user_id":${instagram.id},"permissions":"instagram_business_basic,instagram_business_manage_messages"`);
});

test('8: a scope that was not granted, a task that is not held and a missing proof are refused', async () => {
  const token = await userToken({ scopes: ['pages_show_list'] });
  const [mine] = (await get('/me/accounts', { access_token: token })).data;
  expect(failure(await post(`/${page.id}/subscribed_apps`, String(mine!.access_token)))).toEqual([200, undefined]);
  const tom = meta.addUser('Tom', [{ account: page, tasks: ['ANALYZE'] }]);
  const scopes = 'pages_show_list,pages_manage_metadata,pages_messaging';
  const [toms] = (await get('/me/accounts', { access_token: await userToken({ user: tom }, { scope: scopes }) })).data;
  expect(failure(await post(`/${page.id}/subscribed_apps`, String(toms!.access_token)))).toEqual([200, undefined]);
  expect(failure(await post(`/${page.id}/messages`, token))).toEqual([210, undefined]);
  meta.habits.requireAppSecretProof = true;
  const access_token = page.accessToken;
  expect(failure(await get('/me', { access_token }))).toEqual([100, undefined]);
  const proof = createHmac('sha256', secret).update(access_token).digest('hex');
  expect(await get('/me', { access_token, appsecret_proof: proof })).toMatchObject({ id: page.id });
});

test.each([
  ['expired', 463],
  ['password-changed', 460],
  ['app-removed', 458],
  ['role-lost', 492],
  ['checkpoint', 459],
] as const)('8: a token dies in mid-run (%s → 190/%i), those of other accounts live, and a renewed one works', async (how, subcode) => {
  const dead = page.accessToken;
  meta.killToken(page, how);
  expect(failure(await get('/me', { access_token: dead }))).toEqual([190, subcode]);
  expect(failure(await get('/me', { access_token: other.accessToken }))).toEqual([undefined, undefined]);
  expect(meta.renewToken(linked)).toBe(page.accessToken);
  expect(await get('/me', { access_token: page.accessToken })).toMatchObject({ id: page.id });
  expect(failure(await get('/me', { access_token: dead }))).toEqual([190, subcode]);
});

test('8: an owner shuts apps out (200/2534041), an account leaves its Page (100/2534013), Meta restricts the app', async () => {
  const send = (account: MetaAccount, via = account) =>
    post('/me/messages', via.accessToken, { recipient: { id: meta.idOf(meta.customer('Ada'), account) }, message: { text: 'Hi' } });
  for (const account of [linked, instagram, page]) meta.customerWrites(account, meta.customer('Ada'), 'Hi');
  meta.trouble(instagram, 'access-off');
  expect(failure(await send(instagram))).toEqual([200, 2534041]);
  meta.trouble(instagram, 'access-off', false);
  expect(failure(await send(instagram))).toEqual([undefined, undefined]);
  meta.trouble(linked, 'unlinked');
  expect(failure(await send(linked))).toEqual([100, 2534013]);
  expect(await get('/me', { access_token: page.accessToken, fields: 'instagram_business_account' })).toEqual({ id: page.id });
  meta.trouble(page, 'restricted');
  expect(failure(await send(page))).toEqual([10, 1893063]);
  meta.habits.appRestricted = true;
  expect((await send(page)).error).toMatchObject({ code: 100, message: expect.stringContaining('Unsupported request') as string });
});

test('9: a signed_request is made as the reference’s own', () => {
  const payload = { algorithm: 'HMAC-SHA256', issued_at: 1795305600, user_id: '5550000000000001' };
  expect(signedRequest(secret, payload)).toBe(
    'Gl-JgVWjqoFueD8wJ4tJT2gd9VKlKSRL7DxJiHXRsH4.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTMwNTYwMCwidXNlcl9pZCI6IjU1NTAwMDAwMDAwMDAwMDEifQ',
  );
});

test('9: the app is called when somebody takes their grant back or wants to be forgotten; a forged call has another secret', async () => {
  const hook = await startReceiver();
  Object.assign(meta.app, { deauthorizeUrl: hook.url, deletionUrl: hook.url });
  const ruth = meta.addUser('Ruth Okafor', [{ account: other, tasks: ['MESSAGING'] }]);
  const [ruths, owners] = [await userToken({ user: ruth }), await userToken()];
  await meta.signedRequest('delete', ruth, { forged: true });
  await meta.signedRequest('delete', ruth);
  expect(failure(await get('/me', { access_token: ruths }))).toEqual([undefined, undefined]);
  expect(await meta.signedRequest('deauthorize', ruth)).toEqual({ status: 200, body: '' });
  hook.stop();
  const sent = hook.received.map(({ body }) => new URLSearchParams(body).get('signed_request')!.split('.') as [string, string]);
  const right = sent.map(([signature, payload]) => signature === createHmac('sha256', secret).update(payload).digest('base64url'));
  expect(right).toEqual([false, true, true]);
  for (const [, payload] of sent)
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      algorithm: 'HMAC-SHA256',
      issued_at: clock / 1000,
      user_id: ruth.id,
    });
  expect(failure(await get('/me', { access_token: ruths }))).toEqual([190, 458]);
  expect(failure(await get('/me', { access_token: owners }))).toEqual([undefined, undefined]);
});
