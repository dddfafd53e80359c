import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import { instagramLine, pageLine } from './line.js';
import { postOf } from './post-of.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };

let meta: MetaPlatform;
let page: MetaAccount;
let account: MetaAccount;
beforeEach(async () => {
  meta = await startMetaPlatform(app);
  page = meta.addPage({ name: 'Harbour Lamps' });
  account = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
});
afterEach(() => meta.stop());

const options = () => ({ ...app, graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' });
const onPage = (id: string) => postOf(pageLine(options(), { pageId: page.id, pageAccessToken: page.accessToken }), id);
const onInstagram = (id: string) =>
  postOf(instagramLine(options(), { accountId: account.id, accessToken: account.accessToken, via: 'facebook' }), id);

test('of a Page’s post its text, place, picture and time are told; a post that never was in the feed is an ad', async () => {
  const post = meta.addPost(page, { text: 'Spring lamps' });
  expect(await onPage(post.id)).toMatchObject({
    ...{ id: post.id, text: 'Spring lamps', isAd: false, isLive: false },
    ...{ permalink: expect.stringMatching(/^https?:/), pictureUrl: expect.stringMatching(/^http/), publishedAt: expect.any(Date) },
  });
  const dark = meta.addPost(page, { text: 'Only for you', ad: true });
  expect(await onPage(dark.id)).toMatchObject({ text: 'Only for you', isAd: true });
});

test('of an Instagram media the same is told', async () => {
  const post = meta.addPost(account, { text: 'Glow' });
  expect(await onInstagram(post.id)).toMatchObject({
    ...{ id: post.id, text: 'Glow', isAd: false, isLive: false },
    ...{ permalink: expect.stringMatching(/^https?:/), pictureUrl: expect.stringMatching(/^http/), publishedAt: expect.any(Date) },
  });
  expect(await onInstagram(meta.addPost(account, { text: 'Now', live: true }).id)).toMatchObject({ isLive: true });
});

test('of what is gone, or of somebody else’s, nothing is told', async () => {
  const post = meta.addPost(page, { text: 'Oops' });
  meta.removePost(post);
  expect(await onPage(post.id)).toBeNull();
  expect(await onInstagram('17900000000000700')).toBeNull();
});

test('of somebody else’s media that names the account, what Meta shows to those who are named', async () => {
  const { post } = meta.customerMentions(account, meta.customer('Ada Moss'), 'Lamp by @harbour.lamps', 'caption');
  expect(await onInstagram(post.id)).toMatchObject({ text: 'Lamp by @harbour.lamps', permalink: expect.stringMatching(/^https?:/) });
});

test('a dead token is told from a post that is gone', async () => {
  const post = meta.addPost(page, { text: 'Spring lamps' });
  meta.killToken(page, 'expired');
  await expect(onPage(post.id)).rejects.toMatchObject({ kind: 'auth' });
});
