import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Api, type Channel, type Conversation, type InboundEvent, type Message, type Problem } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from './house.js';
import { header, mail, Outside, supportAddress } from './outside.js';

const from = 'ada@customer.example';
const forwarded = 'orders@harbour-lamps.example';

let outside: Outside;
let ground: Ground;
let app: AppProcess;
let api: Api;
let port: number;

/** Mail by `smtp` unless told otherwise; the app as a process of its own, which can be killed. */
async function start(protocol: 'smtp' | 'lmtp' = 'smtp'): Promise<void> {
  ground.env.MAIL_LISTEN = `${protocol}://127.0.0.1:${port}`;
  app = spawnApp(ground.env);
  api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
}
async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  app.child.kill(signal);
  await app.ended;
}

beforeAll(async () => {
  port = await freePort();
  outside = await Outside.start();
  ground = await freshGround(outside.env);
  await start();
}, 60_000);
afterAll(async () => {
  if (app) await end('SIGTERM');
  await ground?.clear();
  await outside?.stop();
}, 30_000);

/** Delivers once, as a mail server does; resolves with the code of what the door said last. */
function deliver(raw: string, to: string[], lmtp = false): Promise<number> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, lmtp, ignoreTLS: true, connectionTimeout: 2_000, socketTimeout: 5_000 });
  return new Promise((resolve) => {
    const lost = () => resolve(0);
    connection.on('error', lost);
    connection.once('end', lost);
    connection.connect(() =>
      connection.send({ from, to }, raw, (error) => {
        resolve((error as { responseCode?: number } | null)?.responseCode ?? (error ? 0 : 250));
        connection.quit();
      }),
    );
  });
}
/** As its queue makes a mail server do: again and again until it is taken. */
const deliverInTheEnd = (raw: string, to: string[], lmtp = false) =>
  eventually(async () => expect(await deliver(raw, to, lmtp)).toBe(250), 30_000);
const previews = async () => (await api.all<Conversation>('/conversations')).map(({ preview }) => preview).sort();
const smtpOnly = () => ({
  ...outside.emailChannel(),
  name: 'Orders',
  address: forwarded,
  settings: { smtp: outside.emailChannel().settings.smtp },
});

test('an address without a mailbox is connected where there is a door, and mail for it becomes a conversation', async () => {
  expect(await deliver(mail({ text: 'too early' }), [forwarded])).toBe(550);
  expect((await api.post('/channels', smtpOnly())).status).toBe(201);
  await deliverInTheEnd(mail({ text: 'Where is my order?' }), [forwarded.toUpperCase()]);
  await eventually(async () => expect(await previews()).toEqual(['Where is my order?']));
  const { items } = (await api.get<{ items: Channel[] }>('/channels')).body;
  expect(items.map(({ health }) => health.state)).toEqual(['ok']);
}, 60_000);

test('the same mail by the door twice, and from the mailbox besides, is one message', async () => {
  expect((await api.post('/channels', outside.emailChannel())).status).toBe(201);
  const raw = mail({ text: 'Only once.' });
  expect([await deliver(raw, [supportAddress]), await deliver(raw, [supportAddress])]).toEqual([250, 250]);
  await outside.deliver(raw);
  await outside.deliver(mail({ text: 'And then this.' }));
  await eventually(async () => expect(await previews()).toEqual(['And then this.', 'Only once.', 'Where is my order?']));
}, 60_000);

test('a mail with a NUL in its Message-ID is taken like any other', async () => {
  await deliverInTheEnd(mail({ text: 'Broken, but mail.', messageId: '<a\0b@customer.example>' }), [forwarded]);
  await eventually(async () => expect(await previews()).toContain('Broken, but mail.'));
}, 60_000);

test('an answer to the reply token finds its conversation, also as a blind copy', async () => {
  const asked = (await api.all<Conversation>('/conversations')).find(({ preview }) => preview === 'Where is my order?')!;
  const channel = (await api.get<{ items: Channel[] }>('/channels')).body.items.find(({ address }) => address === forwarded)!;
  expect((await api.patch(`/channels/${channel.id}`, { settings: { plusAddressing: true } })).status).toBe(200);
  await api.post(`/conversations/${asked.id}/replies`, { text: 'On its way.' });
  const sent = await eventually(async () => {
    const replyTo = header(outside.smtp.messages.at(-1)!.raw, 'Reply-To') ?? '';
    expect(replyTo).toContain('orders+c.');
    return /orders\+c\.[^>\s]+/.exec(replyTo)![0];
  });
  await deliverInTheEnd(
    mail({ subject: 'The lamp has come', text: 'Thank you!' }).replace(/^To: .*\r\n/m, 'To: undisclosed-recipients:;\r\n'),
    [sent],
  );
  await eventually(async () => {
    const messages = await api.all<Message>(`/conversations/${asked.id}/messages`);
    expect(messages.map(({ text }) => text)).toContain('Thank you!');
  });
}, 60_000);

test('what was taken survives a kill, and what was not is delivered again: nothing lost, nothing twice', async () => {
  const before = (await previews()).length;
  const mails = Array.from({ length: 40 }, (_, n) => mail({ subject: `Order ${n}`, text: `order ${n}`, from: `c${n}@customer.example` }));
  const queue = Promise.all(mails.map((raw) => deliverInTheEnd(raw, [forwarded])));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await end('SIGKILL');
  await start();
  await queue;
  await eventually(async () => expect((await previews()).filter((text) => text.startsWith('order '))).toHaveLength(40), 60_000);
  expect(await previews()).toHaveLength(before + 40);
}, 120_000);

test('a large mail goes through whole', async () => {
  const words = 'lamp '.repeat(13).concat('\r\n').repeat(40_000);
  await deliverInTheEnd(mail({ subject: 'Large', text: `Large one\r\n\r\n${words}` }), [forwarded]);
  const [event] = await eventually(async () => {
    const found = (await api.all<InboundEvent>('/inbound-events')).filter(({ state }) => state === 'processed');
    expect(await previews()).toContainEqual(expect.stringMatching(/^Large one/));
    return found;
  }, 30_000);
  expect(event).toBeDefined();
}, 60_000);

test('by LMTP it is the same, and without a door an address needs a mailbox', async () => {
  await end('SIGTERM');
  await start('lmtp');
  await deliverInTheEnd(mail({ text: 'By LMTP.' }), [forwarded], true);
  await eventually(async () => expect(await previews()).toContain('By LMTP.'));
  await end('SIGTERM');
  delete ground.env.MAIL_LISTEN;
  app = spawnApp(ground.env);
  api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  const refused = await api.post<Problem>('/channels', { ...smtpOnly(), address: 'new@harbour-lamps.example' });
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('it needs IMAP settings, or MAIL_LISTEN')]);
  expect(await deliver(mail({}), [forwarded], true)).toBe(0);
}, 60_000);
