import type { Channel, Contact, Conversation, Message } from './api.js';
import { eventually } from './house.js';
import { MailHouse } from './mail-house.js';
import { gone, report } from './mail-reports.js';
import { header, mail, supportAddress } from './outside.js';

let inbox: MailHouse;
beforeAll(async () => {
  inbox = await MailHouse.open();
}, 60_000);
afterAll(() => inbox?.close(), 30_000);

/** A customer who wrote and was answered. */
const answered = async (name: string, more: { cc?: string[]; then?: 'close' } = {}) => {
  const address = `${name.toLowerCase()}@customer.example`;
  const conversation = await inbox.arrives({ from: `${name} <${address}>`, subject: `Lamp for ${name}`, text: `${name} asks.` });
  const sent = await inbox.answers(conversation, `Dear ${name}`, more);
  return { conversation, address, ...sent };
};
const replyTo = async (conversation: { id: string }) =>
  (await inbox.messages(conversation)).find(({ direction, kind }) => direction === 'outbound' && kind === 'message')!;
const contactOf = async ({ contact }: Conversation) => (await inbox.api.get<Contact>(`/contacts/${contact.id}`)).body;

test('a bounce marks the reply that failed in plain words, wakes its conversation, and stands in it', async () => {
  const { conversation, address, messageId } = await answered('Ada', { then: 'close' });
  expect((await inbox.get(conversation)).status).toBe('closed');
  await inbox.deliver(report(messageId, [gone(address)]));
  await eventually(async () => expect((await replyTo(conversation)).delivery?.state).toBe('failed'));
  const reply = await replyTo(conversation);
  expect(reply.delivery?.error).toEqual({
    kind: 'bounced',
    code: '5.1.1',
    message: 'There is no such mailbox at the recipient’s mail server. The server said: 550 5.1.1 no such user',
    retryable: true,
    action: 'Ask the customer for another address, or correct a slip of the pen, and send it again.',
  });
  expect(reply.delivery?.recipients).toMatchObject([{ recipient: address, state: 'failed', code: '5.1.1' }]);
  expect(await inbox.get(conversation)).toMatchObject({ status: 'open', unread: true, messageCount: 3, waitingSince: null });
  expect(await inbox.texts(conversation)).toEqual(['Ada asks.', 'Dear Ada', 'This is the mail system. I am sorry.']);
  expect((await inbox.conversations()).filter(({ subject }) => subject?.includes('Undelivered'))).toEqual([]);
  expect((await inbox.api.all<{ messageId: string }>('/deliveries?state=failed')).map((item) => item.messageId)).toContain(reply.id);
});

test('a reply that bounced stays bounced when its copy in Sent is read afterwards', async () => {
  const { conversation, address, messageId } = await answered('Zoe');
  await inbox.deliver(report(messageId, [gone(address)]));
  await eventually(async () => expect((await replyTo(conversation)).delivery?.state).toBe('failed'));
  const events = async () =>
    (await inbox.api.all<{ state: string }>('/inbound-events')).filter(({ state }) => state === 'processed').length;
  // The copy of the mail server may come late; another of the same mail is as good.
  const copy = mail({ from: supportAddress, messageId, text: 'Dear Zoe, with a footer' }).replace(/^To: .*$/m, `To: ${address}`);
  const before = await events();
  await inbox.outside.dovecot.deliver(supportAddress, copy, 'Sent');
  await eventually(async () => expect(await events()).toBeGreaterThan(before));
  await inbox.arrives({ from: 'Yan <yan@customer.example>', subject: 'Later', text: 'After the copy was read.' });
  expect((await replyTo(conversation)).delivery).toMatchObject({ state: 'failed', error: { code: '5.1.1' } });
});

test('an address that is dead says so until somebody writes from it again', async () => {
  const { conversation, address, messageId } = await answered('Bea');
  await inbox.deliver(report(messageId, [gone(address)]));
  await eventually(async () => expect((await contactOf(conversation)).identities[0]?.undeliverable).toContain('no such mailbox'));
  await inbox.arrives({ from: `Bea <${address}>`, subject: 'Re: Lamp for Bea', text: 'I am still here.' });
  expect((await contactOf(conversation)).identities[0]?.undeliverable).toBeNull();
});

test('a full mailbox fails the reply and kills no address', async () => {
  const { conversation, address, messageId } = await answered('Cem');
  await inbox.deliver(report(messageId, [{ ...gone(address), status: '5.2.2', words: '552 5.2.2 over quota' }]));
  await eventually(async () => expect((await replyTo(conversation)).delivery).toMatchObject({ state: 'failed', error: { code: '5.2.2' } }));
  expect((await contactOf(conversation)).identities[0]?.undeliverable).toBeNull();
});

test('of two recipients one who did not get it fails alone', async () => {
  const { conversation, address, messageId } = await answered('Dov', { cc: ['away@customer.example'] });
  await inbox.deliver(
    report(messageId, [gone('away@customer.example'), { recipient: address, action: 'delivered', status: '2.1.5', words: '250 ok' }]),
  );
  await eventually(async () => {
    const { delivery } = await replyTo(conversation);
    expect(delivery?.recipients.map(({ recipient, state }) => [recipient, state])).toEqual([
      [address, 'delivered'],
      ['away@customer.example', 'failed'],
    ]);
    expect(delivery).toMatchObject({
      state: 'delivered',
      error: { message: expect.stringContaining('away@customer.example did not get it') },
    });
  });
});

test('a delay is shown and does not fail the reply; once it has arrived nothing is left of it', async () => {
  const { conversation, address, messageId } = await answered('Eli', { then: 'close' });
  await inbox.deliver(report(messageId, [{ recipient: address, action: 'delayed', status: '4.4.1', words: 'Connection timed out' }]));
  await eventually(async () => expect((await replyTo(conversation)).delivery?.error?.message).toContain('still being tried'));
  expect([(await replyTo(conversation)).delivery?.state, (await inbox.get(conversation)).status]).toEqual(['sent', 'closed']);
  await inbox.deliver(report(messageId, [{ recipient: address, action: 'delivered', status: '2.1.5', words: '250 ok' }]));
  await eventually(async () => expect((await replyTo(conversation)).delivery).toMatchObject({ state: 'delivered', error: null }));
});

test('receipts out of order and twice come to the same', async () => {
  const { conversation, address, messageId } = await answered('Fay');
  const delivered = report(
    messageId,
    [{ recipient: address, action: 'delivered', status: '2.1.5', words: '250 ok' }],
    '<twice@mx.customer.example>',
  );
  const delayed = report(messageId, [{ recipient: address, action: 'delayed', status: '4.4.1', words: 'timed out' }]);
  for (const raw of [delivered, delayed, delivered]) await inbox.deliver(raw);
  await eventually(async () => expect((await inbox.get(conversation)).messageCount).toBe(4));
  expect((await replyTo(conversation)).delivery).toMatchObject({ state: 'delivered', error: null });
});

test('a forged bounce marks nothing and joins nothing', async () => {
  const { conversation, address } = await answered('Gil');
  await inbox.deliver(report(`<m.${(await replyTo(conversation)).id}.aaaaaaaaaaaaaaaa@harbour-lamps.example>`, [gone(address)]));
  await eventually(async () => {
    const stray = (await inbox.conversations()).filter(({ subject }) => subject === 'Undelivered Mail Returned to Sender');
    expect(stray).toHaveLength(1);
  });
  expect((await replyTo(conversation)).delivery?.state).toBe('sent');
  expect((await contactOf(conversation)).identities[0]?.undeliverable).toBeNull();
});

test('a bounce that is nothing but words is understood, too', async () => {
  const { conversation, address, messageId } = await answered('Hal');
  await inbox.deliver(
    mail({
      from: 'Mail Delivery System <Mailer-Daemon@mail.customer.example>',
      subject: 'Mail delivery failed: returning message to sender',
      text: `This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered to one or more of its\r\nrecipients. The following address(es) failed:\r\n\r\n  ${address}\r\n    Unrouteable address\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\nMessage-ID: ${messageId}\r\nSubject: Re: Lamp`,
    }),
    { 'Return-Path': '<>', 'X-Failed-Recipients': address },
  );
  await eventually(async () =>
    expect((await replyTo(conversation)).delivery).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('no such mailbox') },
    }),
  );
});

test('a read receipt says that it was read', async () => {
  const { conversation, address, messageId } = await answered('Ivo');
  const raw = [
    ...[
      `From: Ivo <${address}>`,
      `To: ${supportAddress}`,
      'Subject: Read: Re: Lamp',
      'Message-ID: <mdn@customer.example>',
      'MIME-Version: 1.0',
    ],
    ...[
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Opened.',
      '',
    ],
    ...[
      '--b',
      'Content-Type: message/disposition-notification',
      '',
      `Final-Recipient: rfc822;${address}`,
      `Original-Message-ID: ${messageId}`,
    ],
    ...['Disposition: manual-action/MDN-sent-manually; displayed', '', '--b--', ''],
  ].join('\r\n');
  await inbox.deliver(raw);
  await eventually(async () => expect((await replyTo(conversation)).delivery?.state).toBe('read'));
});

describe('the automatic answer', () => {
  const sentTo = (address: string) => inbox.outside.smtp.messages.filter(({ envelope }) => envelope.to.includes(address));
  beforeAll(async () => {
    const change = { settings: { autoAnswer: 'We have your mail and will answer within a day.' } };
    expect((await inbox.api.patch<Channel>(`/channels/${inbox.channelId}`, change)).status).toBe(200);
  });

  test('is given once to a new conversation, says that it is automatic, and leaves the customer waiting', async () => {
    const conversation = await inbox.arrives({ from: 'Joy <joy@customer.example>', subject: 'First', text: 'Joy asks.' });
    const [sent] = await eventually(async () => {
      expect(sentTo('joy@customer.example')).toHaveLength(1);
      return sentTo('joy@customer.example');
    });
    expect(header(sent!.raw, 'Auto-Submitted')).toBe('auto-replied');
    expect(sent!.raw.toString()).toContain('We have your mail and will answer within a day.');
    const messages = await inbox.messages(conversation);
    expect(messages.map(({ author, text }) => [author.type, text])).toEqual([
      ['contact', 'Joy asks.'],
      ['system', 'We have your mail and will answer within a day.'],
    ]);
    expect((await inbox.get(conversation)).waitingSince).not.toBeNull();

    const joined = await inbox.arrives({
      from: 'Joy <joy@customer.example>',
      subject: 'Re: First',
      text: 'Thanks.',
      inReplyTo: header(sent!.raw, 'Message-ID')!,
    });
    expect(joined.id).toBe(conversation.id);
    await inbox.arrives({ from: 'Joy <joy@customer.example>', subject: 'Second', text: 'Another matter.' });
    expect(sentTo('joy@customer.example')).toHaveLength(1);
  });

  test('two mails of one address at the same moment get one', async () => {
    await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        inbox.deliver(mail({ from: 'Kai <kai@customer.example>', subject: `At once ${at}`, text: `kai ${at}` })),
      ),
    );
    await eventually(async () =>
      expect((await inbox.conversations()).filter(({ subject }) => subject?.startsWith('At once'))).toHaveLength(6),
    );
    await eventually(async () => expect(sentTo('kai@customer.example')).toHaveLength(1));
  });

  test('machines get none, whatever they call themselves', async () => {
    const machines: Array<[from: string, headers: Record<string, string>]> = [
      ['no-reply@shop.example', {}],
      ['news@shop.example', { 'List-Id': '<news.shop.example>' }],
      ['robot@shop.example', { 'Auto-Submitted': 'auto-generated' }],
      ['desk@shop.example', { 'X-Auto-Response-Suppress': 'All' }],
      ['echo@shop.example', { 'X-Tributary-Loop': 'd1.aaaaaaaaaaaaaaaa' }],
      [supportAddress.replace('support', 'postmaster'), {}],
    ];
    for (const [at, [from, headers]] of machines.entries())
      await inbox.arrives({ from, subject: `Machine ${at}`, text: `machine ${at}` }, headers);
    await inbox.arrives({ from: 'Lea <lea@customer.example>', subject: 'A person', text: 'Lea asks.' });
    await eventually(async () => expect(sentTo('lea@customer.example')).toHaveLength(1));
    expect(machines.map(([from]) => sentTo(from).length)).toEqual(machines.map(() => 0));
  });

  test('a flood of one domain gets none any more', async () => {
    const flood = Array.from({ length: 40 }, (_, at) =>
      mail({ from: `u${at}@flood.example`, subject: `Flood ${at}`, text: `flood ${at}` }),
    );
    for (const raw of flood) await inbox.deliver(raw);
    const flooded = async () => (await inbox.conversations()).filter(({ subject }) => subject?.startsWith('Flood'));
    await eventually(async () => expect(await flooded()).toHaveLength(40), 30_000);
    expect((await flooded()).filter(({ messageCount }) => messageCount === 2)).toHaveLength(30);
    await inbox.arrives({ from: 'Mia <mia@customer.example>', subject: 'Somebody else', text: 'Mia asks.' });
    await eventually(async () => expect(sentTo('mia@customer.example')).toHaveLength(1), 30_000);
  }, 60_000);
});

test('whether pictures of a sender are shown is kept with the address', async () => {
  const { conversation } = await answered('Nia');
  const contact = await contactOf(conversation);
  const path = `/contacts/${contact.id}/identities/${contact.identities[0]?.id}`;
  expect(contact.identities[0]?.remoteImages).toBe(false);
  expect((await inbox.api.patch<Contact>(path, { remoteImages: true })).body.identities[0]?.remoteImages).toBe(true);
  expect(
    (await inbox.api.patch<Message>(`/contacts/${conversation.id}/identities/${contact.identities[0]?.id}`, { remoteImages: true })).status,
  ).toBe(404);
});

test('what a removed channel had not taken in yet waits aside, and is taken in when its account is connected again', async () => {
  await inbox.arrives({ from: 'Ida <ida@customer.example>', subject: 'Last', text: 'The last before the end.' });
  expect((await inbox.api.delete(`/channels/${inbox.channelId}`)).status).toBe(204);
  const ids = async (state: string) => (await inbox.api.all<{ id: string }>(`/inbound-events?state=${state}`)).map(({ id }) => id);
  // One that is done: others, such as a copy in Sent, may be under way at this moment.
  const [done] = await ids('processed');
  await inbox.sql(`UPDATE inbound_event SET state = 'received' WHERE id = '${done}'`);
  await eventually(
    async () => expect([await ids('received'), await ids('unrouted')]).toEqual([[], expect.arrayContaining([done])]),
    20_000,
  );
  expect((await inbox.api.post('/channels', inbox.outside.emailChannel())).status).toBe(201);
  await eventually(async () => expect(await ids('unrouted')).toEqual([]), 20_000);
}, 60_000);
