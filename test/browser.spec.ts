import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { Api } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from './house.js';
import { header, mail, Outside } from './outside.js';

const desk = { width: 1440, height: 900 };
const phone = { width: 375, height: 812 };

let outside: Outside;
let ground: Ground;
let app: AppProcess;
let url: string;
let browser: Browser;
/** What a browser complains of: scripts that fail, things the policy forbids. */
const complaints: string[] = [];

beforeAll(async () => {
  outside = await Outside.start();
  ground = await freshGround({ ...outside.env, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
  app = spawnApp(ground.env);
  url = await ready(app, ground.env);
  // Chromium's own sandbox needs rights that root in a container has not.
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  app?.child.kill('SIGTERM');
  await app?.ended;
  await ground?.clear();
  await outside?.stop();
}, 30_000);

async function open(viewport: { width: number; height: number }): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport, baseURL: url });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // What the server refuses with a reason the page shows; the browser notes the status as an error of its own.
    if (message.type() === 'error' && !/status of (401|422)/.test(message.text())) complaints.push(message.text());
  });
  return { context, page };
}

async function signIn(page: Page, password = adminPassword): Promise<void> {
  await page.getByLabel('Email').fill(adminEmail);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth');
const gone = (page: Page, text: string) => page.getByText(text).first().waitFor({ state: 'hidden' });
const shown = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

test('the first visitor becomes admin, and an empty inbox says what to do next', async () => {
  const { context, page } = await open(desk);
  await page.goto('/');
  await shown(page, 'Welcome to Tributary');
  await page.getByLabel('Your name').fill('Ada Admin');
  await page.getByLabel('Email').fill(adminEmail);
  await page.getByLabel('Choose a password').fill(adminPassword);
  await page.getByRole('button', { name: 'Create account' }).click();
  await shown(page, 'No channel is connected yet');
  await context.close();
});

test('an admin connects a mailbox through the form, and a wrong password is answered in the server’s words', async () => {
  const { context, page } = await open(desk);
  await page.goto('/settings');
  await signIn(page, 'not the password');
  await shown(page, 'The email address or the password is wrong.');
  await signIn(page);
  await page
    .getByRole('link', { name: /connect|add/i })
    .or(page.getByRole('button', { name: /connect|add/i }))
    .first()
    .click();
  await page.getByRole('radio', { name: 'Email' }).click();
  const { settings, name, address } = outside.emailChannel();
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page
    .getByLabel(/address/i)
    .first()
    .fill(address);
  for (const [server, values] of Object.entries(settings)) {
    const group = page.getByRole('group', { name: new RegExp(server === 'imap' ? 'incoming|imap' : 'outgoing|smtp', 'i') });
    await group
      .getByLabel(/host|server/i)
      .first()
      .fill(values.host);
    await group.getByLabel(/port/i).fill(String(values.port));
    const secure = group.getByLabel(/tls|secure|encrypt/i);
    if (await secure.isChecked()) await secure.uncheck({ force: true });
  }
  const imap = page.getByRole('group', { name: /incoming|imap/i });
  await imap.getByLabel(/user/i).fill(settings.imap.user);
  await imap
    .getByLabel(/password/i)
    .first()
    .fill('wrong');
  await page
    .getByRole('button', { name: /^connect/i })
    .last()
    .click();
  await shown(page, /Authentication failed/);
  await imap
    .getByLabel(/password/i)
    .first()
    .fill(settings.imap.password);
  await page
    .getByRole('button', { name: /^connect/i })
    .last()
    .click();
  await shown(page, address);
  await context.close();
});

test('what customers write appears by itself, an agent takes it and answers, and a colleague’s phone sees all of it live', async () => {
  const api = await Api.signIn(url, adminEmail, adminPassword);
  expect((await api.post('/channels', outside.facebookChannel())).status).toBe(201);
  await outside.meta.subscribe({ callbackUrl: `${url}/webhooks/meta` });

  const [{ context: atDesk, page: agent }, { context: onPhone, page: colleague }] = [await open(desk), await open(phone)];
  for (const page of [agent, colleague]) {
    await page.goto('/');
    await signIn(page);
    await shown(page, 'All done');
  }

  await outside.deliver(mail({ subject: 'Brass lamp', text: 'Is the brass lamp back?', messageId: '<browser@customer.example>' }));
  const bo = outside.meta.customer('Bo Lind');
  outside.meta.customerWrites(outside.page, bo, 'Do you ship to Åland? 🏝');
  for (const page of [agent, colleague]) {
    await shown(page, 'Brass lamp');
    await shown(page, 'Do you ship to Åland? 🏝');
    await shown(page, 'Bo Lind');
  }
  expect(await fits(colleague)).toBe(true);

  for (const page of [agent, colleague]) await page.getByRole('link').filter({ hasText: 'Brass lamp' }).click();
  for (const page of [agent, colleague]) await page.getByRole('list', { name: 'Messages' }).getByText('Is the brass lamp back?').waitFor();
  expect(await fits(colleague)).toBe(true);

  await agent.getByRole('button', { name: 'Assign to me' }).click();
  for (const page of [agent, colleague]) await shown(page, 'Ada Admin assigned this to themselves');

  await agent.getByRole('textbox', { name: 'Reply' }).fill('Yes, two are left.');
  await agent.keyboard.press('Control+Enter');
  const sent = await eventually(async () => {
    expect(outside.smtp.messages).toHaveLength(1);
    return outside.smtp.messages[0]!;
  });
  expect(header(sent.raw, 'In-Reply-To')).toBe('<browser@customer.example>');
  for (const page of [agent, colleague]) {
    await page.getByRole('list', { name: 'Messages' }).getByText('Yes, two are left.').waitFor();
    await page.getByRole('list', { name: 'Messages' }).getByText('Sent', { exact: true }).waitFor();
  }

  const answered = header(sent.raw, 'Message-ID')!;
  await outside.deliver(mail({ subject: 'Re: Brass lamp', text: 'I take both.', inReplyTo: answered, references: [answered] }));
  for (const page of [agent, colleague]) await page.getByRole('list', { name: 'Messages' }).getByText('I take both.').waitFor();

  await agent.getByRole('button', { name: 'Close', exact: true }).click();
  for (const page of [agent, colleague]) await shown(page, 'Ada Admin marked this closed');
  await agent.getByRole('link', { name: 'Closed' }).click();
  await shown(agent, 'Brass lamp');

  await agent.goto('/');
  await agent.getByRole('link').filter({ hasText: 'Bo Lind' }).click();
  await agent.getByRole('textbox', { name: 'Reply' }).fill('We do.');
  await agent.getByRole('button', { name: 'Send', exact: true }).click();
  await eventually(async () => expect(outside.meta.sentTo(bo).map(({ text }) => text)).toEqual(['We do.']));
  await agent.getByRole('list', { name: 'Messages' }).getByText('Sent', { exact: true }).waitFor();
  await Promise.all([atDesk.close(), onPhone.close()]);
});

test('a lost connection is shown and repaired by itself, with what came meanwhile', async () => {
  const { context, page } = await open(desk);
  await page.goto('/');
  await signIn(page);
  await shown(page, 'Bo Lind');
  app.child.kill('SIGKILL');
  await app.ended;
  await shown(page, 'Reconnecting…');
  await outside.deliver(mail({ from: 'Night Owl <owl@customer.example>', subject: 'Written while you were away', text: 'Hoo' }));
  app = spawnApp(ground.env);
  await ready(app, ground.env);
  // On PostgreSQL another process could be watching the mailbox, so the dead one's lease has to run out first.
  await page.getByText('Written while you were away').first().waitFor({ timeout: 30_000 });
  await gone(page, 'Reconnecting…');
  await context.close();
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY|NETWORK)/.test(text)));
}, 60_000);

test('no browser complained of anything', () => {
  expect(complaints).toEqual([]);
});
