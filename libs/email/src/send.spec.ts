import { createServer, type AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ChannelAccess, Draft, Outgoing } from '#libs/connector';
import { startDovecot, startSmtpSink, type Dovecot, type SmtpSink } from '#libs/simulators';
import { check } from './check.js';
import { prepare } from './prepare.js';
import { send } from './send.js';
import { fileSent, findSent } from './sent-folder.js';
import type { EmailSettings } from './settings.js';

const options = { allowPrivateHosts: true, pollSeconds: 60 };
let sink: SmtpSink;
let dovecot: Dovecot;
let channel: ChannelAccess<EmailSettings>;
beforeAll(async () => {
  sink = await startSmtpSink({ users: { shop: 'secret' } });
  dovecot = await startDovecot({ users: { shop: 'secret' } });
  const imap = { host: dovecot.host, port: dovecot.port, secure: false, user: 'shop', password: 'secret' };
  const smtp = { host: sink.host, port: sink.port, secure: false, user: 'shop', password: 'secret' };
  channel = { id: 'c1', address: 'shop@harbourlamps.test', settings: { imap, smtp }, signingKey: Buffer.alloc(32, 7) };
}, 30_000);
beforeEach(() => {
  sink.behave('accept');
  sink.messages.length = 0;
});
afterAll(() => Promise.all([sink.stop(), dovecot.stop()]));

const answering = {
  messageId: 'q2@example.com',
  references: ['q1@example.com'],
  subject: 'Where is my lamp?',
  from: { name: 'Maya', address: 'maya@example.com' },
  replyTo: [],
  to: [],
  cc: [],
  date: '2026-03-02T09:00:00Z',
};
const draft: Draft = {
  deliveryId: 'd-1',
  text: 'It is on its way. Grüße',
  html: null,
  subject: null,
  cc: [],
  bcc: [],
  agentName: 'Ann',
  customer: { scope: 'email', id: 'maya@example.com', name: 'Maya' },
  answering,
};

function outgoing(changes: Partial<Draft> = {}, committing = () => Promise.resolve()): Outgoing {
  const merged = { ...draft, ...changes };
  const { externalId, envelope } = prepare(merged, channel);
  return {
    deliveryId: merged.deliveryId,
    externalId,
    text: merged.text,
    html: merged.html,
    envelope,
    attachments: [],
    windowMode: 'standard',
    committing,
  };
}

const failureOf = (reply: Outgoing) =>
  send(reply, channel, options).then(
    () => null,
    (error: unknown) => error,
  );

test('a reply goes to the customer within the thread', async () => {
  const sent = await send(outgoing({ cc: ['bob@example.com'], bcc: ['eve@example.com'] }), channel, options);
  const [received] = sink.messages;
  const mail = await simpleParser(received?.raw ?? '');
  expect(received?.envelope).toEqual({ from: 'shop@harbourlamps.test', to: ['maya@example.com', 'bob@example.com', 'eve@example.com'] });
  expect(mail).toMatchObject({
    subject: 'Re: Where is my lamp?',
    inReplyTo: '<q2@example.com>',
    references: ['<q1@example.com>', '<q2@example.com>'],
    html: false,
  });
  expect(mail.text?.trim()).toBe('It is on its way. Grüße');
  expect(`mid:${mail.messageId?.slice(1, -1)}`).toBe(sent.externalId);
  expect(received?.raw.toString()).not.toContain('eve@');
});

test('formatted text goes out as HTML beside plain text, and without anything that runs; files go along', async () => {
  const reply = outgoing({ html: '<p>It is <b>on its way</b><script>x()</script></p>' });
  await send(
    { ...reply, attachments: [{ filename: 'Größe.pdf', contentType: 'application/pdf', content: Buffer.from('pdf') }] },
    channel,
    options,
  );
  const mail = await simpleParser(sink.messages[0]?.raw ?? '');
  expect(mail.html).toContain('<b>on its way</b>');
  expect(mail.html).not.toContain('script');
  expect(mail.attachments[0]).toMatchObject({ filename: 'Größe.pdf', content: Buffer.from('pdf') });
});

test('the reply is committed when the server asked for the mail and before it has any of it', async () => {
  let seen = -1;
  await send(
    outgoing({}, async () => void (seen = sink.messages.length)),
    channel,
    options,
  );
  expect(seen).toBe(0);
  expect(sink.messages).toHaveLength(1);
});

test('what cannot be committed does not leave', async () => {
  await expect(
    send(
      outgoing({}, () => Promise.reject(new Error('no database'))),
      channel,
      options,
    ),
  ).rejects.toThrow('no database');
  expect(sink.messages).toHaveLength(0);
});

test('a line cut before the mail left is a mail not sent; cut after it, nobody knows', async () => {
  let commits = 0;
  const committing = async () => void commits++;
  sink.behave('drop-before-data');
  expect(await failureOf(outgoing({}, committing))).toMatchObject({ kind: 'unavailable', outcome: 'not-sent' });
  expect(commits).toBe(0);
  sink.behave('drop-after-data');
  expect(await failureOf(outgoing({}, committing))).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
  expect(commits).toBe(1);
});

test('refusals are told in the words of the server', async () => {
  sink.behave({ refuse: ['maya@example.com'] });
  expect(await failureOf(outgoing())).toMatchObject({
    kind: 'rejected',
    outcome: 'not-sent',
    code: '550 5.1.1',
    message: expect.stringContaining('no such mailbox here'),
  });
  sink.behave('refuse-message');
  expect(await failureOf(outgoing())).toMatchObject({
    kind: 'rejected',
    outcome: 'not-sent',
    message: expect.stringContaining('not welcome'),
  });
  sink.behave('try-later');
  expect(await failureOf(outgoing())).toMatchObject({
    kind: 'unavailable',
    outcome: 'not-sent',
    message: expect.stringContaining('come back later'),
  });
});

test('one refused copy refuses the mail for all, before anything is committed', async () => {
  let commits = 0;
  sink.behave({ refuse: ['bob@example.com'] });
  expect(await failureOf(outgoing({ cc: ['bob@example.com'] }, async () => void commits++))).toMatchObject({
    kind: 'rejected',
    outcome: 'not-sent',
  });
  expect([commits, sink.messages.length]).toEqual([0, 0]);
});

test('where nobody listens, and where TLS is asked of a server without, nothing was sent', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  const { port } = await new Promise<AddressInfo>((resolve) => closed.once('listening', () => resolve(closed.address() as AddressInfo)));
  await new Promise((resolve) => closed.close(resolve));
  for (const smtp of [
    { ...channel.settings.smtp, port },
    { ...channel.settings.smtp, secure: true },
  ]) {
    const elsewhere = { ...channel, settings: { ...channel.settings, smtp } };
    await expect(send(outgoing(), elsewhere, options)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'not-sent' });
  }
});

test('a sent reply is filed in Sent once, marked as read, and found there', async () => {
  const reply = outgoing({ deliveryId: 'd-filed' });
  expect(await findSent(reply, channel, options)).toEqual({ state: 'unknown' });
  await fileSent(reply, channel, options);
  await fileSent(reply, channel, options);
  expect(await dovecot.list('shop', 'Sent')).toHaveLength(1);
  expect(await dovecot.flags('shop', 'Sent')).toEqual(['S']);
  expect(await findSent(reply, channel, options)).toEqual({ state: 'sent', externalId: reply.externalId });
});

test('a check signs in to both servers and repeats what they refuse with', async () => {
  const account = { externalId: 'shop@harbourlamps.test', address: 'shop@harbourlamps.test' };
  expect((await check(account, channel.settings, options)).map(({ ok }) => ok)).toEqual([true, true]);
  const wrong = { imap: { ...channel.settings.imap, password: 'x' }, smtp: { ...channel.settings.smtp, password: 'x' } };
  const [imap, smtp] = await check(account, wrong, options);
  expect(imap).toMatchObject({ ok: false, detail: expect.stringContaining('Authentication failed') });
  expect(smtp).toMatchObject({ ok: false, detail: expect.stringContaining('535 5.7.8 Authentication credentials invalid') });
});

test('private addresses are out of reach unless the operator allows them', async () => {
  const account = { externalId: 'a@b.c', address: 'a@b.c' };
  for (const host of ['127.0.0.1', 'localhost', '169.254.169.254', '::ffff:10.0.0.1', '[::1]'.slice(1, -1), 'fd00::1']) {
    const settings = { imap: { ...channel.settings.imap, host }, smtp: { ...channel.settings.smtp, host } };
    for (const { ok, detail } of await check(account, settings, { ...options, allowPrivateHosts: false })) {
      expect([ok, detail]).toEqual([false, expect.stringContaining('inside a private network')]);
    }
  }
});
