import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InboundEvent, MessageEvent, ReceiptEvent } from '#libs/connector';
import { mailIdentity } from './identity.js';
import { parse } from './parse.js';
import { understand } from './understand.js';

const receivedAt = new Date('2026-03-02T09:30:00Z');
const channel = { id: 'c1', address: 'shop@harbourlamps.test', signingKey: Buffer.alloc(32, 7), settings: { autoAnswer: 'We have it.' } };
const ours = 'mid:m.d1.uls5u3nt6dchpxaz@harbourlamps.test';
const directory = new URL('fixtures/kind/', import.meta.url);
const spool = mkdtempSync(join(tmpdir(), 'kind-'));
afterAll(() => rmSync(spool, { recursive: true }));

const rawOf = (name: string) => readFileSync(new URL(`${name}.eml`, directory));
const eventsOf = (name: string): Promise<InboundEvent[]> => {
  const payload = rawOf(name);
  return parse({ key: mailIdentity(payload), payload, context: {}, receivedAt }, channel, spool);
};
const receiptsOf = async (name: string) => (await eventsOf(name)).filter((event): event is ReceiptEvent => event.type === 'receipt');
const messageOf = async (name: string) => (await eventsOf(name))[0] as MessageEvent;

/** State, recipient, code, whether the address is dead. */
type Told = [state: string, recipient: string | null, code: string | null, dead: boolean];
const gone: Told = ['failed', 'ada@example.com', '5.1.1', true];

const fixtures: Record<string, [kind: string, ...told: Told[]]> = {
  'bounce-unknown-user': ['bounce', gone],
  'bounce-two-recipients-two-fates': ['bounce', gone, ['delayed', 'bo@example.com', '4.4.1', false]],
  'bounce-mailbox-full': ['bounce', ['failed', 'ada@example.com', '5.2.2', false]],
  'bounce-policy': ['bounce', ['failed', 'ada@example.com', '5.7.1', false]],
  'bounce-no-route-to-domain': ['bounce', ['failed', 'ada@gone.example', '5.4.4', true]],
  'bounce-vague-status-and-clear-words': ['bounce', ['failed', 'ada@example.com', '5.0.0', true]],
  'bounce-returned-headers-only': ['bounce', gone],
  'bounce-report-in-base64': ['bounce', gone],
  'bounce-original-recipient-passed-on': ['bounce', gone],
  'bounce-recipients-without-empty-line': ['bounce', gone, ['failed', 'bo@example.com', '5.2.2', false]],
  'bounce-original-id-in-report': ['bounce', gone],
  'bounce-without-returned-mail': ['bounce', gone],
  'bounce-without-report-type': ['bounce', gone],
  'bounce-with-forged-id': ['bounce'],
  'bounce-of-a-mail-not-ours': ['bounce'],
  'bounce-exchange-report': ['bounce', ['failed', 'ada@example.com', '5.1.10', true]],
  'bounce-amazon-ses': ['bounce', gone],
  'bounce-gmail': ['bounce', ['failed', 'ada@gmail.com', '5.1.1', true]],
  'bounce-qmail': ['bounce', gone],
  'bounce-exim': ['bounce', ['failed', 'ada@example.com', null, true]],
  'bounce-exim-two-recipients': ['bounce', gone, ['failed', 'bo@example.com', '5.3.4', false]],
  'bounce-address-and-code-in-one-line': ['bounce', gone],
  'bounce-italian-certified-mail': ['bounce', gone],
  'bounce-exim-delay': ['bounce', ['delayed', 'ada@example.com', null, false]],
  'bounce-exchange-html-only': ['bounce', gone],
  'bounce-postfix-without-report': ['bounce', ['failed', 'ada@example.com', '5.2.2', false]],
  'bounce-kddi': ['bounce', ['failed', 'ada@ezweb.ne.jp', null, true]],
  'bounce-yahoo': ['bounce', ['failed', 'ada@yahoo.com', null, true]],
  'bounce-mimecast': ['bounce', gone],
  'bounce-german-text-only': ['bounce', ['failed', 'ada@beispiel.example', '5.1.1', true]],
  'bounce-japanese-text-only': ['bounce', ['failed', 'ada@docomo.example', null, true]],
  'delay-notice': ['bounce', ['delayed', 'ada@example.com', '4.4.1', false]],
  'success-notice': ['bounce', ['delivered', 'ada@example.com', null, false]],
  'relayed-notice': ['bounce'],
  'read-receipt': ['auto_generated', ['read', 'ada@example.com', null, false]],
  'read-receipt-deleted-unread': ['auto_generated'],
  'auto-reply': ['auto_reply'],
  'auto-reply-vacation-comment': ['auto_reply'],
  'auto-reply-outlook-german': ['auto_reply'],
  'auto-reply-x-autoreply': ['auto_reply'],
  'auto-reply-precedence': ['auto_reply'],
  'auto-reply-by-its-subject-alone': ['auto_reply'],
  'auto-reply-japanese': ['auto_reply'],
  'auto-reply-null-sender-finnish': ['auto_reply'],
  'auto-generated-monitor': ['auto_generated'],
  'calendar-answer': ['auto_reply'],
  'calendar-invitation': ['human'],
  complaint: ['complaint'],
  'complaint-without-report-type': ['complaint'],
  'complaint-hotmail': ['complaint'],
  'list-newsletter': ['list'],
  'list-precedence-bulk': ['list'],
  'human-asks-about-out-of-office-hours': ['human'],
  'human-whose-exchange-suppresses-answers': ['human'],
  'human-writes-about-an-undelivered-mail': ['human'],
  'human-behind-auto-submitted-no': ['human'],
  'human-forwards-a-bounce': ['human'],
};

test('every fixture is spoken of here', () => {
  expect(readdirSync(directory).sort()).toEqual(
    Object.keys(fixtures)
      .map((name) => `${name}.eml`)
      .sort(),
  );
});

test.each(Object.entries(fixtures))('%s', async (name, [kind, ...told]) => {
  expect((await understand(rawOf(name), receivedAt, spool)).kind).toBe(kind);
  expect((await messageOf(name)).human).toBe(kind === 'human');
  const receipts = await receiptsOf(name);
  expect(receipts.map(({ state, recipient, error }) => [state, recipient, error?.code ?? null, error?.addressIsDead ?? false])).toEqual(
    told,
  );
  if (name !== 'bounce-amazon-ses') expect(receipts.map(({ of }) => of)).toEqual(told.map(() => ours));
});

test('a report belongs to the conversation of the mail it is about', async () => {
  for (const name of ['bounce-qmail', 'bounce-two-recipients-two-fates', 'complaint', 'read-receipt'])
    expect((await messageOf(name)).threadKeys[0]).toEqual({ rule: 'report', key: ours });
  expect((await messageOf('bounce-with-forged-id')).threadKeys).toEqual([]);
});

test('SES puts its own id in the place of ours, and what it names is looked for', async () => {
  const [receipt] = await receiptsOf('bounce-amazon-ses');
  expect(receipt?.of).toBe('mid:0100018e1f2a3b4c-1a2b3c4d-0000-4444-8888-abcdefabcdef-000000@email.amazonses.com');
});

test.each([
  [
    'bounce-unknown-user',
    'There is no such mailbox at the recipient’s mail server. The server said: 550 5.1.1 <ada@example.com>: no such user here',
  ],
  ['bounce-mailbox-full', 'The recipient’s mailbox is full. The server said: 552 5.2.2 Over quota'],
  [
    'bounce-policy',
    'The recipient’s mail server refuses mail from us, by its own rules. The server said: 550 5.7.1 Message rejected as spam',
  ],
  ['bounce-exim-two-recipients', 'There is no such mailbox at the recipient’s mail server. The server said: 550 5.1.1 No such user'],
  [
    'bounce-yahoo',
    "There is no such mailbox at the recipient’s mail server. The server said: 554: delivery error: dd This user doesn't have a yahoo.com account (ada@yahoo.com) [0] - mta1.yahoo.com",
  ],
])('%s says in plain words why, with the server’s own behind', async (name, message) => {
  expect((await receiptsOf(name))[0]?.error?.message).toBe(message);
});

test('a delay is no failure and asks nobody to do anything', async () => {
  const [receipt] = await receiptsOf('delay-notice');
  expect(receipt?.error).toMatchObject({ message: expect.stringContaining('It is still being tried.'), action: null });
});

test('only what a person wrote, and no machine forbids, gets the automatic answer', async () => {
  const answered: string[] = [];
  for (const name of Object.keys(fixtures)) if ((await messageOf(name)).autoAnswer) answered.push(name);
  expect(answered.sort()).toEqual([
    'calendar-invitation',
    'human-asks-about-out-of-office-hours',
    'human-behind-auto-submitted-no',
    'human-forwards-a-bounce',
    'human-writes-about-an-undelivered-mail',
  ]);
});

test('a complaint is pointed out, a bounce speaks for itself', async () => {
  expect((await messageOf('complaint')).warning).toContain('reported as spam');
  expect((await messageOf('bounce-qmail')).warning).toBeUndefined();
});
