import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import { instagramLine, pageLine } from './line.js';
import { whoIs } from './who-is.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
const unknown = { name: null, pictureUrl: null };

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
const inMessenger = (id: string, scope = `facebook:${page.id}`) =>
  whoIs(pageLine(options(), { pageId: page.id, pageAccessToken: page.accessToken }), { scope, id, name: null });
const onInstagram = (id: string) =>
  whoIs(instagramLine(options(), { accountId: account.id, accessToken: account.accessToken, via: 'facebook' }), {
    ...{ scope: `instagram:${account.id}`, id, name: null },
  });

test('who wrote to us has a name and a picture', async () => {
  const ada = meta.customer('Ada Moss');
  meta.customerWrites(page, ada, 'hello');
  meta.customerWrites(account, ada, 'hello');
  const told = { name: expect.stringMatching(/ada/i), pictureUrl: expect.stringMatching(/^http/) };
  expect(await inMessenger(meta.idOf(ada, page))).toMatchObject(told);
  expect(await onInstagram(meta.idOf(ada, account))).toMatchObject(told);
});

test('whom Meta does not show to us stays unknown, and nothing fails of it', async () => {
  const bo = meta.customer('Bo Lind');
  const post = meta.addPost(account, { text: 'Glow' });
  meta.customerComments(account, post, bo, 'nice');
  expect(await onInstagram(meta.commenterIdOf(bo, account))).toEqual(unknown);
  expect(await onInstagram('1180000000000999')).toEqual(unknown);
  meta.customerWrites(page, bo, 'hello');
  meta.habits.profilesGranted = false;
  expect(await inMessenger(meta.idOf(bo, page))).toEqual(unknown);
});

test('of who comments on Facebook by an id nothing is asked: Meta answers for nobody by that id', async () => {
  let calls = 0;
  meta.onHappening(({ kind }) => (calls += kind.startsWith('call-') ? 1 : 0));
  expect(await inMessenger('6780000000000510', `facebook-comment:${page.id}`)).toEqual(unknown);
  expect(calls).toBe(0);
});

test('whom a webhook left out the comment may name; where it does not, nobody is named', async () => {
  const comment = meta.customerComments(page, meta.addPost(page, { text: 'Lamps' }), meta.customer('Bo Lind'), 'nice');
  const scope = `facebook-comment:${page.id}`;
  expect(await inMessenger(`unknown:${comment}`, scope)).toEqual({ name: 'Bo Lind', pictureUrl: null });
  meta.habits.authorsWithheld = true;
  expect(await inMessenger(`unknown:${comment}`, scope)).toEqual(unknown);
  expect(await inMessenger('unknown:1_990000000000000123', scope)).toEqual(unknown);
});

test('who names an Instagram account elsewhere is read from the comment or caption that does', async () => {
  const ada = meta.customer('Ada Moss');
  const told = { name: expect.stringMatching(/ada/i), pictureUrl: null };
  const below = meta.customerMentions(account, ada, 'ask @harbour.lamps');
  expect(await onInstagram(`unknown:mention:${below.post.id}:${below.comment!.id}`)).toEqual(told);
  const { post } = meta.customerMentions(account, ada, 'Lamp by @harbour.lamps', 'caption');
  expect(await onInstagram(`unknown:mention:${post.id}:caption`)).toEqual(told);
  expect(await onInstagram('unknown:mention:17900000000000700:caption')).toEqual(unknown);
});
