import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { type Dovecot, type OAuthProvider, type SmtpSink, startDovecot, startOAuthProvider, startSmtpSink } from '#libs/simulators';
import { Api } from './api.js';
import { Browsers, desk, fits, phone, signIn } from './browsers.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from './house.js';
import { header, mail, Outside, salesAddress } from './outside.js';

let outside: Outside;
/** A provider of mailboxes that are signed in to in the browser, and its servers. */
let provider: OAuthProvider;
let itsMailboxes: Dovecot;
let itsSmtp: SmtpSink;
let ground: Ground;
let app: AppProcess;
let url: string;
let browsers: Browsers;

beforeAll(async () => {
  outside = await Outside.start();
  const PORT = String(await freePort());
  const PUBLIC_URL = `http://127.0.0.1:${PORT}`;
  const signIn = await startProvider(PUBLIC_URL);
  ground = await freshGround({ ...outside.env, ...signIn, PORT, PUBLIC_URL, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
  app = spawnApp(ground.env);
  url = await ready(app, ground.env);
  browsers = await Browsers.launch(url);
}, 60_000);
afterAll(async () => {
  await browsers?.close();
  app?.child.kill('SIGTERM');
  await app?.ended;
  await ground?.clear();
  await Promise.all([outside, provider, itsMailboxes, itsSmtp].map((server) => server?.stop()));
}, 30_000);

/** Starts a provider with one mailbox. Resolves with the environment that registers the app with it. */
async function startProvider(publicUrl: string): Promise<Record<string, string>> {
  const redirectUri = `${publicUrl}/channels/sign-in/callback`;
  provider = await startOAuthProvider({ redirectUri, scopes: ['email', 'https://mail.google.com/'] });
  const { introspectionUrl, tokens, issuer, clientId, clientSecret } = provider;
  itsMailboxes = await startDovecot({ users: { [salesAddress]: 'unknown to the app' }, introspectionUrl });
  itsSmtp = await startSmtpSink({ tokens });
  return {
    GOOGLE_CLIENT_ID: clientId,
    GOOGLE_CLIENT_SECRET: clientSecret,
    GOOGLE_ISSUER_URL: issuer,
    GOOGLE_IMAP_URL: `imap://127.0.0.1:${itsMailboxes.port}`,
    GOOGLE_SMTP_URL: `smtp://127.0.0.1:${itsSmtp.port}`,
  };
}

const open = (viewport: { width: number; height: number }) => browsers.open(viewport);
const widthOf = (image: Locator) => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth);
const gone = (page: Page, text: string) => page.getByText(text).first().waitFor({ state: 'hidden' });
const shown = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

/** Somebody's web server with one picture, and who asked it for something. */
async function startPictures(): Promise<{ url: string; askedBy: string[]; stop(): Promise<void> }> {
  const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
  const askedBy: string[] = [];
  const server = createServer(({ url: path, headers }, response) => {
    askedBy.push(headers['user-agent'] ?? '');
    if (path === '/lamp.png') response.setHeader('content-type', 'image/png').end(dot);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, askedBy, stop: async () => void server.close() };
}

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
  await page.getByRole('radio', { name: 'Enter servers and password' }).click();
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
  await api.patch('/auth/me', { undoSeconds: 0 });
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
  await agent
    .getByRole('list', { name: 'Messages' })
    .getByText(/^(Sent|Delivered)$/)
    .waitFor();
  await Promise.all([atDesk.close(), onPhone.close()]);
}, 60_000);

test('pictures from elsewhere stay away until an agent asks for them, come through us, and are always shown of a trusted sender', async () => {
  const pictures = await startPictures();
  const html = (subject: string) =>
    mail({
      from: 'Pia Holm <pia@customer.example>',
      subject,
      text: [
        `<p>See</p><img src="${pictures.url}/lamp.png" alt="The lamp"><img src="${pictures.url}/gone.png" alt="No longer there">`,
        '<div class="gmail_quote"><div>On Mon, Nov 2, 2026 at 9:00 AM Support wrote:</div><blockquote>Which lamp is it?</blockquote></div>',
      ].join('\r\n'),
    }).replace('text/plain', 'text/html');
  await outside.deliver(html('Scratched lamp'));
  const { context, page } = await open(desk);
  await page.goto('/');
  await signIn(page);
  await page.getByRole('link').filter({ hasText: 'Scratched lamp' }).click();
  await shown(page, '2 pictures from elsewhere are not shown');
  const lamp = page.frameLocator('iframe[title="Mail from Pia Holm"]').getByAltText('The lamp');
  expect(await lamp.getAttribute('src')).toBeNull();
  expect(pictures.askedBy).toEqual([]);

  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await eventually(async () => expect(await widthOf(lamp)).toBe(1));
  expect(await lamp.getAttribute('src')).toMatch(/^\/api\/v1\/messages\//);
  expect(pictures.askedBy.join()).not.toContain('Chrome');
  await page.frameLocator('iframe').getByAltText('No longer there').waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Always show from Pia Holm' }).waitFor();
  // Asked from outside: what Playwright puts into a frame is script, which this frame forbids.
  const inMail = <T>(expression: string) => page.evaluate<T>(`document.querySelector('iframe').contentDocument.${expression}`);
  const quoteIsShown = () => inMail<boolean>("querySelector('details blockquote').checkVisibility()");
  await eventually(async () => expect(await quoteIsShown()).toBe(false));
  await inMail("querySelector('summary').click()");
  expect(await quoteIsShown()).toBe(true);
  await page.getByRole('button', { name: 'Always show from Pia Holm' }).click();
  await gone(page, 'pictures from elsewhere are not shown');
  await outside.deliver(html('Second scratch'));
  await page.getByRole('link').filter({ hasText: 'Second scratch' }).click();
  await eventually(async () => expect(await widthOf(lamp)).toBe(1));
  await Promise.all([context.close(), pictures.stop()]);
});

test('before a reply is sent it shows who gets it, and a copy can be taken out; without anybody to answer it says so', async () => {
  const copied = mail({ from: 'Una Berg <una@customer.example>', subject: 'Three of us', text: 'We three ask.' });
  await outside.deliver(copied.replace('Subject:', 'Cc: Vic <vic@customer.example>, wes@customer.example\r\nSubject:'));
  const { context, page } = await open(phone);
  await page.goto('/');
  await signIn(page);
  await page.getByRole('link').filter({ hasText: 'Three of us' }).click();
  await shown(page, 'Una Berg <una@customer.example>');
  const copies = page.locator('form').filter({ has: page.getByRole('textbox', { name: 'Reply' }) });
  await copies.getByText(/vic@customer\.example/).waitFor();
  await copies.getByText('wes@customer.example').waitFor();
  await page.getByRole('combobox', { name: 'Cc' }).focus();
  await page.keyboard.press('Backspace');
  await copies.getByText('wes@customer.example').waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Reply' }).fill('Here you are.');
  await shown(page, 'Re: Three of us');
  expect(await fits(page)).toBe(true);
  const before = outside.smtp.messages.length;
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await eventually(async () => expect(outside.smtp.messages).toHaveLength(before + 1));
  const { raw } = outside.smtp.messages.at(-1)!;
  expect(header(raw, 'To')).toContain('una@customer.example');
  expect(header(raw, 'Cc')).toContain('vic@customer.example');
  expect(header(raw, 'Cc')).not.toContain('wes@customer.example');

  await outside.deliver(mail({ from: 'nobody', subject: 'From nowhere', text: 'Guess who.' }));
  await page.goto('/');
  await page.getByRole('link').filter({ hasText: 'From nowhere' }).click();
  await shown(page, 'You cannot reply right now');
  await shown(page, 'left no usable address');
  expect(await page.getByRole('textbox', { name: 'Reply' }).count()).toBe(0);
  await context.close();
});

test('a mail in the wrong conversation is moved by keyboard into one of its own, and back', async () => {
  const { context, page } = await open(desk);
  await page.goto('/inbox/all');
  await signIn(page);
  await page.getByRole('link').filter({ hasText: 'Brass lamp' }).click();
  const thread = page.getByRole('list', { name: 'Messages' });
  await thread.getByText('I take both.').waitFor();
  const menu = page.getByRole('button', { name: 'More about the mail from Ada Moss' }).last();
  await menu.focus();
  await page.keyboard.press('Enter');
  await shown(page, 'Why is this here?');
  await shown(page, 'It answers a mail of this conversation');
  await page.getByRole('menuitem', { name: 'Wrong conversation…' }).press('Enter');
  await page.getByRole('radio', { name: 'In a new conversation' }).press('Space');
  await page.getByRole('button', { name: 'Move', exact: true }).press('Enter');
  await thread.getByText('I take both.').waitFor({ state: 'detached' });
  await shown(page, 'Mail was moved to');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await shown(page, 'Moved back');
  await thread.getByText('I take both.').waitFor();
  await context.close();
});

test('what is odd about a conversation is said until somebody has looked', async () => {
  await outside.deliver(
    mail({
      from: 'Mallory <mallory@elsewhere.example>',
      subject: 'Re: Brass lamp',
      text: 'Send them to me.',
      inReplyTo: '<browser@customer.example>',
    }),
  );
  const { context, page } = await open(phone);
  await page.goto('/inbox/all');
  await signIn(page);
  await page.getByRole('link').filter({ hasText: 'Mallory' }).click();
  await shown(page, 'Look before you trust this:');
  await page.getByRole('list', { name: 'Related conversations' }).getByRole('link', { name: 'Brass lamp' }).waitFor();
  expect(await fits(page)).toBe(true);
  await page.getByRole('button', { name: 'It is fine' }).click();
  await gone(page, 'Look before you trust this:');
  await page.reload();
  await shown(page, 'Send them to me.');
  expect(await page.getByText('Look before you trust this:').count()).toBe(0);
  await context.close();
});

test('an admin compares a mailbox with what is here, and changes the settings of a channel', async () => {
  const { context, page } = await open(desk);
  await page.goto('/settings/channels');
  await signIn(page);
  await page.getByRole('button', { name: 'Compare support now' }).click();
  await shown(page, /\d+ in the mailbox, \d+ here\. Nothing is missing\./);
  await shown(page, /Last comparison/);
  await page.getByRole('link', { name: 'Settings of support' }).click();
  await page.getByRole('textbox', { name: 'Signature' }).fill('{{agent.name}}, Harbour Lamps');
  await page.getByRole('button', { name: 'Save' }).click();
  await shown(page, 'The settings were saved');
  await page.goto('/inbox/all');
  await page.getByRole('link').filter({ hasText: 'Three of us' }).click();
  await shown(page, 'Ada Admin, Harbour Lamps');

  await page.goto('/settings/channels');
  await page.getByRole('link', { name: 'Settings of support' }).click();
  await page.getByRole('textbox', { name: 'Signature' }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await shown(page, 'The settings were saved');
  await page.getByRole('link', { name: 'Settings of support' }).click();
  await eventually(async () => expect(await page.getByRole('textbox', { name: 'Signature' }).inputValue()).toBe(''));
  await context.close();
});

test('a mailbox is connected by a sign-in at its provider, without a password, and a sign-in that failed says why', async () => {
  const { context, page } = await open(desk);
  await page.goto('/settings/channels');
  await signIn(page);
  // What a person does on the provider's own pages is done for them.
  let walk: (asked: string) => Promise<string>;
  await page.route(`${provider.issuer}/**`, async (route) => {
    await route.fulfill({ status: 302, headers: { location: await walk(route.request().url()) } });
  });
  for (const [then, said] of [
    [(asked: string) => provider.cancel(asked), 'The sign-in at Google was cancelled or not allowed.'],
    [(asked: string) => provider.signIn(asked, salesAddress), `${salesAddress} is connected`],
  ] as const) {
    walk = then;
    await page.getByRole('link', { name: 'Connect a channel' }).click();
    await page.getByRole('radio', { name: 'Email' }).click();
    await page.getByRole('radio', { name: 'Sign in with Google' }).click();
    await page.getByRole('button', { name: 'Continue at Google' }).click();
    await shown(page, said);
  }
  await page.getByRole('link', { name: `Settings of ${salesAddress}` }).click();
  await shown(page, 'Signed in at Google');
  await itsMailboxes.deliver(salesAddress, mail({ subject: 'Without a password', text: 'It came.' }));
  await page.goto('/inbox/all');
  await shown(page, 'Without a password');
  await context.close();
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
  // An app that is starting says so.
  browsers.forgive(/ERR_(CONNECTION|INCOMPLETE|EMPTY|NETWORK)|status of 503/);
}, 60_000);

test('no browser complained of anything', () => {
  expect(browsers.complaints).toEqual([]);
});
