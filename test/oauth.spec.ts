import { type Dovecot, type OAuthProvider, type SmtpSink, startDovecot, startOAuthProvider, startSmtpSink } from '#libs/simulators';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { Api, type Channel, type Conversation, type Delivery, type Problem } from './api.js';
import { adminEmail, adminPassword, eventually, freePort, type House, openHouse } from './house.js';
import { header, mail, supportAddress } from './outside.js';

declare const TEST_DATABASE: 'sqlite' | 'postgres';

/** Tokens last for this long beyond the five minutes in which they are renewed. */
const usableSeconds = 4;
const other = 'other@harbour-lamps.example';

let provider: OAuthProvider;
let dovecot: Dovecot;
let smtp: SmtpSink;
let house: House;
let cookie: string;
let channelId: string;

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startOAuthProvider({
    redirectUri: `${publicUrl}/channels/sign-in/callback`,
    scopes: ['email', 'https://mail.google.com/'],
    accessTokenSeconds: 300 + usableSeconds,
  });
  const { introspectionUrl, tokens, issuer, clientId, clientSecret } = provider;
  dovecot = await startDovecot({ users: { [supportAddress]: 'unknown to the app', [other]: 'too' }, introspectionUrl });
  smtp = await startSmtpSink({ tokens });
  house = await openHouse({
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    GOOGLE_CLIENT_ID: clientId,
    GOOGLE_CLIENT_SECRET: clientSecret,
    GOOGLE_ISSUER_URL: issuer,
    GOOGLE_IMAP_URL: `imap://127.0.0.1:${dovecot.port}`,
    GOOGLE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
  });
  cookie = await signInToApp(adminEmail, adminPassword);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await Promise.all([provider?.stop(), dovecot?.stop(), smtp?.stop()]);
}, 30_000);

async function signInToApp(email: string, password: string): Promise<string> {
  const body = JSON.stringify({ email, password });
  const login = await fetch(`${house.url}/api/v1/auth/login`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return login.headers.getSetCookie()[0]!.split(';')[0]!;
}

const begin = async (body: object = {}) => {
  const begun = await house.api.post<{ url: string }>('/channels/sign-in', { type: 'email', provider: 'google', ...body });
  expect(begun.status).toBe(200);
  return begun.body.url;
};
/** The browser comes back from the provider; resolves with the page it is sent to. */
async function comeBack(callback: string, as = cookie): Promise<URL> {
  const answer = await fetch(callback, { redirect: 'manual', headers: as ? { cookie: as } : {} });
  expect(answer.status).toBe(303);
  const page = new URL(answer.headers.get('location')!);
  expect(page.pathname).toBe('/settings/channels');
  return page;
}
const errorOf = (page: URL) => page.searchParams.get('signInError');
const channel = async () => (await house.api.get<Channel & { settings: object }>(`/channels/${channelId}`)).body;
const texts = async () => (await house.api.all<Conversation>('/conversations')).map(({ preview }) => preview).sort();
const untilRenewalIsDue = () => new Promise((resolve) => setTimeout(resolve, (usableSeconds + 0.5) * 1000));

test('the provider that the operator registered with is offered, and wrong wishes are refused before the trip', async () => {
  const { body } = await house.api.get<Array<{ type: string; signIn: unknown[] }>>('/connectors');
  expect(body.map(({ type, signIn }) => [type, signIn])).toContainEqual(['email', [{ id: 'google', label: 'Google' }]]);
  expect(body.map(({ type, signIn }) => [type, signIn])).toContainEqual(['facebook', []]);
  for (const [wrong, path] of [
    [{ type: 'email', provider: 'microsoft' }, 'provider'],
    [{ type: 'facebook', provider: 'google' }, 'provider'],
    [{ type: 'email', provider: 'google', settings: { importSince: 'yesterday' } }, 'settings.importSince'],
  ] as const) {
    const refused = await house.api.post<Problem>('/channels/sign-in', wrong);
    expect([refused.status, refused.body.errors[0]!.path]).toEqual([422, path]);
  }
});

test('what comes back from the provider must be whole, fresh, and in the browser of whoever began', async () => {
  const agent = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'a fine long password', role: 'admin' };
  await house.api.post('/users', agent);
  expect(errorOf(await comeBack(await provider.cancel(await begin())))).toBe('The sign-in at Google was cancelled or not allowed.');
  const callback = await provider.signIn(await begin(), supportAddress);
  expect(errorOf(await comeBack(callback, ''))).toMatch(/is not signed in to .* as an admin/);
  expect(errorOf(await comeBack(callback, await signInToApp(agent.email, agent.password)))).toBe('Somebody else began this sign-in.');
  const forged = new URL(callback);
  forged.searchParams.set('state', 'made up');
  expect(errorOf(await comeBack(forged.href))).toMatch(/has run out or was used already/);
  expect((await house.api.get<{ items: Channel[] }>('/channels')).body.items).toEqual([]);
});

test('a sign-in connects the mailbox: mail comes in, an answer goes out, and no token is shown', async () => {
  await dovecot.deliver(supportAddress, mail({ subject: 'Old', text: 'from before' }));
  const callback = await provider.signIn(await begin({ name: 'Support', settings: { importSince: 'all' } }), supportAddress);
  channelId = (await comeBack(callback)).searchParams.get('connected')!;
  expect(errorOf(await comeBack(callback))).toMatch(/was used already/);
  const connected = await channel();
  expect(connected).toMatchObject({ name: 'Support', address: supportAddress, enabled: true, health: { state: 'ok', action: null } });
  expect(JSON.stringify(connected)).not.toContain(provider.tokens[supportAddress]);
  expect(connected.settings).toMatchObject({ oauth: { provider: 'google' }, importSince: 'all' });
  expect(JSON.stringify(connected.settings)).not.toMatch(/refreshToken|accessToken/);

  await dovecot.deliver(supportAddress, mail({ subject: 'Lamp', text: 'Is it back?' }));
  await eventually(async () => expect(await texts()).toEqual(['Is it back?', 'from before']));
  const [conversation] = await house.api.all<Conversation>('/conversations?status=open');
  await house.api.post(`/conversations/${conversation!.id}/replies`, { text: 'Yes.' });
  await eventually(async () => expect(smtp.messages.map(({ raw }) => header(raw, 'Subject'))).toEqual(['Re: Lamp']));
}, 60_000);

test('access that runs out is renewed, by one process at a time, and each refresh token is spent once', async () => {
  const before = provider.refreshes();
  await untilRenewalIsDue();
  const apis = [house.api];
  const second = TEST_DATABASE === 'postgres' ? await startApp(readConfig({ ...house.ground.env, PORT: String(await freePort()) })) : null;
  if (second) apis.push(await Api.signIn(second.url!, adminEmail, adminPassword));
  try {
    const wishes = [1, 2, 3, 4].flatMap((n) =>
      apis.map((api) => api.patch(`/channels/${channelId}`, { settings: { sendPerMinute: 600 + n } })),
    );
    expect((await Promise.all(wishes)).map(({ status }) => status)).toEqual(wishes.map(() => 200));
    const after = provider.refreshes();
    expect(after.refused).toBe(0);
    expect(after.traded).toBeGreaterThan(before.traded);
    // Each further one means that the time of the one before had passed.
    expect(after.traded - before.traded).toBeLessThanOrEqual(2);
  } finally {
    await second?.stop();
  }
  await untilRenewalIsDue();
  const [conversation] = await house.api.all<Conversation>('/conversations?status=open');
  await house.api.post(`/conversations/${conversation!.id}/replies`, { text: 'Still here.' });
  await eventually(async () => expect(smtp.messages).toHaveLength(2));
  expect(provider.refreshes().refused).toBe(0);
}, 90_000);

test('a provider that cannot be reached is no reason to sign in again', async () => {
  await untilRenewalIsDue();
  provider.behave('fail');
  const [conversation] = await house.api.all<Conversation>('/conversations?status=open');
  await house.api.post(`/conversations/${conversation!.id}/replies`, { text: 'The token is still good.' });
  await eventually(async () => expect(smtp.messages).toHaveLength(3));
  expect((await channel()).health).toMatchObject({ state: 'ok' });
  provider.behave('answer');
}, 60_000);

test('access that is refused before its time is renewed without a person, for reading and for sending', async () => {
  const before = provider.refreshes().traded;
  await provider.spoil(supportAddress);
  await dovecot.restart();
  await eventually(async () => expect(provider.refreshes().traded).toBeGreaterThan(before), 15_000);
  await eventually(async () => expect((await channel()).health).toMatchObject({ state: 'ok' }), 15_000);
  await provider.spoil(supportAddress);
  const [conversation] = await house.api.all<Conversation>('/conversations?status=open');
  await house.api.post(`/conversations/${conversation!.id}/replies`, { text: 'With another token.' });
  await eventually(async () => expect(smtp.messages).toHaveLength(4), 15_000);
  expect(await house.api.all<Delivery>('/deliveries?state=failed')).toEqual([]);
}, 90_000);

test('a grant that was taken back asks for a person, stops nothing for good, and after a new sign-in nothing is missing', async () => {
  await provider.revoke(supportAddress);
  await untilRenewalIsDue();
  await dovecot.restart();
  await eventually(async () => {
    const { health, enabled } = await channel();
    expect([enabled, health.state]).toEqual([true, 'needs-auth']);
    expect(health.detail).toMatch(/Google no longer lets us into this mailbox/);
    expect(health.action).toEqual({ kind: 'sign-in', label: 'Sign in again at Google', provider: 'google' });
  }, 30_000);
  await dovecot.deliver(supportAddress, mail({ subject: 'Meanwhile', text: 'Anybody there?' }));
  const [conversation] = await house.api.all<Conversation>('/conversations?status=open');
  const reply = await house.api.post(`/conversations/${conversation!.id}/replies`, { text: 'Wait for me.' });
  expect(reply.status).toBe(202);
  const failed = await eventually(async () => {
    const [delivery] = await house.api.all<Delivery>('/deliveries?state=failed');
    return delivery!.id;
  });

  const again = { channelId };
  expect(errorOf(await comeBack(await provider.signIn(await begin(again), other)))).toBe(
    `You signed in as ${other}, but this is about ${supportAddress}. Sign in with the account of that address.`,
  );
  const page = await comeBack(await provider.signIn(await begin(again), supportAddress));
  expect(page.searchParams.get('connected')).toBe(channelId);
  await eventually(async () => expect(await texts()).toEqual(['Anybody there?', 'Wait for me.', 'from before']));
  await eventually(async () => expect((await channel()).health).toMatchObject({ state: 'ok', action: null }));
  await house.api.post('/deliveries/retry', { ids: [failed] });
  await eventually(async () => expect(smtp.messages).toHaveLength(5));
  expect((await channel()).settings).toMatchObject({ importSince: 'all' });
}, 90_000);

test('a setting that is patched to null is gone, as if it had never been made', async () => {
  const patched = async (settings: object) => {
    expect((await house.api.patch(`/channels/${channelId}`, { settings })).status).toBe(200);
    return (await channel()).settings;
  };
  expect(await patched({ maxMegabytes: 3, signature: 'Bye' })).toMatchObject({ maxMegabytes: 3, signature: 'Bye' });
  const rest = await patched({ maxMegabytes: null, signature: null, imap: { password: null } });
  expect(rest).not.toHaveProperty('maxMegabytes');
  expect(rest).not.toHaveProperty('signature');
  expect(rest).toMatchObject({ imap: { user: supportAddress }, oauth: { provider: 'google' } });
  const refused = await house.api.patch<Problem>(`/channels/${channelId}`, { settings: { smtp: null } });
  expect([refused.status, refused.body.errors.map(({ path }) => path)]).toEqual([422, ['settings.smtp']]);
});
