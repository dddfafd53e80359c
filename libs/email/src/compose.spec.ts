import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { simpleParser } from 'mailparser';
import { generateKeyPairSync } from 'node:crypto';
import type { Draft, OutgoingAttachment } from '#libs/connector';
import { compose } from './compose.js';
import { prepare } from './prepare.js';
import type { EmailSettings } from './settings.js';

const smtp = { host: 'mail.test', port: 465, secure: true };
const outlooksIndex = Buffer.concat([Buffer.from('01dca95c2e8a', 'hex'), Buffer.alloc(16, 0xab)]).toString('base64');
const draft: Draft = {
  deliveryId: 'd-1',
  text: 'It is on its way.\n\nGrüße',
  html: null,
  subject: null,
  cc: [],
  bcc: [],
  agentName: 'Ann',
  customer: { scope: 'email', id: 'maya@example.com', name: 'Maya' },
  answering: {
    messageId: 'q2@example.com',
    references: ['q1@example.com'],
    subject: 'AW: Lampe',
    from: { name: 'Maya', address: 'maya@example.com' },
    threadIndex: outlooksIndex,
    threadTopic: 'Lampe',
  },
  quoting: { author: 'Maya', sentAt: new Date('2026-03-02T09:00:00Z'), text: 'Where is it?', html: '<p>Where <b>is</b> it?</p>' },
  signature: 'Ann <Lamps>',
  automatic: false,
  at: new Date('2026-03-02T11:00:00Z'),
};

function bytes(changes: Partial<Draft> = {}, settings: Partial<EmailSettings> = {}, attachments: OutgoingAttachment[] = []) {
  const merged = { ...draft, ...changes };
  const channel = { id: 'c1', address: 'shop@harbourlamps.test', settings: { smtp, ...settings }, signingKey: Buffer.alloc(32, 7) };
  const { externalId, envelope } = prepare(merged, channel);
  return compose({ ...merged, externalId, envelope, attachments, windowMode: 'standard' }, settings.dkim);
}
const mail = async (...of: Parameters<typeof bytes>) => simpleParser(await bytes(...of));
const header = (raw: Buffer, name: string) => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(raw.toString().replace(/\r\n[ \t]+/g, ' '))?.[1];

test('a reply bears what each mail program keeps its thread by', async () => {
  const raw = await bytes();
  expect(header(raw, 'In-Reply-To')).toBe('<q2@example.com>');
  expect(header(raw, 'References')).toBe('<q1@example.com> <q2@example.com>');
  expect(header(raw, 'Subject')).toBe('AW: Lampe');
  expect(header(raw, 'Thread-Topic')).toBe('Lampe');
  expect(Buffer.from(header(raw, 'Thread-Index')!, 'base64').subarray(0, 22).toString('base64')).toBe(outlooksIndex);
  expect(header(raw, 'Date')).toBe('Mon, 02 Mar 2026 11:00:00 +0000');
  for (const name of ['Auto-Submitted', 'Precedence', 'X-Tributary-Loop', 'X-Mailer', 'Bcc']) expect(header(raw, name)).toBeUndefined();
});

test('plain text goes out with HTML that says the same: answer, signature, quote', async () => {
  const { text, html } = await mail();
  expect(text).toBe('It is on its way.\n\nGrüße\n\n-- \nAnn <Lamps>\n\nOn 2 March 2026 at 09:00 UTC, Maya wrote:\n> Where is it?');
  expect(html).toMatch(
    /<p>It is on its way\.<\/p>\n<p>Grüße<\/p>.*<p>-- <\/p>\n<p>Ann &lt;Lamps&gt;<\/p>.*<div data-quote-root>.*<blockquote type="cite".*Where <b>is<\/b> it\?/s,
  );
});

test('the quote can be switched off, and an automatic mail has none and says what it is', async () => {
  expect((await mail({}, { quotePrevious: false })).text).not.toContain('Where is it?');
  const raw = await bytes({ automatic: true });
  expect((await simpleParser(raw)).text).not.toContain('Where is it?');
  expect(header(raw, 'Auto-Submitted')).toBe('auto-replied');
  expect(header(raw, 'X-Auto-Response-Suppress')).toBe('All');
  expect(header(raw, 'Precedence')).toBe('auto_reply');
  expect(header(raw, 'X-Tributary-Loop')).toMatch(/^d-1\.[a-z2-7]{16}$/);
});

test('formatted text goes out without anything that runs', async () => {
  const { html } = await mail({ html: '<p>It is <b>on its way</b><script>x()</script><img src="x" onerror="y()"></p>' });
  expect(html).toContain('<b>on its way</b>');
  expect(html).not.toMatch(/script|onerror/);
});

test('an attached image that the text shows goes along inside of it, other files beside it', async () => {
  const [shown, file] = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'];
  const html = `<p>Look: <img alt="lamp" src="https://inbox.test/api/v1/attachments/${shown}"><img src="/api/v1/attachments/018f-of-someone-else"></p>`;
  const raw = await bytes({ html }, {}, [
    { id: shown, filename: 'lamp.png', contentType: 'image/png', content: Buffer.from('png') },
    { id: file, filename: 'Größe.pdf', contentType: 'application/pdf', content: Buffer.from('pdf') },
  ]);
  const { attachments } = await simpleParser(raw);
  expect(
    attachments.map(({ filename, contentDisposition, related, cid }) => ({ filename, contentDisposition, related: Boolean(related), cid })),
  ).toEqual([
    { filename: 'lamp.png', contentDisposition: 'inline', related: true, cid: `${shown}@harbourlamps.test` },
    { filename: 'Größe.pdf', contentDisposition: 'attachment', related: false, cid: undefined },
  ]);
  expect(raw.toString().replace(/=\r\n/g, '')).toContain(`src=3D"cid:${shown}@harbourlamps.test"`);
  expect(raw.toString()).not.toContain('someone-else');
});

test('the bytes are the same each time', async () => {
  const files = [{ id: 'a-1', filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') }];
  expect(await bytes({ html: '<p>Hi</p>' }, {}, files)).toEqual(await bytes({ html: '<p>Hi</p>' }, {}, files));
});

test('a signed mail passes the check of a receiving server, and a changed one does not', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dkim = {
    domain: 'harbourlamps.test',
    selector: 'mail',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const record = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
  const asked: string[] = [];
  const resolver = async (name: string) => {
    asked.push(name);
    return [[record]];
  };
  const verdict = async (raw: Buffer) => (await dkimVerify(raw, { resolver })).results.map(({ status }) => status.result);
  const raw = await bytes({}, { dkim });
  expect(await verdict(raw)).toEqual(['pass']);
  expect(asked).toEqual(['mail._domainkey.harbourlamps.test']);
  expect(await verdict(Buffer.from(raw.toString('latin1').replace('Where is it', 'Where is 1t'), 'latin1'))).not.toContain('pass');
  await expect(bytes({}, { dkim: { ...dkim, privateKey: 'no key' } })).rejects.toMatchObject({ kind: 'rejected' });
});
