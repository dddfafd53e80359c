import type { Locator, Page } from 'playwright-core';
import { Api, type Conversation, type Message } from './api.js';
import { Browsers, desk, fits, phone } from './browsers.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let ground: Ground;
let app: AppProcess;
let api: Api;
let browsers: Browsers;

beforeAll(async () => {
  outside = await Outside.start();
  ground = await freshGround(outside.env);
  app = spawnApp(ground.env);
  const url = await ready(app, ground.env);
  api = await Api.signIn(url, adminEmail, adminPassword);
  expect((await api.post('/channels', outside.emailChannel())).status).toBe(201);
  browsers = await Browsers.launch(url);
}, 60_000);
afterAll(async () => {
  await browsers?.close();
  app?.child.kill('SIGTERM');
  await app?.ended;
  await ground?.clear();
  await outside?.stop();
}, 30_000);

const messages = (page: Page) => page.getByRole('list', { name: 'Messages', exact: true });
const saying = (page: Page, words: string) => messages(page).getByRole('listitem').filter({ hasText: words }).first();
const replyBox = (page: Page) => page.getByRole('textbox', { name: 'Reply', exact: true });
const undelivered = (page: Page) => page.getByRole('list', { name: 'Not delivered' }).getByRole('listitem');
const gone = (what: Locator) => what.first().waitFor({ state: 'hidden' });
const addressOf = (name: string) => `${name.toLowerCase()}@customer.example`;

/** A customer writes; resolves with the conversation. */
async function asks(name: string, cc = ''): Promise<Conversation> {
  const letter = mail({ from: `${name} <${addressOf(name)}>`, subject: `A lamp for ${name}`, text: `${name} asks.` });
  await outside.deliver(cc ? letter.replace('Subject:', `Cc: ${cc}\r\nSubject:`) : letter);
  return eventually(async () => {
    const all = await api.all<Conversation>('/conversations');
    return all.find(({ contact }) => contact.name === name) ?? fail(`${name} has not written`);
  });
}

/** We answer, and the delivery ends like this. */
async function answered(conversation: Conversation, text: string, state: string, more: object = {}): Promise<void> {
  const { status, body } = await api.post<Message>(`/conversations/${conversation.id}/replies`, { text, ...more });
  expect(status).toBe(202);
  await eventually(async () => {
    const all = await api.all<Message>(`/conversations/${conversation.id}/messages`);
    expect(all.find(({ id }) => id === body.id)?.delivery?.state).toBe(state);
  }, 25_000);
}

test('a reply waits before it leaves: it can be undone after a reload, by button and by key, and everything is in the box again', async () => {
  await asks('Una', 'Vic <vic@customer.example>');
  const { context, page } = await browsers.signedIn(desk, '/');
  await page.getByRole('link').filter({ hasText: 'Una asks.' }).click();
  await page.getByRole('combobox', { name: 'Cc' }).waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'lamp.txt', mimeType: 'text/plain', buffer: Buffer.from('brass') });
  await page.getByRole('button', { name: 'Remove lamp.txt' }).waitFor();
  await page.getByRole('button', { name: 'Add Bcc' }).click();
  await page.getByRole('combobox', { name: 'Bcc' }).fill('boss@harbour-lamps.example');
  await page.keyboard.press('Enter');
  await replyBox(page).fill('Here is the offer.');
  await page.keyboard.press('Control+Enter');
  await saying(page, 'Here is the offer.')
    .getByText(/^Sending in \d+ s$/)
    .waitFor();
  await page.getByText('Your reply leaves in a few seconds.').waitFor();

  await page.reload();
  await saying(page, 'Here is the offer.').getByRole('button', { name: 'Undo' }).click();
  await gone(messages(page).getByText('Here is the offer.'));
  expect(await replyBox(page).inputValue()).toBe('Here is the offer.');
  const form = page.locator('form').filter({ has: replyBox(page) });
  for (const part of ['lamp.txt', 'vic@customer.example', 'boss@harbour-lamps.example']) await form.getByText(part).first().waitFor();

  await page.keyboard.press('Control+Enter');
  await saying(page, 'Here is the offer.').getByRole('button', { name: 'Undo' }).waitFor();
  await page.keyboard.press('Control+z');
  await gone(messages(page).getByText('Here is the offer.'));
  expect(await replyBox(page).inputValue()).toBe('Here is the offer.');
  expect(outside.smtp.messages).toEqual([]);
  await context.close();
}, 60_000);

test('everybody chooses for how long their replies can be undone, and what is not undone leaves', async () => {
  const { context, page } = await browsers.signedIn(phone, '/');
  const choose = async (time: string) => {
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Your profile…' }).click();
    await page.getByLabel('Undo send').selectOption(time);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Your profile was saved').waitFor();
    await page.keyboard.press('Escape');
  };
  await choose('5 seconds');
  await page.getByRole('link').filter({ hasText: 'A lamp for Una' }).click();
  await replyBox(page).fill('It costs 90.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await saying(page, 'It costs 90.').getByRole('button', { name: 'Undo' }).waitFor();
  expect(await fits(page)).toBe(true);
  await saying(page, 'It costs 90.').getByText('Sent', { exact: true }).waitFor();
  expect(outside.smtp.messages).toHaveLength(1);

  await page.goto('/');
  await choose('Off: replies leave at once');
  await page.getByRole('link').filter({ hasText: 'A lamp for Una' }).click();
  await replyBox(page).fill('And 10 for the bulb.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await saying(page, 'And 10 for the bulb.').getByText('Sent', { exact: true }).waitFor();
  await context.close();
}, 60_000);

test('a reply is sent later: at a time that is ahead, shown as such, and taken back into the box', async () => {
  await asks('Wes');
  const { context, page } = await browsers.signedIn(desk, '/');
  await page.getByRole('link').filter({ hasText: 'A lamp for Wes' }).click();
  await replyBox(page).fill('Good morning, Wes.');
  await page.getByRole('button', { name: 'More ways to send' }).click();
  await page.getByRole('menuitem', { name: 'Choose date and time…' }).click();
  await page.getByLabel('Send at').fill('2020-01-01T09:00');
  await page.getByRole('dialog').getByRole('button', { name: 'Send later' }).click();
  await page.getByText('Please choose a time that is still ahead.').waitFor();
  await page.getByLabel('Send at').fill('2099-01-02T09:00');
  await page.getByRole('dialog').getByRole('button', { name: 'Send later' }).click();
  const planned = saying(page, 'Good morning, Wes.');
  await planned.getByText(/^Leaves .*9:00/).waitFor();
  await page.reload();
  await planned.getByRole('button', { name: 'Take back' }).click();
  await gone(messages(page).getByText('Good morning, Wes.'));
  expect(await replyBox(page).inputValue()).toBe('Good morning, Wes.');

  await page.getByRole('button', { name: 'More ways to send' }).click();
  await page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click();
  await planned.getByText(/^Leaves .*9:00/).waitFor();
  await planned.getByRole('button', { name: 'Take back' }).click();
  await gone(messages(page).getByText('Good morning, Wes.'));
  await context.close();
}, 60_000);

test('a reply that could not be handed in after its agent went on is told of, and its text is kept', async () => {
  const { context, page } = await browsers.signedIn(desk, '/');
  await page.getByRole('link').filter({ hasText: 'A lamp for Wes' }).click();
  let refuse = () => {};
  const left = new Promise<void>((resolve) => (refuse = resolve));
  await page.route('**/replies', async (route) => {
    await left;
    await route.abort();
  });
  await replyBox(page).fill('Do not lose me.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await saying(page, 'Do not lose me.').waitFor();
  await page.getByRole('link').filter({ hasText: 'A lamp for Una' }).click();
  await messages(page).getByText('Una asks.').waitFor();
  refuse();
  await page.getByText('Your reply to Wes was not sent.').waitFor();
  await page.getByRole('link').filter({ hasText: 'A lamp for Wes' }).click();
  await eventually(async () => expect(await replyBox(page).inputValue()).toBe('Do not lose me.'));
  await context.close();
  browsers.forgive(/ERR_FAILED/);
}, 60_000);

test('replies that did not arrive are counted and listed with their reason; one is sent again, several at once, a doubtful one only on request', async () => {
  const [pia, ole, eva, ida] = [await asks('Pia'), await asks('Ole'), await asks('Eva'), await asks('Ida')];
  outside.smtp.behave({ refuse: [addressOf('Pia'), addressOf('Ole'), addressOf('Bob')] });
  await answered(pia, 'For Pia.', 'failed');
  await answered(ole, 'For Ole.', 'failed');
  await answered(eva, 'For Eva.', 'sent', { cc: [addressOf('Bob')] });
  const { context, page } = await browsers.signedIn(desk, '/');
  const link = page.getByRole('link', { name: 'Not delivered' });
  await link.getByText('3 replies not delivered, 3 of them yours').waitFor();
  outside.smtp.behave('drop-after-data');
  await answered(ida, 'For Ida.', 'uncertain');
  outside.smtp.behave('accept');
  await link.getByText('4 replies not delivered, 4 of them yours').waitFor();

  await link.click();
  const row = (name: string) => undelivered(page).filter({ hasText: `For ${name}.` });
  await row('Pia').getByText('Not delivered', { exact: true }).waitFor();
  await row('Pia').getByText('no such mailbox').waitFor();
  await row('Eva').getByText('Not delivered to everybody').waitFor();
  await row('Ida').getByText('Perhaps delivered').waitFor();

  await row('Pia').getByRole('link', { name: 'Open conversation with Pia' }).click();
  const reply = saying(page, 'For Pia.');
  const focused = () => page.evaluate<string>('document.activeElement.id');
  await eventually(async () => expect(await focused()).toBe(await reply.getAttribute('id')));
  await reply.getByRole('button', { name: 'Attempts' }).click();
  await reply.getByRole('list', { name: 'Attempts' }).getByText('no such mailbox').waitFor();
  await page.goBack();

  const before = outside.smtp.messages.length;
  await page.getByRole('checkbox', { name: 'Select all shown' }).check();
  await page.getByText('1 that may have arrived is decided by itself').waitFor();
  await page.getByRole('checkbox', { name: 'Select the reply to Eva' }).press('Space');
  await page.getByRole('button', { name: 'Send again (2)' }).click();
  await page.getByText('2 replies are being sent again').waitFor();
  await gone(row('Pia'));
  await gone(row('Ole'));
  await eventually(async () => expect(outside.smtp.messages).toHaveLength(before + 2));

  await row('Ida').getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('dialog').getByText('it may reach them twice').waitFor();
  await page.getByRole('button', { name: 'Send anyway' }).click();
  await gone(row('Ida'));
  await row('Eva').getByRole('button', { name: 'Dismiss' }).click();
  await gone(row('Eva'));
  await page.getByRole('alert').getByRole('button', { name: 'Undo' }).click();
  await row('Eva').getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('Every reply was delivered').waitFor();
  await eventually(async () => expect(outside.smtp.messages).toHaveLength(before + 3));
  await gone(link.getByText(/not delivered/));
  await context.close();
}, 90_000);

test('on a phone the replies that did not arrive can be told apart, narrowed and reached by keyboard', async () => {
  const conversations = await api.all<Conversation>('/conversations');
  const of = (name: string) => conversations.find(({ contact }) => contact.name === name)!;
  outside.smtp.behave({ refuse: [addressOf('Pia'), addressOf('Ole')] });
  await answered(of('Pia'), 'Once more for Pia.', 'failed');
  await answered(of('Ole'), 'Once more for Ole.', 'failed');
  const { context, page } = await browsers.signedIn(phone, '/');
  await page.getByRole('button', { name: 'Open navigation' }).click();
  await page.getByRole('link', { name: 'Not delivered' }).click();
  await undelivered(page).nth(1).waitFor();
  expect(await fits(page)).toBe(true);
  await page.getByRole('checkbox', { name: 'Select the reply to Ole' }).first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  expect(await page.getByRole('checkbox', { name: 'Select the reply to Pia' }).isChecked()).toBe(true);

  await page.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Time to reply was over' }).click();
  await page.getByText('Nothing matches').waitFor();
  await page.goto('/not-delivered?kind=refused');
  await undelivered(page).nth(1).waitFor();

  outside.smtp.behave({ refuse: [addressOf('Ole')] });
  await page.getByRole('button', { name: 'Send all again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send all again' }).click();
  await page.getByText('2 replies are being sent again').waitFor();
  await undelivered(page).filter({ hasText: 'for Ole' }).waitFor();
  await gone(undelivered(page).filter({ hasText: 'for Pia' }));
  expect(await fits(page)).toBe(true);
  outside.smtp.behave('accept');
  await context.close();
}, 60_000);

test('what could not be understood is counted, shown with its reason, and replayed with its progress', async () => {
  const parts = Array.from({ length: 200 }, (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`).join('');
  const deep = (subject: string) =>
    `From: evil@customer.example\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n${parts}Content-Type: text/plain\r\n\r\nhi\r\n`;
  for (const subject of ['first', 'second']) await outside.deliver(deep(subject));
  await eventually(async () => expect(await api.all('/inbound-events?state=quarantined')).toHaveLength(2));
  const { context, page } = await browsers.signedIn(phone, '/settings/ledger');
  const events = page.getByRole('list', { name: 'Ledger' }).getByRole('listitem');
  await events
    .nth(1)
    .getByText(/nest|deep|part/i)
    .waitFor();
  await page.getByText('Not understood (2)').waitFor();
  expect(await fits(page)).toBe(true);
  const raw = page.waitForEvent('download');
  await events.first().getByRole('link', { name: /^Raw/ }).click();
  expect(await (await raw).failure()).toBeNull();

  await events
    .first()
    .getByRole('button', { name: /^Replay the event/ })
    .click();
  await page.getByText('1 event was taken in again').waitFor();
  await page.getByRole('button', { name: 'Replay all of these' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByText('2 events were taken in again').waitFor();
  await page.getByText('Taken in', { exact: true }).click();
  await events.first().waitFor();
  await page.getByText('Waiting for its message').click();
  await page.getByText('Nothing waits for its message').waitFor();
  await context.close();
}, 60_000);

test('no browser complained of anything', () => {
  expect(browsers.complaints).toEqual([]);
});

function fail(message: string): never {
  throw new Error(message);
}
