import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MalformedPayload, type MessageEvent } from '#libs/connector';
import { mailIdentity } from './identity.js';
import { inspectMail } from './inspect.js';
import { originOf, ownMessageId, tokenAddress, tokenDelivery } from './message-ids.js';
import { parse } from './parse.js';

const receivedAt = new Date('2026-03-02T09:30:00Z');
const settings = {};
const channel = { id: 'c1', address: 'shop@harbourlamps.test', signingKey: Buffer.alloc(32, 7), settings };
const fixtures = new URL('fixtures/', import.meta.url);
const spool = mkdtempSync(join(tmpdir(), 'parse-'));
afterAll(() => rmSync(spool, { recursive: true }));

const parseRaw = async (raw: Buffer | string, context = {}, backfill = false): Promise<MessageEvent> => {
  const payload = Buffer.from(raw);
  const [event] = await parse({ key: mailIdentity(payload), payload, context, receivedAt, backfill }, channel, spool);
  return event as MessageEvent;
};
const parseFixture = (name: string) => parseRaw(readFileSync(new URL(`${name}.eml`, fixtures)));
const inspectFixture = (name: string) => inspectMail(readFileSync(new URL(`${name}.eml`, fixtures)), receivedAt);

test('mail that comes in now is as old as the server says, imported history as old as it says itself', async () => {
  const raw = readFileSync(new URL('gmail-reply.eml', fixtures));
  expect((await parseRaw(raw)).sentAt).toEqual(receivedAt);
  expect((await parseRaw(raw, {}, true)).sentAt).toEqual(new Date('2026-03-02T09:00:00Z'));
});

test('a Gmail reply is its new words; history is kept apart, and it names its thread nearest first', async () => {
  expect(await parseFixture('gmail-reply')).toMatchObject({
    direction: 'inbound',
    customer: { scope: 'email', id: 'maya@example.com', name: 'Maya Lindqvist' },
    subject: 'Re: Your lamp',
    text: 'Yes please, send the brass one.\n\nMaya',
    quotedText: expect.stringContaining('Shall we send you the brass one?'),
    html: expect.stringContaining('class="quoted-history"'),
    threadKeys: [
      { rule: 'in-reply-to', key: 'mid:first@harbourlamps.test' },
      { rule: 'references', key: 'mid:root@example.com' },
    ],
    ownKeys: ['mid:gmail-1@example.com'],
    externalId: expect.stringMatching(/^mid:gmail-1@example\.com#/),
    sentAt: receivedAt,
    human: true,
  });
});

test('Outlook puts a header block above the history, also in mail that is HTML only', async () => {
  const mail = await parseFixture('outlook-html-only');
  expect(mail.text).toBe('We take six, in verdigris.\n\nTom');
  expect(mail.quotedText).toContain('How many would you like?');
});

test('a signature of a phone and a German quote are no new words', async () => {
  expect(await parseFixture('apple-mail-german')).toMatchObject({ text: 'Ja, das passt. Danke!', customer: { name: 'Jürgen Köhler' } });
});

test('text without a charset is read as what its bytes are', async () => {
  expect(await parseFixture('latin1-headers-and-body-without-charset')).toMatchObject({
    subject: 'Grüße aus Köln',
    text: 'Schöne Grüße',
    customer: { name: 'Jürgen Müller' },
  });
  expect((await parseFixture('japanese-without-charset')).text).toBe('こんにちは');
});

test('of repeated headers the first counts', async () => {
  expect(await parseFixture('two-subjects-and-froms')).toMatchObject({
    subject: 'The first subject',
    customer: { id: 'first@example.com' },
  });
});

test('an implausible date gives way to the time of receipt, and NUL is left out', async () => {
  expect(await parseFixture('date-in-2038-and-nul')).toMatchObject({ sentAt: receivedAt, text: 'nulhere' });
});

test('a mail without sender and Message-ID is a message of somebody unknown', async () => {
  const mail = await parseFixture('no-message-id-no-from');
  expect(mail.externalId).toMatch(/^sha:/);
  expect(mail.customer).toEqual({ scope: 'email', id: `unknown:${mail.externalId}`, name: null });
});

test('encoded words in an address never become somebody’s address', async () => {
  expect((await parseFixture('encoded-word-in-address')).customer.id).toMatch(/^unknown:/);
});

test('a contact form that sends in our name is the visitor’s message', async () => {
  expect(await parseFixture('contact-form')).toMatchObject({ direction: 'inbound', customer: { id: 'visitor@example.org' } });
});

test('what a colleague sends from another mail program is our side’s message to that customer', async () => {
  expect(await parseFixture('colleague-writes-from-another-program')).toMatchObject({
    direction: 'outbound',
    customer: { id: 'maya@example.com' },
  });
});

test.each([
  ['out-of-office', 'auto_reply'],
  ['newsletter', 'list'],
  ['bounce-unknown-user', 'bounce'],
])('%s is %s, not human', async (name, kind) => {
  expect(await inspectFixture(name)).toMatchObject({ kind, error: null });
  expect((await parseFixture(name)).human).toBe(false);
});

test('a bounce tells who did not get which mail and why', async () => {
  expect((await inspectFixture('bounce-unknown-user')).bounce).toEqual({
    recipient: 'gone@example.com',
    status: '5.1.1',
    action: 'failed',
    diagnostic: '550 5.1.1 <gone@example.com>: no such user here',
    originalMessageId: 'm.d1.aaaaaaaaaaaaaaaa@harbourlamps.test',
  });
});

test('pictures in the text stay there, remote ones wait, and nothing that runs comes through', async () => {
  const { html, attachments } = await parseFixture('inline-image-and-hostile-html');
  expect(html).toContain('src="cid:Photo1@x"');
  expect(html).toContain('data-blocked-src="https://cdn.example/lamp.jpg"');
  expect(html).toContain('color:red');
  expect(html).not.toMatch(/script|onclick|javascript|tracker|<form|<input|position|evil|svg/);
  expect(attachments.map(({ filename, inline, contentType }) => [filename, inline, contentType])).toEqual([
    ['photo.png', true, 'image/png'],
    ['invoice.pdf', false, 'application/pdf'],
    ['The forwarded one.eml', false, 'message/rfc822'],
  ]);
});

test('text beside HTML is all of it text', async () => {
  expect((await parseFixture('apple-mail-text-beside-html')).text).toBe(
    'First words.\n\nWords after the picture, which must not be lost either.',
  );
});

test('an mbox line and bare line feeds do no harm', async () => {
  expect(await parseFixture('mbox-line-and-bare-lf')).toMatchObject({ subject: 'Bare', text: 'Unix line ends' });
});

test('every fixture can be read, and read twice gives the same', async () => {
  for (const name of readdirSync(fixtures).filter((file) => file.endsWith('.eml'))) {
    const raw = readFileSync(new URL(name, fixtures));
    expect(await parseRaw(raw)).toEqual(await parseRaw(raw));
  }
});

describe('identity', () => {
  const mail = (id: string, body: string, trace = '') =>
    Buffer.from(`${trace}From: a@x.org\r\nSubject: s\r\nMessage-ID: <${id}>\r\n\r\n${body}\r\n`);

  test('the same mail by another road has the same key; another mail with that Message-ID has not', () => {
    const key = mailIdentity(mail('1@x', 'Hello'));
    expect(mailIdentity(mail('1@x', 'Hello', 'Received: from elsewhere\r\nDelivered-To: b@y.org\r\n'))).toBe(key);
    expect(mailIdentity(mail('1@x', 'Hello '))).toBe(key);
    expect(mailIdentity(mail('1@x', 'Goodbye'))).not.toBe(key);
  });

  test('boundaries made anew make no new mail', () => {
    const parts = (boundary: string) =>
      Buffer.from(
        `Message-ID: <2@x>\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n\r\nHi\r\n--${boundary}--\r\n`,
      );
    expect(mailIdentity(parts('one'))).toBe(mailIdentity(parts('other')));
  });

  test('our own mail is known by its Message-ID, whatever became of its body', async () => {
    const id = ownMessageId('d-1', channel);
    const copy = await parseRaw(`From: shop@harbourlamps.test\r\nTo: maya@example.com\r\nMessage-ID: <${id}>\r\n\r\nwith a footer\r\n`);
    expect(copy).toMatchObject({ externalId: `mid:${id}`, deliveryId: 'd-1', direction: 'outbound' });
  });
});

describe('ids of our own', () => {
  const other = { ...channel, id: 'c2' };

  test('a Message-ID of ours proves itself, in this channel only', () => {
    const id = ownMessageId('0190-ab_c', channel);
    expect(originOf(id, channel)).toEqual({ by: 'us', deliveryId: '0190-ab_c' });
    expect(originOf(id, other)).toEqual({ by: 'forger' });
    expect(originOf('m.0190-ab_c.aaaaaaaaaaaaaaaa@harbourlamps.test', channel)).toEqual({ by: 'forger' });
    expect(originOf('someone@else', channel)).toEqual({ by: 'others' });
  });

  test('a reply token survives lower-casing and proves itself', () => {
    const address = tokenAddress('0190AB', channel) ?? '';
    expect(tokenDelivery(address.toUpperCase(), channel)).toBe('0190ab');
    expect(tokenDelivery(address, other)).toBeNull();
    expect(tokenAddress('x'.repeat(60), channel)).toBeNull();
  });

  test('tokens and own ids go before what anybody can write; forged ones name nothing', async () => {
    const own = ownMessageId('d-1', channel);
    const mail = await parseRaw(
      `From: maya@example.com\r\nTo: ${tokenAddress('d-2', channel)}\r\nIn-Reply-To: <x@y>\r\nReferences: <a@b> <m.d-9.aaaaaaaaaaaaaaaa@z> <${own}>\r\nMessage-ID: <r@m>\r\n\r\nHi\r\n`,
    );
    expect(mail.threadKeys).toEqual([
      { rule: 'reply-token', key: 'token:d-2' },
      { rule: 'references', key: `mid:${own}` },
      { rule: 'in-reply-to', key: 'mid:x@y' },
      { rule: 'references', key: 'mid:a@b' },
    ]);
  });
});

describe('hostile mail', () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, n) => `${n ? `--b${n - 1}\r\n` : ''}Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n`).join('') +
    'x';
  const wide = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(1500)}`;

  test.each([
    ['nested too deep', nested(60)],
    ['of too many parts', wide],
    ['empty', ''],
    ['without any header', 'hello\r\n\r\nworld'],
    ['with endless headers', `From: a@b.c\r\n${'X-Junk: '.padEnd(990, 'x').concat('\r\n').repeat(2300)}\r\nHi`],
  ])('a mail %s is called malformed, and can still be inspected', async (_what, raw) => {
    await expect(parseRaw(raw)).rejects.toThrow(MalformedPayload);
    expect((await inspectMail(Buffer.from(raw))).error).not.toBeNull();
  });
});
