import { chats } from './chats.js';
import { MetaCustomers } from './meta-customers.js';
import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { seededRandom } from './random.js';
import { startSmallApp } from './small-app.js';

const started: { platform: MetaPlatform; customers: MetaCustomers }[] = [];
afterEach(async () => {
  for (const { platform, customers } of started.splice(0)) {
    customers.stop();
    await platform.stop();
  }
});

async function given(seed: number) {
  const platform = await startMetaPlatform({ appId: '900100200300400', appSecret: 's', verifyToken: 'v', seed });
  const page = platform.addPage({ name: 'Harbour Lamps' });
  const instagram = platform.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const customers = new MetaCustomers({ platform, accounts: [page, instagram], random: seededRandom(seed), answerWithinMs: 5 });
  started.push({ platform, customers });
  return { platform, customers, page, instagram };
}

const said = ({ platform }: { platform: MetaPlatform }, chat: ReturnType<MetaCustomers['writeNext']>) =>
  platform.transcript(chat.account, chat.customer).map(({ text }) => text);

const eventually = async (holds: () => boolean) => {
  for (const deadline = Date.now() + 5000; !holds() && Date.now() < deadline;) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
};

test('the same seed gives the same chats, over all accounts', async () => {
  const [one, two] = [await given(7), await given(7)];
  const written = Array.from({ length: 24 }, () => [one.customers.writeNext(), two.customers.writeNext()] as const);
  for (const [a, b] of written) expect(said(one, a)).toEqual(said(two, b));
  expect(new Set(written.map(([{ account, customer }]) => `${account.id} ${customer.name}`)).size).toBe(24);
});

test('a customer who is answered answers, until the matter is settled', async () => {
  const { platform, customers } = await given(3);
  const { account, customer } = customers.writeNext();
  const opening = platform.transcript(account, customer).length;
  expect(customers.answer({ account, customer })).toBe(true);
  expect(platform.transcript(account, customer)).toHaveLength(opening + 1);
  for (let i = 0; i < 3; i++) customers.answer({ account, customer });
  expect(customers.answer({ account, customer })).toBe(false);
});

test('among the chats are a picture, a reply to a story, a correction and a heart at the end', async () => {
  const { platform, customers } = await given(3);
  for (let turn = 0; turn < 120; turn++) {
    const chat = customers.writeNext();
    platform.nativeReply(chat.account, chat.customer, 'Hello');
    while (customers.answer(chat));
  }
  const { messages } = platform.truth();
  expect(messages.some(({ files, text }) => files === 1 && text === '')).toBe(true);
  expect(messages.some(({ files, text }) => files === 1 && text === chats[0]!.opening[0])).toBe(true);
  expect(messages.some(({ edits, text }) => edits === 1 && text.startsWith('E14 or E27?'))).toBe(true);
  expect(messages.some(({ by, reaction }) => by === 'native-app' && reaction === '❤️')).toBe(true);
});

test('people comment below posts and ads of all accounts; whoever is answered there says so, and goes on in private if asked there', async () => {
  const { platform, customers, page, instagram } = await given(5);
  const ids = Array.from({ length: 4 }, () => customers.commentNext());
  expect(ids.map((id) => platform.comment(id)!.post.account)).toEqual([page, instagram, page, instagram]);
  expect(ids.map((id) => platform.comment(id)!.post.product)).toEqual(['FEED', 'FEED', 'AD', 'AD']);
  const app = await startSmallApp(platform, page);
  await app.post(page, `/${ids[0]}/comments`, { message: '49 euro' });
  const { post, author } = platform.comment(ids[0]!)!;
  await eventually(() => platform.commentsOf(post).some((comment) => comment.author === author && comment.parent?.id === ids[0]));
  await app.send(page, { comment_id: ids[2] }, 'Hello, how can we help?');
  const other = platform.comment(ids[2]!)!.author!;
  await eventually(() => platform.transcript(page, other).at(-1)!.by === 'customer');
  app.stop();
});
