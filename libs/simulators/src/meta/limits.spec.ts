import { statedLimits, type Limits } from './limits.js';
import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { refusal, startSmallApp, type Answer, type SmallApp } from './small-app.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const MINUTE = 60_000;

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;
let now = 1795305600000;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 5, now: () => now });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  app = await startSmallApp(meta, page, instagram);
  ada = meta.customer('Ada Moss');
  for (const account of [page, instagram]) meta.customerWrites(account, ada, 'Hi');
  now += 60 * MINUTE * 25;
  meta.customerWrites(page, ada, 'Hi');
  meta.customerWrites(instagram, ada, 'Hi');
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

const limit = (limits: Partial<Limits>) => (meta.habits.limits = { ...meta.habits.limits, ...limits });
const usage = ({ headers }: Answer, name: string) => JSON.parse(headers.get(name) ?? 'null') as Record<string, unknown> | null;
const times = async (count: number, call: () => Promise<Answer>) => {
  const answers: Answer[] = [];
  for (let i = 0; i < count; i++) answers.push(await call());
  return answers.map(refusal);
};

test('39: usage headers come after so many calls and say what is used', async () => {
  limit({ usageHeadersAfter: 4, pagesCallsPerDay: 10, appCallsPerHour: 100 });
  const answers = [];
  for (let i = 0; i < 6; i++) answers.push(await app.get(page, '/me'));
  expect(answers.map((answer) => usage(answer, 'X-App-Usage') !== null)).toEqual([false, false, true, true, true, true]);
  const last = answers.at(-1)!;
  expect(usage(last, 'X-App-Usage')).toMatchObject({ call_count: 6 });
  expect(usage(last, 'X-Page-Usage')).toMatchObject({ call_count: 60 });
  expect(usage(last, 'X-Business-Use-Case-Usage')).toEqual({
    [page.id]: [{ type: 'pages', call_count: 60, total_cputime: 15, total_time: 20, estimated_time_to_regain_access: 0 }],
  });
});

test.each<[string, Partial<Limits>, () => Promise<Answer>, (number | undefined)[]]>([
  ['the app', { appCallsPerHour: 2 }, () => app.get(page, '/me'), [4]],
  ['a Page', { pagesCallsPerDay: 2 }, () => app.get(page, '/me'), [80001]],
  ['Instagram', { instagramCallsPerDay: 2 }, () => app.get(instagram, '/me'), [80002]],
  ['Messenger', { messengerCallsPerDay: 2 }, () => app.get(page, '/me/conversations'), [80006]],
  ['reads of conversations', { conversationCallsPerSecond: 2 }, () => app.get(page, '/me/conversations'), [80006]],
  ['reads of conversations on Instagram', { conversationCallsPerSecond: 2 }, () => app.get(instagram, '/me/conversations'), [613, 2534040]],
  ['sends of an account', { sendsPerSecond: 2 }, () => app.send(page, meta.idOf(ada, page), 'a'), [613]],
  ['sends to one person', { sendsToOneThreadPerMinute: 2 }, () => app.send(instagram, meta.idOf(ada, instagram), 'a'), [613, 2534040]],
])('39, 40: the third call is one too many for %s', async (_, limits, call, expected) => {
  limit(limits);
  expect(await times(3, call)).toEqual([[undefined], [undefined], expected]);
});

test('39: a block says honestly how long it lasts, and every call during it makes it longer', async () => {
  limit({ messengerCallsPerDay: 2, usageHeadersAfter: 0, blockMs: 5 * MINUTE, extendBlockMs: MINUTE });
  const call = () => app.get(page, '/me/conversations');
  await times(2, call);
  const regain = (answer: Answer) =>
    (usage(answer, 'X-Business-Use-Case-Usage') as Record<string, [{ call_count: number; estimated_time_to_regain_access: number }]>)[
      page.id
    ]![0];
  const blocked = await call();
  expect(refusal(blocked)).toEqual([80006]);
  expect(regain(blocked)).toMatchObject({ estimated_time_to_regain_access: 5 });
  expect(regain(blocked).call_count).toBeGreaterThan(100);
  now += 4 * MINUTE;
  expect(regain(await call()).estimated_time_to_regain_access).toBe(2);
  now += 2 * MINUTE;
  expect(refusal(await call())).toEqual([undefined]);
});

test('40: private replies have an hourly share, and the same public words again and again are 368', async () => {
  limit({ privateRepliesPerHour: 1, identicalPublicReplies: 2 });
  const post = meta.addPost(page, { text: 'Spring' });
  const comments = ['a', 'b', 'c'].map((text) => meta.customerComments(page, post, meta.customer(text), text));
  expect(refusal(await app.send(page, { comment_id: comments[0] }, 'Hi'))).toEqual([undefined]);
  expect(refusal(await app.send(page, { comment_id: comments[1] }, 'Hi'))).toEqual([613]);
  expect(meta.comment(comments[1]!)).toMatchObject({ answeredPrivately: false });
  expect(await times(3, () => app.post(page, `/${comments[0]}/comments`, { message: 'Thanks!' }))).toEqual([
    [undefined],
    [undefined],
    [368],
  ]);
  expect((await app.post(page, `/${comments[0]}/comments`, { message: 'Thank you!' })).error).toBeUndefined();
});

test('39: as Meta states them, an ordinary shop does not feel the limits', async () => {
  limit(statedLimits);
  const id = meta.idOf(ada, page);
  expect(await times(10, () => app.send(page, id, 'a'))).toEqual(Array(10).fill([undefined]));
});
