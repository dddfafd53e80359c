import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { refusal, startSmallApp, type Answer, type SmallApp } from './small-app.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const DAY = 24 * 3_600_000;

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 5 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  app = await startSmallApp(meta, page, instagram);
  ada = meta.customer('Ada Moss');
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

/** All pages of a list; `between` runs after each. */
async function all(account: MetaAccount, path: string, between: () => void = () => undefined): Promise<Answer['data'][]> {
  const pages: Answer['data'][] = [];
  for (let after = ''; ;) {
    const answer = await app.get(account, `${path}&after=${after}`);
    pages.push(answer.data);
    if (!answer.paging?.next) return pages;
    after = answer.paging.cursors.after;
    between();
  }
}

const threadOf = async (account: MetaAccount, customer: MetaCustomer) =>
  String((await app.get(account, `/me/conversations?platform=${account.kind}&user_id=${meta.idOf(customer, account)}`)).data![0]!.id);

test('34: pages follow opaque cursors, may be short or empty and go on; what comes in meanwhile moves nothing', async () => {
  for (let i = 0; i < 30; i++) meta.customerWrites(page, meta.customer(`Person ${i}`), 'Hi');
  meta.habits.shortPages = 0.6;
  let late = 0;
  const pages = await all(page, '/me/conversations?limit=2', () => meta.customerWrites(page, meta.customer(`Late ${late++}`), 'Hi'));
  const ids = pages.flatMap((one) => one!.map(({ id }) => id));
  expect(new Set(ids).size).toBe(30);
  expect(ids).toHaveLength(30);
  expect(pages.some((one) => one!.length === 0)).toBe(true);
});

test('34: a cursor runs out, and `next` is a whole address with the token in it', async () => {
  for (let i = 0; i < 3; i++) meta.customerWrites(page, meta.customer(`Person ${i}`), 'Hi');
  const { paging } = await app.get(page, '/me/conversations?limit=2');
  expect((await (await fetch(paging!.next!)).json()) as object).toMatchObject({ data: [{ id: expect.any(String) as string }] });
  meta.advance(DAY + 1000);
  expect(refusal(await app.get(page, `/me/conversations?limit=2&after=${paging!.cursors.after}`))).toEqual([100]);
  expect(refusal(await app.get(page, '/me/conversations?after=nonsense'))).toEqual([100]);
});

test('35: only the newest 20 messages of a thread can be opened, and what was unsent is no longer there', async () => {
  const mids = Array.from({ length: 30 }, (_, i) => meta.customerWrites(page, ada, `message ${i}`));
  const thread = await threadOf(page, ada);
  const listed = await all(page, `/${thread}/messages?fields=message,from&limit=15`);
  expect(listed.map((one) => one!.length)).toEqual([15, 15]);
  expect(listed.flat().filter((message) => 'message' in message!)).toHaveLength(20);
  expect(refusal(await app.get(page, `/${mids[9]}?fields=message`))).toEqual([9000001]);
  expect(await app.get(page, `/${mids[10]}?fields=message`)).toMatchObject({ message: 'message 10' });
  meta.customerUnsends(page, ada, mids[29]!);
  expect(refusal(await app.get(page, `/${mids[29]}`))).toEqual([9000001]);
  expect(await app.get(page, `/${mids[9]}?fields=message`)).toMatchObject({ message: 'message 9' });
});

test('35: an Instagram request that nobody answered for 30 days is not listed', async () => {
  meta.customerWrites(instagram, ada, 'anyone?');
  meta.customerWrites(instagram, meta.customer('Bo'), 'Hi');
  meta.nativeReply(instagram, meta.customer('Bo'), 'Hi Bo');
  meta.advance(31 * DAY);
  expect((await app.get(instagram, '/me/conversations?platform=instagram')).data).toHaveLength(1);
});

test('35: large lists fail now and then', async () => {
  meta.customerWrites(page, ada, 'Hi');
  meta.habits.bigListsFail = 1;
  expect(refusal(await app.get(page, '/me/conversations?limit=100'))).toEqual([1]);
  expect((await app.get(page, '/me/conversations?limit=20')).data).toHaveLength(1);
});

test('35: a message reads otherwise than its webhook: files, shares, stories, answers, reactions', async () => {
  const first = meta.customerSendsFiles(page, ada, [{ kind: 'image' }, { kind: 'file' }]);
  meta.customerWrites(page, ada, 'this one', { replyTo: first });
  meta.customerSends(page, ada, { attachments: [{ type: 'fallback', payload: { url: 'https://shop.sim/4', title: 'Lamp 4' } }] });
  meta.customerReacts(page, ada, first, '❤️');
  const fields = 'message,from,to,created_time,attachments,shares,story,reply_to,reactions';
  const [share, answer, files] = (await app.get(page, `/${await threadOf(page, ada)}/messages?fields=${fields}`)).data!;
  const person = { id: meta.idOf(ada, page), name: 'Ada Moss', email: expect.stringContaining('@facebook.com') as string };
  expect(files).toMatchObject({ id: first, message: '', from: person, to: { data: [{ id: page.id }] } });
  expect(files!.created_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
  const [image, pdf] = (files as { attachments: { data: Record<string, unknown>[] } }).attachments.data;
  expect(image).toMatchObject({ mime_type: 'image/png', image_data: { url: expect.stringContaining('scontent') as string } });
  expect(pdf).toMatchObject({ mime_type: 'application/pdf', name: 'invoice.pdf', file_url: expect.any(String) as string });
  expect(files).toMatchObject({ reactions: { data: [{ reaction: 'love', users: [{ id: person.id }] }] } });
  expect(answer).toMatchObject({ message: 'this one', reply_to: { mid: first } });
  expect(share).toMatchObject({ shares: { data: [{ link: 'https://shop.sim/4' }] } });
  expect(share).not.toHaveProperty('attachments');
});

test('35: stories read as `story`, on Instagram people have usernames', async () => {
  meta.customerOnStory(instagram, ada, 'reply', 'love it');
  meta.customerOnStory(instagram, ada, 'mention');
  const [mention, reply] = (await app.get(instagram, `/${await threadOf(instagram, ada)}/messages?fields=message,from,story`)).data!;
  expect(reply).toMatchObject({
    message: 'love it',
    from: { username: 'ada.moss' },
    story: { reply_to: { id: expect.any(String) as string } },
  });
  expect(mention).toMatchObject({ story: { mention: { link: expect.stringContaining('lookaside') as string } } });
});

test('35: threads say who takes part, whether they can be answered and who holds them', async () => {
  meta.customerWrites(page, ada, 'Hi');
  const fields = 'participants,message_count,unread_count,can_reply,is_owner,snippet,messages.limit(1){message}';
  const [thread] = (await app.get(page, `/me/conversations?fields=${fields}`)).data!;
  expect(thread).toMatchObject({ message_count: 1, unread_count: 1, can_reply: true, is_owner: true, snippet: 'Hi' });
  expect(thread).toMatchObject({ messages: { data: [{ message: 'Hi' }] } });
  meta.customerBlocks(page, ada);
  meta.threadGoes(page, ada, 'passed');
  expect((await app.get(page, `/me/conversations?fields=${fields}`)).data![0]).toMatchObject({ can_reply: false, is_owner: false });
});

test('37: profiles of those who wrote; commenters have not consented (230), others are nobody (9010) or have none (2018218)', async () => {
  const [bo, cy, di] = ['Bo', 'Cy', 'Di'].map((name) => meta.customer(name)) as [MetaCustomer, MetaCustomer, MetaCustomer];
  const profile = (account: MetaAccount, customer: MetaCustomer) =>
    app.get(account, `/${meta.idOf(customer, account)}?fields=name,first_name,username,profile_pic`);
  for (const account of [page, instagram]) for (const customer of [ada, cy, di]) meta.customerWrites(account, customer, 'Hi');
  expect(await profile(page, ada)).toMatchObject({ name: 'Ada Moss', first_name: 'Ada', profile_pic: expect.any(String) as string });
  expect(await profile(instagram, ada)).toMatchObject({ name: 'Ada Moss', username: 'ada.moss' });
  meta.customerComments(instagram, meta.addPost(instagram, { text: 'x' }), bo, 'Hi');
  expect(refusal(await profile(instagram, bo))).toEqual([230]);
  cy.profile = 'nobody';
  expect(refusal(await profile(instagram, cy))).toEqual([9010]);
  cy.profile = 'phone';
  expect(refusal(await profile(page, cy))).toEqual([100, 2018218]);
  di.profile = 'nameless';
  expect(await profile(instagram, di)).toMatchObject({ name: null, username: 'di' });
  meta.habits.profilesGranted = false;
  expect(await profile(page, ada)).not.toHaveProperty('name');
});

test('37: the address of a picture dies, and a new one can be asked for', async () => {
  meta.customerWrites(instagram, ada, 'Hi');
  const picture = async () => String((await app.get(instagram, `/${meta.idOf(ada, instagram)}?fields=profile_pic`)).profile_pic);
  const old = await picture();
  expect((await fetch(old)).status).toBe(200);
  meta.advance(4 * DAY);
  expect((await fetch(old)).status).toBe(403);
  expect((await fetch(await picture())).status).toBe(200);
});
