import type { Locator, Page } from 'playwright-core';
import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import { Api } from './api.js';
import { Browsers, desk, fits, phone } from './browsers.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from './house.js';

let meta: MetaPlatform;
let shop: MetaAccount;
let ground: Ground;
let app: AppProcess;
let url: string;
let browsers: Browsers;

beforeAll(async () => {
  const PORT = String(await freePort());
  const PUBLIC_URL = `http://127.0.0.1:${PORT}`;
  const registered = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'verify me' };
  meta = await startMetaPlatform({ ...registered, redirectUris: [`${PUBLIC_URL}/channels/sign-in/callback`] });
  shop = meta.addPage({ name: 'Harbour Lamps' });
  meta.addPage({ name: 'Harbour Books' });
  ground = await freshGround({
    ...{
      PORT,
      PUBLIC_URL,
      META_APP_ID: registered.appId,
      META_APP_SECRET: registered.appSecret,
      META_VERIFY_TOKEN: registered.verifyToken,
    },
    ...{ META_GRAPH_URL: meta.url, META_LOGIN_URL: meta.url, INSTAGRAM_GRAPH_URL: meta.url, INSTAGRAM_LOGIN_URL: meta.url },
  });
  app = spawnApp(ground.env);
  url = await ready(app, ground.env);
  await meta.subscribe({ callbackUrl: `${url}/webhooks/meta` });
  await (await Api.signIn(url, adminEmail, adminPassword)).patch('/auth/me', { undoSeconds: 0 });
  browsers = await Browsers.launch(url);
}, 60_000);
afterAll(async () => {
  await browsers?.close();
  app?.child.kill('SIGTERM');
  await app?.ended;
  await ground?.clear();
  await meta?.stop();
}, 30_000);

const messages = (page: Page) => page.getByRole('list', { name: 'Messages', exact: true });
/** The item of the thread that says these words. */
const saying = (page: Page, words: string) => messages(page).getByRole('listitem').filter({ hasText: words }).first();
const openFrom = (page: Page, words: string) =>
  page.getByRole('list', { name: 'Conversations' }).getByRole('link').filter({ hasText: words }).click();
const replyBox = (page: Page) => page.getByRole('textbox', { name: 'Reply', exact: true });
const widthOf = (image: Locator) => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth);
/** Does something from a message's menu; the menus fade, so that the next one waits until this one is gone. */
async function moderate(page: Page, comment: Locator, action: string): Promise<void> {
  await comment.hover();
  await comment.getByRole('button', { name: /^More about the comment/ }).click();
  await page.getByRole('menuitem', { name: action }).click();
  await page.getByRole('menu').waitFor({ state: 'hidden' });
}

test('one sign-in at Facebook lists the Pages it opens, connects those that are ticked, and a refusal is told where one began', async () => {
  const { context, page } = await browsers.signedIn(desk, '/settings/channels/new');
  const begin = async () => {
    await page.getByRole('radio', { name: 'Facebook Page' }).click();
    await page.getByRole('button', { name: 'Continue with Facebook' }).click();
    await page.getByRole('heading', { name: /Facebook/ }).waitFor();
  };
  await begin();
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('alert').filter({ hasText: 'The sign-in did not work' }).waitFor();

  await page.goto('/settings/channels/new');
  await begin();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('checkbox', { name: 'Harbour Books' }).waitFor();
  await page.getByRole('checkbox', { name: 'Harbour Lamps' }).check();
  await page.getByRole('button', { name: 'Connect 1 account' }).click();
  await page.getByRole('status', { name: 'What became of it' }).getByText('Harbour Lamps: Connected').waitFor();
  await page.getByRole('link', { name: 'To the channels' }).click();
  const card = page.getByRole('list', { name: 'Channels' }).getByRole('listitem').filter({ hasText: 'Harbour Lamps' });
  await card.getByText('Working', { exact: true }).waitFor();
  await card.getByRole('button', { name: 'Check Harbour Lamps now' }).click();
  await card.getByText('Events are switched on').waitFor();
  await context.close();
});

test('a comment stands under its post, is answered for everybody and once in private, and can be hidden and shown again', async () => {
  const ada = meta.customer('Ada Moss');
  const post = meta.addPost(shop, { text: 'The new brass lamps are here.', ad: { title: 'Spring lamps' } });
  const comment = meta.customerComments(shop, post, ada, 'Is it available in black?');
  const { context, page } = await browsers.signedIn(desk, '/');
  await openFrom(page, 'Is it available in black?');
  const above = page.getByRole('complementary', { name: 'Post' });
  await above.getByText('The new brass lamps are here.').waitFor();
  await above.getByText('Ad', { exact: true }).waitFor();

  const asked = saying(page, 'Is it available in black?');
  await moderate(page, asked, 'Hide');
  await asked.getByText('Hidden', { exact: true }).waitFor();
  await eventually(async () => expect(meta.comment(comment)?.hidden).toBe(true));
  await page.getByRole('button', { name: 'Undo' }).click();
  await asked.getByText('Hidden', { exact: true }).waitFor({ state: 'hidden' });
  await eventually(async () => expect(meta.comment(comment)?.hidden).toBe(false));

  await page.getByText('Everyone under the post can read this.').waitFor();
  await replyBox(page).fill('In May, in black and in white.');
  await page.getByRole('button', { name: 'Answer publicly' }).click();
  await saying(page, 'In May, in black and in white.').getByText('Sent', { exact: true }).waitFor();
  expect(meta.commentsOf(post).map(({ text }) => text)).toEqual(['Is it available in black?', 'In May, in black and in white.']);

  const onlyAda = page.getByRole('radiogroup', { name: 'Who sees the answer' }).getByText('Only Ada Moss');
  await onlyAda.click();
  await replyBox(page).fill('Here is a voucher, Ada.');
  await page.getByRole('button', { name: 'Answer privately' }).click();
  await saying(page, 'Here is a voucher, Ada.').getByText('Private', { exact: true }).waitFor();
  await eventually(async () => expect(meta.sentTo(ada).map(({ text }) => text)).toEqual(['Here is a voucher, Ada.']));
  await asked.getByText('Answered privately').waitFor();
  await onlyAda.click();
  await page.getByText('This comment was answered privately before').waitFor();

  await page.getByRole('list', { name: 'Related conversations' }).filter({ hasText: 'Continued privately in' }).getByRole('link').click();
  await page.getByRole('list', { name: 'Related conversations' }).filter({ hasText: 'Began under a post, in' }).waitFor();
  await context.close();
});

test('a chat shows pictures, answers to one message, edits and what was taken back, and reactions go both ways', async () => {
  const bo = meta.customer('Bo Lind');
  const picture = meta.customerSendsFiles(shop, bo, { kind: 'image' }, 'This one?');
  const { context, page } = await browsers.signedIn(phone, '/');
  await openFrom(page, 'Bo Lind');
  const image = saying(page, 'This one?').getByRole('img').first();
  await eventually(async () => expect(await widthOf(image)).toBeGreaterThan(1));
  expect(await fits(page)).toBe(true);
  await saying(page, 'This one?')
    .getByRole('button', { name: /^View / })
    .click();
  await page.getByRole('dialog').getByRole('img', { name: /lamp/ }).waitFor();
  await page.getByRole('button', { name: 'Close picture' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await saying(page, 'This one?').getByRole('button', { name: 'React to the message from Bo Lind' }).click();
  await page.getByRole('button', { name: 'React with ❤️' }).click();
  await saying(page, 'This one?').getByRole('button', { name: 'Take back our reaction ❤️' }).waitFor();
  const ofPicture = () => meta.transcript(shop, bo).find(({ mid }) => mid === picture);
  await eventually(async () => expect(ofPicture()?.reactions).toMatchObject([{ by: 'business', reaction: 'love' }]));

  await saying(page, 'This one?').getByRole('button', { name: 'Reply to this message from Bo Lind' }).click();
  await page.getByText('Answering Bo Lind').waitFor();
  await replyBox(page).fill('Yes, that one.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const ours = await eventually(async () => meta.sentTo(bo).find(({ text }) => text === 'Yes, that one.') ?? fail());
  expect(ours.replyTo).toBe(picture);
  await saying(page, 'Yes, that one.').waitFor();
  meta.customerReacts(shop, bo, ours.mid, '👍');
  await saying(page, 'Yes, that one.').getByText('👍 Bo Lind').waitFor();

  const said = meta.customerWrites(shop, bo, 'I take it in wite.');
  await saying(page, 'I take it in wite.').waitFor();
  meta.customerEdits(shop, bo, said, 'I take it in white.');
  const corrected = saying(page, 'I take it in white.');
  await corrected.getByText('Edited').click();
  await corrected.getByText('I take it in wite.').waitFor();
  meta.customerUnsends(shop, bo, said);
  await saying(page, 'Bo Lind took this message back').waitFor();
  await page.getByText('I take it in white.').first().waitFor({ state: 'hidden' });
  expect(await fits(page)).toBe(true);
  await context.close();
});

test('a chat that another app holds is taken over, and what is too long for one message leaves as several', async () => {
  const dana = meta.customer('Dana Fox');
  meta.customerWrites(shop, dana, 'Do you ship to Åland?');
  const { context, page } = await browsers.signedIn(desk, '/');
  await openFrom(page, 'Do you ship to Åland?');
  meta.setDefaultApp(shop, '900100200300400');
  meta.threadGoes(shop, dana, 'taken');
  await page.getByText('Meta Business Suite holds this chat').waitFor();
  await page.getByRole('button', { name: 'Take over' }).click();
  await page.getByText('Meta Business Suite holds this chat').waitFor({ state: 'hidden' });

  const words = 'We ship to all of Finland. '.repeat(100).trim();
  await replyBox(page).fill(words);
  await page.getByText('Leaves as 2 messages').waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await eventually(async () => expect(meta.sentTo(dana).map(({ text }) => text)).toHaveLength(2));
  expect(
    meta
      .sentTo(dana)
      .map(({ text }) => text)
      .join(' '),
  ).toBe(words);
  await messages(page)
    .getByText(/^(Sent|Delivered)$/)
    .last()
    .waitFor();
  meta.setDefaultApp(shop, null);
  await context.close();
});

test('no browser complained of anything', () => {
  expect(browsers.complaints).toEqual([]);
});

function fail(): never {
  throw new Error('it has not arrived');
}
