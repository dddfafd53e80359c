import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import { instagramLine, pageLine } from './line.js';
import type { MetaOptions } from './options.js';
import { subscribe, unsubscribe } from './subscription.js';
import { Caretaker } from './upkeep.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
const day = 86_400_000;

let meta: MetaPlatform;
let page: MetaAccount;
let caretaker: Caretaker;
beforeEach(async () => {
  meta = await startMetaPlatform(app);
  page = meta.addPage({ name: 'Harbour Lamps' });
  caretaker = new Caretaker(options());
});
afterEach(() => meta.stop());

const options = (): MetaOptions => ({ ...app, graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' });
const line = () => pageLine(options(), { pageId: page.id, pageAccessToken: page.accessToken });
const linked = (account: MetaAccount) =>
  instagramLine(options(), { accountId: account.id, accessToken: account.accessToken, via: 'facebook' });
/** How often Meta was asked about a token. */
const asked = () => {
  let count = 0;
  meta.onHappening(({ kind, detail }) => (count += kind === 'call-answered' && /debug_token/.test(detail) ? 1 : 0));
  return () => count;
};

test('an account that is well is left alone', async () => {
  await subscribe(line(), null);
  expect(await caretaker.upkeep(line())).toMatchObject({ subscribed: true, missedEvents: false, complaints: [] });
});

test('a subscription that Meta dropped, in whole or in part, is made again, and what was missed is known to be missed', async () => {
  await subscribe(line(), null);
  const all = [...page.subscribedFields];
  for (const left of [[], ['messages', 'feed']]) {
    page.subscribedFields = left;
    expect(await caretaker.upkeep(line())).toMatchObject({ subscribed: true, missedEvents: true, complaints: [] });
    expect([...page.subscribedFields].sort()).toEqual([...all].sort());
  }
});

test('an Instagram account on a Page leaves the Page’s own subscription as it is, as long as there is one', async () => {
  const account = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  page.subscribedFields = ['feed'];
  expect(await caretaker.upkeep(linked(account))).toMatchObject({ missedEvents: false });
  expect(page.subscribedFields).toEqual(['feed']);
  await unsubscribe(line());
  expect(await caretaker.upkeep(linked(account))).toMatchObject({ subscribed: true, missedEvents: true });
  expect(page.subscribedFields).toContain('messages');
});

test('by what name an Instagram account goes and on which Page it hangs is told, and of a Page nothing', async () => {
  const account = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  const alone = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  const { id: accountId, accessToken } = alone;
  expect(await caretaker.upkeep(linked(account))).toMatchObject({ learnt: { username: 'harbour.lamps', linkedPage: page.id } });
  expect(await caretaker.upkeep(instagramLine(options(), { accountId, accessToken, via: 'instagram' }))).toMatchObject({
    learnt: { username: 'alone' },
  });
  expect(await caretaker.upkeep(line())).not.toHaveProperty('learnt');
});

test('what Meta says of a token is asked once a day, and at once of another token', async () => {
  const count = asked();
  await caretaker.upkeep(line());
  await caretaker.upkeep(line());
  expect(count()).toBe(1);
  meta.renewToken(page);
  await caretaker.upkeep(line());
  expect(count()).toBe(2);
  await caretaker.upkeep(line(), {}, new Date(Date.now() + day));
  expect(count()).toBe(3);
});

test('a token that died asks for a person, in Meta’s words', async () => {
  await caretaker.upkeep(line());
  meta.killToken(page, 'password-changed');
  await expect(caretaker.upkeep(line())).rejects.toMatchObject({ kind: 'auth', code: '190/460' });
  await expect(new Caretaker(options()).upkeep(line())).rejects.toMatchObject({ kind: 'auth', message: expect.stringMatching(/password/) });
});

test('access that ends within a week is complained of', async () => {
  const { expiresAt } = await caretaker.upkeep(line());
  expect(Math.round((expiresAt!.getTime() - Date.now()) / day)).toBe(90);
  const late = new Date(expiresAt!.getTime() - 6 * day);
  expect((await caretaker.upkeep(line(), {}, late)).complaints).toEqual([expect.stringMatching(/^Access ends on \d{4}-/)]);
});

test('an Instagram account that was taken off its Page is complained of', async () => {
  const account = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  meta.trouble(account, 'unlinked');
  const { complaints } = await caretaker.upkeep(linked(account)).catch((error: Error) => ({ complaints: [error.message] }));
  expect(complaints).toEqual([expect.stringMatching(/no Instagram account|No Instagram account/)]);
});
