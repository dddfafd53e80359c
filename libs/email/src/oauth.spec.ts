import { type OAuthProvider, startOAuthProvider } from '#libs/simulators';
import { oauth } from './oauth.js';
import { google } from './oauth-providers.js';
import type { EmailSettings } from './settings.js';

const redirectUri = 'http://localhost:3000/channels/sign-in/callback';
const mailScope = 'https://mail.google.com/';
const address = 'help@harbour-lamps.example';
const soon = () => new Date(Date.now() + 3600_000);
const providers: OAuthProvider[] = [];

async function start(options: { scopes?: string[]; refreshTokens?: boolean } = {}) {
  const provider = await startOAuthProvider({ redirectUri, scopes: ['email', mailScope], ...options });
  providers.push(provider);
  const { issuer, clientId, clientSecret } = provider;
  const servers = { imapUrl: 'imaps://imap.gmail.com:993', smtpUrl: 'smtp://[::1]:587' };
  const known = google({ issuer, clientId, clientSecret, ...servers });
  return { provider, known, ...oauth([known]) };
}
afterEach(() => Promise.all(providers.splice(0).map((provider) => provider.stop())));

async function signedIn(made: Awaited<ReturnType<typeof start>>, walk = (url: string) => made.provider.signIn(url, address)) {
  const { url, ticket } = await made.signIn.begin({ provider: 'google', redirectUri, state: 'the-state', address });
  return made.signIn.finish(new URL(await walk(url)), ticket);
}

test('a sign-in gives the address, the provider’s servers without passwords, and tokens that the provider knows', async () => {
  const made = await start();
  const { address: found, settings } = await signedIn(made);
  expect(found).toBe(address);
  expect(settings).toEqual({
    imap: { host: 'imap.gmail.com', port: 993, secure: true, user: address },
    smtp: { host: '::1', port: 587, secure: false, user: address },
    oauth: {
      provider: 'google',
      accessToken: made.provider.tokens[address],
      refreshToken: expect.any(String) as string,
      expiresAt: expect.any(String) as string,
    },
  });
  expect(made.refreshDue(settings as EmailSettings, new Date())).toBe(false);
  expect(made.refreshDue(settings as EmailSettings, soon())).toBe(true);
});

test('the provider’s page is asked for lasting access, for this mailbox, with PKCE and a nonce', async () => {
  const { signIn, known } = await start();
  const { url, ticket } = await signIn.begin({ provider: 'google', redirectUri, state: 's', address });
  const asked = Object.fromEntries(new URL(url).searchParams);
  expect(asked).toMatchObject({ access_type: 'offline', prompt: 'consent', login_hint: address, state: 's', scope: known.scope });
  expect([asked.code_challenge_method, asked.nonce]).toEqual(['S256', ticket.nonce]);
  expect(url).not.toContain(ticket.verifier as string);
});

test('a sign-in that was cancelled, came back with another state, or is used twice says so in plain words', async () => {
  const made = await start();
  await expect(signedIn(made, (url) => made.provider.cancel(url))).rejects.toMatchObject({
    kind: 'rejected',
    message: 'The sign-in at Google was cancelled or not allowed.',
  });
  const { url, ticket } = await made.signIn.begin({ provider: 'google', redirectUri, state: 'one' });
  const callback = new URL(await made.provider.signIn(url, address));
  await expect(made.signIn.finish(callback, { ...ticket, state: 'other' })).rejects.toThrow('The sign-in at Google failed');
  await made.signIn.finish(callback, ticket);
  await expect(made.signIn.finish(callback, ticket)).rejects.toThrow('The sign-in at Google has run out. Begin it again.');
});

test('without lasting access there is no channel', async () => {
  await expect(start({ refreshTokens: false }).then((made) => signedIn(made))).rejects.toThrow(
    /gave no lasting access \(no refresh token\)/,
  );
});

test('renewing trades the refresh token for new ones; the spent one, and a grant that was taken back, need a person', async () => {
  const made = await start();
  const settings = (await signedIn(made)).settings as EmailSettings;
  const renewed = await made.refresh(settings, soon());
  expect(renewed?.oauth?.refreshToken).not.toBe(settings.oauth!.refreshToken);
  expect(renewed?.oauth?.accessToken).toBe(made.provider.tokens[address]);
  await expect(made.refresh(settings, soon())).rejects.toMatchObject({ kind: 'auth', code: 'invalid_grant' });
  const again = (await signedIn(made)).settings as EmailSettings;
  await made.provider.revoke(address);
  await expect(made.refresh(again, soon())).rejects.toMatchObject({ kind: 'auth', message: /Google no longer lets us into this mailbox/ });
});

test('a provider that is down keeps nobody from using a token that is still good, and is tried again after that', async () => {
  const made = await start();
  const settings = (await signedIn(made)).settings as EmailSettings;
  made.provider.behave('fail');
  expect(await made.refresh(settings, new Date())).toBeNull();
  await expect(made.refresh(settings, soon())).rejects.toMatchObject({ kind: 'unavailable' });
  made.provider.behave('answer');
  expect(await made.refresh(settings, soon())).not.toBeNull();
});

test('a wrong client secret is the operator’s business, not the mailbox owner’s', async () => {
  const made = await start();
  const settings = (await signedIn(made)).settings as EmailSettings;
  const { refresh } = oauth([{ ...made.known, clientSecret: 'wrong' }]);
  await expect(refresh(settings, soon())).rejects.toMatchObject({
    kind: 'unavailable',
    action: expect.stringContaining('client secret') as string,
  });
});
