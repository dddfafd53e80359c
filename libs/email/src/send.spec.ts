import { createServer, type AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ChannelAccess, Draft, Outgoing } from '#libs/connector';
import { startDovecot, startSmtpSink, type Dovecot, type SmtpSink } from '#libs/simulators';
import { prepare } from './prepare.js';
import { send } from './send.js';
import { fileSent, findSent } from './sent-folder.js';
import type { EmailSettings } from './settings.js';
import { SmtpPool } from './smtp-pool.js';

const options = { allowPrivateHosts: true, pollSeconds: 60 };
const pool = new SmtpPool(options);
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
afterAll(() => {
  pool.close();
  return Promise.all([sink.stop(), dovecot.stop()]);
});

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
  quoting: null,
  signature: null,
  automatic: false,
  at: new Date('2026-03-02T11:00:00Z'),
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
  send(reply, channel, pool).then(
    () => null,
    (error: unknown) => error,
  );

test('a reply goes to the customer within the thread', async () => {
  const sent = await send(outgoing({ cc: ['bob@example.com'], bcc: ['eve@example.com'] }), channel, pool);
  const [received] = sink.messages;
  const mail = await simpleParser(received?.raw ?? '');
  expect(received?.envelope).toEqual({ from: 'shop@harbourlamps.test', to: ['maya@example.com', 'bob@example.com', 'eve@example.com'] });
  expect(mail).toMatchObject({
    subject: 'Re: Where is my lamp?',
    inReplyTo: '<q2@example.com>',
    references: ['<q1@example.com>', '<q2@example.com>'],
    html: expect.stringContaining('<p>It is on its way. Grüße</p>'),
  });
  expect(mail.text?.trim()).toBe('It is on its way. Grüße');
  expect(`mid:${mail.messageId?.slice(1, -1)}`).toBe(sent.externalId);
  expect(received?.raw.toString()).not.toContain('eve@');
});

test('the reply is committed when the server asked for the mail and before it has any of it', async () => {
  let seen = -1;
  await send(
    outgoing({}, async () => void (seen = sink.messages.length)),
    channel,
    pool,
  );
  expect(seen).toBe(0);
  expect(sink.messages).toHaveLength(1);
});

test('what cannot be committed does not leave', async () => {
  await expect(
    send(
      outgoing({}, () => Promise.reject(new Error('no database'))),
      channel,
      pool,
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

test('a refused copy leaves the mail to the others, and is told', async () => {
  sink.behave({ refuse: ['bob@example.com'], defer: ['eve@example.com'] });
  const sent = await send(outgoing({ cc: ['bob@example.com', 'eve@example.com', 'kim@example.com'] }), channel, pool);
  expect(sink.messages[0]?.envelope.to).toEqual(['maya@example.com', 'kim@example.com']);
  expect(sent.refused).toEqual([
    { recipient: 'bob@example.com', code: '550 5.1.1', retryable: false, message: expect.stringContaining('no such mailbox') },
    { recipient: 'eve@example.com', code: '450 4.2.0', retryable: true, message: expect.stringContaining('Greylisted') },
  ]);
});

test('without whom the mail is for nobody gets it, and nothing is committed', async () => {
  let commits = 0;
  const reply = outgoing({ cc: ['bob@example.com'] }, async () => void commits++);
  sink.behave({ refuse: ['maya@example.com'], defer: ['bob@example.com'] });
  expect(await failureOf(reply)).toMatchObject({
    kind: 'rejected',
    code: '550 5.1.1',
    refused: [{ retryable: false }, { retryable: true }],
  });
  sink.behave({ refuse: ['maya@example.com'] });
  expect(await failureOf(reply)).toMatchObject({ kind: 'rejected', outcome: 'not-sent', refused: [{ recipient: 'maya@example.com' }] });
  sink.behave({ defer: ['maya@example.com'] });
  expect(await failureOf(reply)).toMatchObject({ kind: 'unavailable', outcome: 'not-sent', code: '450 4.2.0' });
  expect([commits, sink.messages.length]).toEqual([0, 0]);
});

test('a later attempt is for those who do not have it yet', async () => {
  const reply = outgoing({ cc: ['bob@example.com'] });
  await send({ ...reply, recipients: ['bob@example.com'] }, channel, pool);
  expect(sink.messages[0]?.envelope.to).toEqual(['bob@example.com']);
  sink.behave({ refuse: ['bob@example.com'] });
  expect(await failureOf({ ...reply, recipients: ['bob@example.com'] })).toMatchObject({ kind: 'rejected' });
});

test('a mail no person wrote has no return path', async () => {
  await send(outgoing({ automatic: true }), channel, pool);
  expect(sink.messages[0]?.envelope).toEqual({ from: '', to: ['maya@example.com'] });
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
    await expect(send(outgoing(), elsewhere, pool)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'not-sent' });
  }
});

test('a sent reply is filed in Sent once, byte by byte as it was sent, marked as read, and found there', async () => {
  const reply = outgoing({ deliveryId: 'd-filed' });
  expect(await findSent(reply, channel, options)).toEqual({ state: 'unknown' });
  await fileSent(reply, channel, options);
  await fileSent(reply, channel, options);
  await send(reply, channel, pool);
  // Maildir keeps bare line feeds.
  const sent = sink.messages.map(({ raw }) => raw.toString().replaceAll('\r\n', '\n'));
  expect((await dovecot.list('shop', 'Sent')).map(String)).toEqual(sent);
  expect(await dovecot.flags('shop', 'Sent')).toEqual(['S']);
  expect(await findSent(reply, channel, options)).toEqual({ state: 'sent', externalId: reply.externalId });
});
