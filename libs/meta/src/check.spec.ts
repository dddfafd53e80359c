import { startMetaPlatform, type MetaPlatform } from '#libs/simulators';
import { facebookConnector } from './facebook.js';
import { instagramConnector } from './instagram.js';
import { metaWebhook } from './webhook.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
let meta: MetaPlatform;
beforeEach(async () => (meta = await startMetaPlatform(app)));
afterEach(() => meta.stop());

const account = { externalId: '', address: '' };
const options = () => ({ ...app, graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' });
const checkPage = (pageId: string, pageAccessToken: string) =>
  facebookConnector(options(), metaWebhook(options())).check(account, { pageId, pageAccessToken });
const checkInstagram = (accountId: string, accessToken: string, via: 'facebook' | 'instagram') =>
  instagramConnector(options(), metaWebhook(options())).check(account, { accountId, accessToken, via });

test('a right Page token passes and switches the Page’s events on', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  expect(await checkPage(page.id, page.accessToken)).toEqual([
    { name: 'Access token', ok: true, detail: 'Belongs to the Page “Harbour Lamps”' },
    { name: 'Permissions', ok: true, detail: 'All that an inbox needs is allowed' },
    { name: 'Events', ok: true, detail: expect.any(String) },
    { name: 'Other apps', ok: true, detail: expect.any(String) },
  ]);
  expect(page.subscribedFields).toContain('message_echoes');
});

test('a token of another Page is refused and changes nothing there', async () => {
  const [page, other] = [meta.addPage({ name: 'Harbour Lamps' }), meta.addPage({ name: 'Other' })];
  expect(await checkPage(page.id, other.accessToken)).toMatchObject([{ ok: false, detail: expect.stringContaining('“Other”') }]);
  expect(other.subscribedFields).toEqual([]);
});

test('a dead token fails with Meta’s own words', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  meta.killToken(page, 'expired');
  expect(await checkPage(page.id, page.accessToken)).toMatchObject([{ ok: false, detail: expect.stringContaining('Session has expired') }]);
  expect(await checkPage(page.id, 'nonsense')).toMatchObject([
    { ok: false, detail: expect.stringContaining('Invalid OAuth access token') },
  ]);
});

test('an Instagram account is accepted by its user_id, through Instagram and through its Page', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const linked = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const alone = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  expect((await checkInstagram(linked.id, linked.accessToken, 'facebook')).map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect((await checkInstagram(alone.id, alone.accessToken, 'instagram')).map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(alone.subscribedFields).toContain('messages');
});

test('a token that another app made is refused, because that app would get the events', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  expect(await checkPage(page.id, meta.tokenOfAnotherApp(page))).toMatchObject([
    { name: 'Access token', ok: true },
    { name: 'Permissions', ok: false, detail: expect.stringMatching(/another app.* Make one with the app 900100200300400/) },
  ]);
  expect(page.subscribedFields).toEqual([]);
});

test('the wrong road, or a Page without that account, is refused with what is there instead', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const alone = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  expect(await checkInstagram(alone.id, page.accessToken, 'facebook')).toMatchObject([
    { ok: false, detail: expect.stringContaining('no Instagram account') },
  ]);
  expect(await checkInstagram('17841400000000999', alone.accessToken, 'instagram')).toMatchObject([
    { ok: false, detail: expect.stringContaining(alone.id) },
  ]);
});
