import { MetaCustomers } from './meta-customers.js';
import { MetaPlatform } from './platform.js';
import { seededRandom } from './random.js';

function given(seed: number) {
  const platform = new MetaPlatform({ appId: '900100200300400', appSecret: 's', verifyToken: 'v', seed });
  const page = platform.addPage({ name: 'Harbour Lamps' });
  const instagram = platform.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const customers = new MetaCustomers({ platform, accounts: [page, instagram], random: seededRandom(seed), answerWithinMs: 5 });
  return { platform, customers, accounts: [page, instagram] };
}

const said = ({ platform }: ReturnType<typeof given>, chat: ReturnType<MetaCustomers['writeNext']>) =>
  platform.transcript(chat.account, chat.customer).map(({ text }) => text);

test('the same seed gives the same chats, over all accounts', () => {
  const [one, two] = [given(7), given(7)];
  const chats = Array.from({ length: 24 }, () => [one.customers.writeNext(), two.customers.writeNext()] as const);
  for (const [a, b] of chats) expect(said(one, a)).toEqual(said(two, b));
  expect(new Set(chats.map(([{ account, customer }]) => `${account.id} ${customer.name}`)).size).toBe(24);
});

test('a customer who is answered answers, until the matter is settled', async () => {
  const { platform, customers } = given(3);
  const { account, customer } = customers.writeNext();
  const opening = platform.transcript(account, customer).length;
  expect(customers.answer({ account, customer })).toBe(true);
  expect(platform.transcript(account, customer)).toHaveLength(opening + 1);
  for (let i = 0; i < 3; i++) customers.answer({ account, customer });
  expect(customers.answer({ account, customer })).toBe(false);
  customers.stop();
  await platform.stop();
});
