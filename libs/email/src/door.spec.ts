import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { WebhookPart } from '#libs/connector';
import { door } from './door.js';
import { mailIdentity } from './identity.js';
import { EmailSettings } from './settings.js';

const support = 'support@harbour-lamps.example';
const sales = 'sales@harbour-lamps.example';
const from = 'ada@customer.example';
const mail = (text = 'Hello', id = '1@customer.example') => `From: ${from}\r\nSubject: A lamp\r\nMessage-ID: <${id}>\r\n\r\n${text}\r\n`;

/** A part as it was stored, with the bytes it had then. */
type Stored = WebhookPart & { raw: string; isFile: boolean };

let spool: string;
let port: number;
let stored: Stored[];
let trouble: Error | null;
let close: () => Promise<void>;

async function open(protocol: 'smtp' | 'lmtp', maxMegabytes?: number): Promise<void> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  port = (probe.address() as AddressInfo).port;
  await new Promise((done) => probe.close(done));
  close = await door(`${protocol}://127.0.0.1:${port}`).open({
    known: (accounts) =>
      Promise.resolve(
        [support, sales]
          .filter((account) => accounts.includes(account))
          .map((account) => ({ account, settings: Object.assign(new EmailSettings(), account === support && { maxMegabytes }) })),
      ),
    spool,
    async store(parts) {
      if (trouble) throw trouble;
      for (const part of parts) {
        const { payload } = part.event;
        const isFile = !Buffer.isBuffer(payload);
        stored.push({ ...part, isFile, raw: (isFile ? await readFile(payload.path) : payload).toString('latin1') });
      }
    },
  });
}

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'door-'));
  [stored, trouble] = [[], null];
});
afterEach(async () => {
  await close();
  await rm(spool, { recursive: true });
});

interface Answer {
  accepted: string[];
  rejected: string[];
  code?: number;
  words: string;
}

/** Delivers as an MTA does and tells what the door answered. */
async function deliver(to: string[], raw: string, protocol: 'smtp' | 'lmtp' = 'smtp'): Promise<Answer> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, lmtp: protocol === 'lmtp', ignoreTLS: true });
  connection.on('error', () => undefined);
  await new Promise<void>((resolve) => connection.connect(() => resolve()));
  try {
    return await new Promise<Answer>((resolve) =>
      connection.send({ from, to }, raw, (error, info) => {
        const refusal = error ?? info?.rejectedErrors?.[0];
        const texts = (list: unknown[] = []) => list.map(String);
        resolve({
          accepted: texts(info?.accepted),
          rejected: texts(info?.rejected ?? (error as { rejected?: string[] }).rejected),
          code: (refusal as { responseCode?: number } | undefined)?.responseCode,
          words: (refusal as { response?: string } | undefined)?.response ?? '',
        });
      }),
    );
  } finally {
    connection.quit();
  }
}

test('a mail for a connected address is stored under the key it would have by IMAP, with the address it was for', async () => {
  await open('smtp');
  expect((await deliver(['Support@Harbour-Lamps.example'], mail())).accepted).toHaveLength(1);
  const [{ connector, account, event, raw }] = stored as [Stored];
  expect([connector, account, event.key, event.platformId]).toEqual([
    'email',
    support,
    mailIdentity(Buffer.from(mail())),
    '1@customer.example',
  ]);
  expect(raw).toBe(`Return-Path: <${from}>\r\nDelivered-To: Support@Harbour-Lamps.example\r\n${mail()}`);
});

test('an address with something behind a plus belongs to its mailbox, and reply tokens are noted first', async () => {
  await open('smtp');
  await deliver([support, 'support+c.0001.abcdefghijklmnop@harbour-lamps.example', sales], mail());
  expect(stored.map(({ account }) => account)).toEqual([support, sales]);
  expect(stored[0]!.raw.split('\r\n').slice(1, 3)).toEqual([
    'Delivered-To: support+c.0001.abcdefghijklmnop@harbour-lamps.example',
    `Delivered-To: ${support}`,
  ]);
});

test('mail for anybody else is refused for good: this is no relay', async () => {
  await open('smtp');
  expect(await deliver(['someone@elsewhere.example'], mail())).toMatchObject({
    code: 550,
    words: /belongs to no mailbox that is connected here/,
  });
  expect((await deliver([support, 'someone@elsewhere.example'], mail())).rejected).toEqual(['someone@elsewhere.example']);
  expect(stored.map(({ account }) => account)).toEqual([support]);
});

test('a large mail goes through a file, and nothing is left behind', async () => {
  await open('smtp');
  const raw = mail('x'.repeat(70).concat('\r\n').repeat(30_000));
  expect((await deliver([support, sales], raw)).accepted).toHaveLength(2);
  expect(stored.map(({ isFile, event }) => [isFile, event.key])).toEqual(Array(2).fill([true, mailIdentity(Buffer.from(raw))]));
  expect(stored.every((one) => one.raw.endsWith(raw))).toBe(true);
  expect(await readdir(spool)).toEqual([]);
});

test('a mail over the size limit of its address is refused for good, declared or not', async () => {
  await open('smtp', 1);
  const large = mail('x'.repeat(70).concat('\r\n').repeat(20_000));
  expect(await deliver([support], large)).toMatchObject({ code: 552, words: /takes mails of up to 1 MB/ });
  // nodemailer declares no size for a text of its own making here; this client does.
  const declared = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  await expect(declared.sendMail({ envelope: { from, to: [support], size: 2 ** 21 }, raw: mail() })).rejects.toMatchObject({
    responseCode: 552,
    command: 'RCPT TO',
  });
  declared.close();
  expect(stored).toEqual([]);
});

test('by LMTP each recipient gets its own answer', async () => {
  await open('lmtp', 1);
  const large = mail('x'.repeat(70).concat('\r\n').repeat(20_000));
  const { accepted, rejected, code } = await deliver([support, sales], large, 'lmtp');
  expect([accepted, rejected, code]).toEqual([[sales], [support], 552]);
  expect(stored.map(({ account }) => account)).toEqual([sales]);
});

test('what cannot be stored is refused for now, so that its sender keeps it', async () => {
  await open('smtp');
  trouble = new Error('the database is away');
  expect(await deliver([support], mail())).toMatchObject({ code: 451, words: /cannot store this mail now/ });
  trouble = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  expect(await deliver([support], mail())).toMatchObject({ code: 452 });
  trouble = null;
  expect((await deliver([support], mail())).accepted).toEqual([support]);
  expect(stored).toHaveLength(1);
});

test('a mail whose line breaks before its end is no mail', async () => {
  await open('smtp');
  const socket = connect(port, '127.0.0.1');
  const script = ['EHLO mx.example', `MAIL FROM:<${from}>`, `RCPT TO:<${support}>`, 'DATA', mail().trimEnd()];
  for (const line of script) {
    await once(socket, 'data');
    socket.write(`${line}\r\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([stored, await readdir(spool)]).toEqual([[], []]);
});

test('it promises no sign-in and no TLS that it cannot keep', async () => {
  await open('smtp');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  socket.write('EHLO mx.example\r\n');
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(greeting.toString()).toMatch(/SIZE\r\n/);
  expect(greeting.toString()).not.toMatch(/AUTH|STARTTLS/);
});
