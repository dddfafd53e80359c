import { Redis } from 'ioredis';
import { simpleParser } from 'mailparser';
import { join } from 'node:path';
import { startSmtpSink } from '#libs/simulators';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { Delivery } from '../src/conversations/delivery.entity.js';
import { openDatabase } from '../src/database/data-source.js';
import type { Attachment, Channel, Conversation, Message, Problem } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { header, mail, Outside, supportAddress } from './outside.js';

declare const TEST_DATABASE: 'sqlite' | 'postgres';

let outside: Outside;
let house: House;
let channelId: string;

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  const { status, body } = await house.api.post<Channel>('/channels', outside.emailChannel());
  expect([status, body]).toMatchObject([201, {}]);
  channelId = body.id;
}, 60_000);
beforeEach(() => {
  outside.smtp.behave('accept');
  outside.smtp.messages.length = 0;
});
afterAll(async () => {
  await outside?.stop();
  await house?.stop();
}, 30_000);

let count = 0;
/** A conversation with a mail that has these headers more. */
async function asked(extra: string[] = [], from = 'Ada Moss <ada@customer.example>'): Promise<Conversation> {
  const subject = `Question ${++count}`;
  const [head, ...rest] = mail({ subject, text: 'Where is my lamp?', from }).split('\r\n');
  await outside.deliver([head, ...extra, ...rest].join('\r\n'));
  return eventually(async () => {
    const found = (await house.api.all<Conversation>('/conversations')).find((conversation) => conversation.subject === subject);
    expect(found).toBeDefined();
    return found!;
  });
}
const reply = async ({ id }: Conversation, body: object) => {
  const answer = await house.api.post<Message>(`/conversations/${id}/replies`, { text: 'On its way', ...body });
  expect([answer.status, answer.body]).toMatchObject([202, {}]);
  return answer.body.id;
};
const deliveryOf = async ({ id }: Conversation, messageId: string) =>
  (await house.api.all<Message>(`/conversations/${id}/messages`)).find((message) => message.id === messageId)!.delivery!;
const preview = ({ id }: Conversation, query = '') =>
  house.api.get<{ to: string[]; cc: string[]; subject: string; signature: string | null; quotes: boolean } & Problem>(
    `/conversations/${id}/reply-preview${query}`,
  );
const receivedBy = (address: string) => outside.smtp.messages.filter(({ envelope }) => envelope.to.includes(address));

describe('before it is written', () => {
  test('an agent sees whom an answer goes to and what stands below; nobody gets a copy unasked', async () => {
    await house.api.patch('/auth/me', { signature: ' Ada the admin\n' });
    const conversation = await asked(['Cc: bob@example.com, no-reply@bank.example, Support <support+x@harbour-lamps.example>']);
    expect((await preview(conversation)).body).toEqual({
      to: ['Ada Moss <ada@customer.example>'],
      cc: ['bob@example.com'],
      subject: `Re: ${conversation.subject}`,
      signature: 'Ada the admin',
      quotes: true,
      mode: null,
    });
    await reply(conversation, {});
    await eventually(async () => expect(outside.smtp.messages.map(({ envelope }) => envelope.to)).toEqual([['ada@customer.example']]));
    const { text } = await simpleParser(outside.smtp.messages[0]!.raw);
    expect(text).toMatch(/^On its way\n\n-- \nAda the admin\n\nOn .* UTC, Ada Moss wrote:\n> Where is my lamp\?$/);
  });

  test('where nobody can be answered the agent is told why', async () => {
    const conversation = await asked([], 'undisclosed');
    expect(await preview(conversation)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('no usable address') } });
  });

  test('a note is never answered, so that it is never quoted', async () => {
    const conversation = await asked();
    const { body: note } = await house.api.post<Message>(`/conversations/${conversation.id}/notes`, { text: 'A difficult customer' });
    expect((await preview(conversation, `?replyToMessageId=${note.id}`)).status).toBe(422);
    expect((await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'x', replyToMessageId: note.id })).status).toBe(422);
  });

  test('a signature with an unknown variable is refused when it is saved', async () => {
    const { settings } = outside.emailChannel();
    const { status, body } = await house.api.patch(`/channels/${channelId}`, { settings: { ...settings, signature: '{{agent.nmae}}' } });
    expect([status, JSON.stringify(body)]).toEqual([422, expect.stringContaining('agent.nmae')]);
  });
});

test('an uploaded image that the answer shows arrives inside of it', async () => {
  const form = new FormData();
  form.append('file', new Blob([Buffer.from('png')], { type: 'image/png' }), 'lamp.png');
  const { body: file } = await house.api.upload<Attachment>('/attachments', form);
  const html = `<p>See <img src="/api/v1/attachments/${file.id}"></p>`;
  await reply(await asked(), { html, attachmentIds: [file.id] });
  await eventually(async () => expect(outside.smtp.messages).toHaveLength(1));
  const { attachments } = await simpleParser(outside.smtp.messages[0]!.raw);
  expect(attachments).toMatchObject([{ filename: 'lamp.png', related: true, content: Buffer.from('png') }]);
});

/** Whom a server puts off it lets in after some minutes, so that is how long we wait; here the time is made to pass. */
async function fiveMinutesLater(messageId: string): Promise<void> {
  const database = await openDatabase(readConfig(house.ground.env));
  try {
    const { id, nextAttemptAt } = await database.manager.findOneByOrFail(Delivery, { messageId });
    const wait = nextAttemptAt!.getTime() - Date.now();
    expect(wait).toBeGreaterThan(4 * 60_000);
    expect(wait).toBeLessThan(6 * 60_000);
    await database.manager.update(Delivery, id, { nextAttemptAt: new Date() });
  } finally {
    await database.destroy();
  }
}

describe('when a server does not take it for everybody', () => {
  const copies = ['bob@example.com', 'eve@example.com'];

  test('the others get it, who was put off gets it later, who was refused when an agent says so; all of them once', async () => {
    const conversation = await asked();
    outside.smtp.behave({ refuse: ['bob@example.com'], defer: ['eve@example.com'] });
    const id = await reply(conversation, { cc: copies });
    await eventually(async () =>
      expect(await deliveryOf(conversation, id)).toMatchObject({
        state: 'sent',
        nextAttemptAt: expect.any(String),
        error: { code: '550 5.1.1', message: expect.stringContaining('did not reach bob@example.com'), action: expect.any(String) },
        recipients: [
          { recipient: 'ada@customer.example', state: 'sent', message: null },
          { recipient: 'bob@example.com', state: 'refused', code: '550 5.1.1' },
          { recipient: 'eve@example.com', state: 'queued', code: '450 4.2.0', message: expect.stringContaining('Greylisted') },
        ],
      }),
    );
    outside.smtp.behave('accept');
    await fiveMinutesLater(id);
    await eventually(async () => expect(receivedBy('eve@example.com')).toHaveLength(1), 25_000);
    await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent', nextAttemptAt: null }));
    expect((await house.api.post(`/messages/${id}/retry`)).status).toBe(202);
    await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent', error: null, attempts: 1 }));
    expect(outside.smtp.messages.map(({ envelope }) => envelope.to)).toEqual([
      ['ada@customer.example'],
      ['eve@example.com'],
      ['bob@example.com'],
    ]);
    expect(new Set(outside.smtp.messages.map(({ raw }) => raw.toString())).size).toBe(1);
    expect((await house.api.post(`/messages/${id}/retry`)).status).toBe(409);
  }, 60_000);

  test('without the customer nobody gets it', async () => {
    const conversation = await asked();
    outside.smtp.behave({ refuse: ['ada@customer.example'] });
    const id = await reply(conversation, { cc: copies });
    await eventually(async () =>
      expect(await deliveryOf(conversation, id)).toMatchObject({
        state: 'failed',
        error: { code: '550 5.1.1', message: expect.stringContaining('no such mailbox'), retryable: false },
        recipients: [{ state: 'refused' }, { state: 'failed' }, { state: 'failed' }],
      }),
    );
    expect(outside.smtp.messages).toEqual([]);
  });

  test('a copy that is put off does not hold up the next reply', async () => {
    const conversation = await asked();
    outside.smtp.behave({ defer: ['eve@example.com'] });
    const first = await reply(conversation, { cc: ['eve@example.com'] });
    const next = await reply(conversation, { text: 'And another thing' });
    await eventually(async () => expect(await deliveryOf(conversation, next)).toMatchObject({ state: 'sent' }));
    expect(outside.smtp.messages.map(({ envelope }) => envelope.to)).toEqual([['ada@customer.example'], ['ada@customer.example']]);
    outside.smtp.behave('accept');
    await fiveMinutesLater(first);
    await eventually(async () => expect(receivedBy('eve@example.com')).toHaveLength(1), 25_000);
  }, 60_000);
});

test('a server that hangs up after it has filed the mail in Sent has sent it: it is found there, and not sent again', async () => {
  const conversation = await asked();
  const filed = (raw: Buffer) => outside.dovecot.deliver(supportAddress, raw, 'Sent');
  const provider = await startSmtpSink({ onMessage: ({ raw }) => void filed(raw) });
  const { settings } = outside.emailChannel();
  const smtp = { host: provider.host, port: provider.port, secure: false };
  expect((await house.api.patch(`/channels/${channelId}`, { settings: { ...settings, smtp } })).status).toBe(200);
  try {
    provider.behave('drop-after-data');
    const id = await reply(conversation, {});
    const delivery = await eventually(async () => {
      const found = await deliveryOf(conversation, id);
      expect(found).toMatchObject({ state: 'sent', error: null });
      return found;
    });
    expect(delivery.recipients).toMatchObject([{ recipient: 'ada@customer.example', state: 'sent' }]);
    expect([delivery.attempts, provider.messages.length]).toEqual([1, 1]);
    const shown = await house.api.all<Message>(`/conversations/${conversation.id}/messages`);
    expect(shown.filter(({ kind }) => kind === 'message')).toHaveLength(2);
  } finally {
    await house.api.patch(`/channels/${channelId}`, { settings });
    await provider.stop();
  }
});

test('a reply that nobody knew of, and that turns up in Sent later, is sent, and a line ends the doubt', async () => {
  const conversation = await asked();
  outside.smtp.behave('drop-after-data');
  const id = await reply(conversation, {});
  await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'uncertain' }), 25_000);
  await outside.dovecot.deliver(supportAddress, outside.smtp.messages[0]!.raw, 'Sent');
  await eventually(async () => expect(await deliveryOf(conversation, id)).toMatchObject({ state: 'sent', troubleSince: null }), 25_000);
  const shown = await house.api.all<Message>(`/conversations/${conversation.id}/messages`);
  expect(shown.filter(({ kind }) => kind === 'event').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Nobody knows whether admin’s reply reached the customer\./),
    'admin’s reply was sent after all.',
  ]);
}, 60_000);

test('a channel keeps its pace over all processes; who waits goes in order and has not been tried', async () => {
  const { settings } = outside.emailChannel();
  expect((await house.api.patch(`/channels/${channelId}`, { settings: { ...settings, sendPerMinute: 3 } })).status).toBe(200);
  // On SQLite one process owns the file.
  const second = TEST_DATABASE === 'postgres' ? await startApp(readConfig({ ...house.ground.env, ROLE: 'worker' })) : null;
  const database = await openDatabase(readConfig(house.ground.env));
  const queue = new Redis(house.ground.env.REDIS_URL ?? join(house.ground.env.DATA_DIR!, 'redis/redis.sock'));
  const anHour = (at: Date | null) => at && new Date(at.getTime() - 3_600_000);
  const letTimePass = async () => {
    for (const row of await database.manager.findBy(Delivery, { channelId }))
      await database.manager.update(Delivery, row.id, { committedAt: anHour(row.committedAt), nextAttemptAt: anHour(row.nextAttemptAt) });
  };
  try {
    await letTimePass();
    const people = Array.from({ length: 8 }, (_, n) => `p${n}@customer.example`);
    const conversations: Conversation[] = [];
    for (const person of people) conversations.push(await asked([], person));
    const sendAt = new Date(Date.now() + 2_000);
    const ids: string[] = [];
    for (const conversation of conversations) ids.push(await reply(conversation, { sendAt }));
    const reached = () => outside.smtp.messages.map(({ envelope }) => envelope.to[0]).sort();
    await eventually(async () => expect(reached()).toEqual(people.slice(0, 3)), 25_000);
    await eventually(async () => {
      const waiting = await Promise.all(conversations.slice(3).map((conversation, n) => deliveryOf(conversation, ids[n + 3]!)));
      const delays = waiting.map(({ nextAttemptAt }) => Date.parse(nextAttemptAt!) - Date.now());
      for (const delivery of waiting) expect(delivery).toMatchObject({ state: 'queued', attempts: 0, error: null });
      expect(Math.min(...delays)).toBeGreaterThan(20_000);
    });
    expect(reached()).toEqual(people.slice(0, 3));
    await letTimePass();
    // Else their jobs would come only when the minute is over.
    await queue.flushdb();
    await eventually(async () => expect(reached()).toEqual(people.slice(0, 6)), 25_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(reached()).toEqual(people.slice(0, 6));
    expect(header(outside.smtp.messages[0]!.raw, 'From')).toContain(supportAddress);
  } finally {
    queue.disconnect();
    await database.destroy();
    await second?.stop();
  }
}, 90_000);
