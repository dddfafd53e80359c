import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import type { MetaOptions } from './options.js';
import { refreshed, refreshIsDue } from './refresh.js';
import type { InstagramSettings } from './settings.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
const day = 86_400_000;
const now = new Date();
const at = (days: number) => new Date(now.getTime() + days * day);

let meta: MetaPlatform;
let account: MetaAccount;
let token: string;
beforeEach(async () => {
  meta = await startMetaPlatform(app);
  account = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  token = meta.renewToken(account);
});
afterEach(() => meta.stop());

const options = (): MetaOptions => ({ ...app, graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' });
const settings = (more: Partial<InstagramSettings> = {}): InstagramSettings => ({
  ...{ accountId: account.id, accessToken: token, via: 'instagram', refreshAfter: now.toISOString() },
  ...more,
});
const days = (time: string | undefined) => (Date.parse(time!) - now.getTime()) / day;

test('it is due a week after the last one, at once for a token typed in by hand, and never for a Page’s', () => {
  const after = { refreshAfter: at(7).toISOString() };
  expect([6.9, 7.1].map((later) => refreshIsDue(settings(after), at(later)))).toEqual([false, true]);
  expect(refreshIsDue(settings({ refreshAfter: undefined }), now)).toBe(true);
  expect(refreshIsDue(settings({ refreshAfter: undefined, via: 'facebook' }), now)).toBe(false);
});

test('a token old enough is traded for one of another sixty days', async () => {
  meta.advance(2 * day);
  const fresh = (await refreshed(options(), settings(), now))!;
  expect(fresh.accessToken).not.toBe(token);
  expect([days(fresh.accessUntil), days(fresh.refreshAfter)].map(Math.round)).toEqual([60, 7]);
});

test('one less than a day old goes on working and is tried again tomorrow', async () => {
  expect(await refreshed(options(), settings(), now)).toEqual({ refreshAfter: at(1).toISOString() });
});

test('Meta out of reach is tried again soon', async () => {
  const nobody = { ...options(), instagramGraphUrl: 'http://127.0.0.1:65531' };
  expect(await refreshed(nobody, settings(), now)).toEqual({ refreshAfter: new Date(now.getTime() + 3_600_000).toISOString() });
});

test('one that is dead asks for a person', async () => {
  meta.advance(61 * day);
  await expect(refreshed(options(), settings(), now)).rejects.toMatchObject({ kind: 'auth', code: '190/463' });
});
