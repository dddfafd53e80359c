import { Redis } from 'ioredis';
import { join } from 'node:path';
import type { Channel, Conversation, Delivery, InboundEvent, List, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { header, mail, Outside } from './outside.js';

let outside: Outside;
let house: House;
let channels: { email: string; facebook: string; instagram: string };

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  channels = await outside.connect(house.api);
}, 60_000);
afterAll(async () => {
  // The mail server first: it may be keeping the app waiting.
  await outside?.stop();
  await house?.stop();
}, 30_000);

const conversations = (query = '') => house.api.all<Conversation>(`/conversations${query}`);
const messages = async ({ id }: { id: string }) =>
  (await house.api.all<Message>(`/conversations/${id}/messages`)).filter(({ kind }) => kind === 'message');
const texts = async (conversation: { id: string }) => (await messages(conversation)).map(({ text }) => text);
const about = (subject: string) =>
  eventually(async () => {
    const found = (await conversations(`?channelId=${channels.email}`)).filter((conversation) => conversation.subject === subject);
    expect(found).toHaveLength(1);
    return found[0]!;
  });
/** A chat of a customer of this name, who has written this. */
const chat = async (name: string, text: string) => {
  const customer = outside.meta.customer(name);
  outside.meta.customerWrites(outside.page, customer, text);
  const conversation = await eventually(async () => {
    const found = (await conversations(`?channelId=${channels.facebook}`)).find(({ preview }) => preview === text);
    expect(found).toBeDefined();
    return found!;
  });
  return { conversation, received: () => outside.meta.sentTo(customer).map((sent) => sent.text) };
};
const reply = async (conversation: { id: string }, text: string) => {
  const { status, body } = await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text });
  expect([status, body]).toMatchObject([202, { text }]);
  return body.id;
};
const deliveryOf = (conversation: { id: string }, id: string, state: string) =>
  eventually(async () => {
    const message = (await messages(conversation)).find((candidate) => candidate.id === id);
    // What has arrived or been read was sent.
    const states = state === 'sent' ? ['sent', 'delivered', 'read'] : [state];
    expect(states).toContain(message?.delivery?.state);
    return message!.delivery!;
  }, 25_000);

describe('never lost and never shown twice', () => {
  test('a platform that hands everything over twice and in any order is understood once and in order', async () => {
    const [before, customer] = [{ ...outside.meta.habits }, outside.meta.customer('Stutterer')];
    Object.assign(outside.meta.habits, { duplicates: 1, reorderWithinMs: 500 });
    const said = Array.from({ length: 12 }, (_, n) => `line ${n}`);
    for (const text of said) {
      outside.meta.customerWrites(outside.page, customer, text);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await outside.meta.settled();
    Object.assign(outside.meta.habits, before);
    await eventually(async () => {
      const found = (await conversations(`?channelId=${channels.facebook}`)).filter(({ preview }) => preview.startsWith('line'));
      expect(found).toHaveLength(1);
      expect(await texts(found[0]!)).toEqual(said);
      expect(found[0]).toMatchObject({ messageCount: 12, preview: 'line 11' });
    });
  });

  test('the same mail delivered again is one message, two mails under one Message-ID are two', async () => {
    const raw = mail({ subject: 'Copy', text: 'Only once', messageId: '<copy@customer.example>' });
    await outside.deliver(raw);
    await outside.deliver(raw);
    await outside.deliver(mail({ subject: 'Scanner', text: 'Page 1', messageId: '<scanner@customer.example>' }));
    await outside.deliver(mail({ subject: 'Scanner again', text: 'Page 2', messageId: '<scanner@customer.example>' }));
    await about('Scanner');
    expect(await texts(await about('Copy'))).toEqual(['Only once']);
    await eventually(async () => {
      const scanned = (await conversations(`?channelId=${channels.email}&q=page`)).map(async (conversation) => texts(conversation));
      expect((await Promise.all(scanned)).flat().sort()).toEqual(['Page 1', 'Page 2']);
    });
  });

  test('an answer that arrives before the mail it answers ends in one conversation with it', async () => {
    await outside.deliver(
      mail({ subject: 'Re: Early', text: 'The answer', inReplyTo: '<late@customer.example>', references: ['<late@customer.example>'] }),
    );
    const conversation = await about('Re: Early');
    await outside.deliver(mail({ subject: 'Early', text: 'The question', messageId: '<late@customer.example>' }));
    await eventually(async () => expect(await texts(conversation)).toEqual(['The question', 'The answer']));
    expect((await messages(conversation)).at(0)?.placedBy?.rule).toBe('referenced-before');
  });

  test('a queue that forgot everything is told again', async () => {
    const redis = new Redis(
      process.env.TEST_REDIS_URL && house.ground.env.REDIS_URL
        ? house.ground.env.REDIS_URL
        : join(house.ground.env.DATA_DIR!, 'redis/redis.sock'),
    );
    const flushing = setInterval(() => void redis.flushdb(), 5);
    const written = Array.from({ length: 20 }, (_, n) => `forget ${n}`);
    for (const text of written) outside.meta.customerWrites(outside.page, outside.meta.customer(text), text);
    await outside.meta.settled();
    clearInterval(flushing);
    await eventually(async () => {
      const found = (await conversations(`?channelId=${channels.facebook}`))
        .map(({ preview }) => preview)
        .filter((text) => text.startsWith('forget'));
      expect(found.sort()).toEqual(written.sort());
    }, 25_000);
    redis.disconnect();
  });
});

describe('order', () => {
  test('answers of one conversation reach the customer in the order they were written, also when the first is delayed', async () => {
    const { conversation, received } = await chat('In order', 'one after the other?');
    outside.meta.behave('fail-500');
    const first = await reply(conversation, 'first');
    const second = await reply(conversation, 'second');
    await deliveryOf(conversation, second, 'sent');
    await deliveryOf(conversation, first, 'sent');
    expect(received()).toEqual(['first', 'second']);
  });
});

test('a batch of thousands in one webhook and a mail of more than a megabyte are taken in whole', async () => {
  const customer = outside.meta.customer('Chatterbox');
  Object.assign(outside.meta.habits, { batchWithinMs: 1_000, maxBatch: 10_000 });
  for (let n = 0; n < 3_000; n++) outside.meta.customerWrites(outside.instagram, customer, `word ${n}`);
  await outside.meta.settled();
  Object.assign(outside.meta.habits, { batchWithinMs: 0, maxBatch: 1_000 });
  await eventually(async () => {
    const [conversation] = await conversations(`?channelId=${channels.instagram}`);
    expect(conversation).toMatchObject({ messageCount: 3_000 });
  }, 180_000);
  await outside.deliver(mail({ subject: 'Long', text: `${Array.from({ length: 200_000 }, (_, n) => n).join(' ')} the end` }));
  expect((await texts(await about('Long')))[0]).toContain('the end');
}, 240_000);

describe('a reply is never knowingly sent twice', () => {
  test('an echo that comes before the answer to our own call is recognised as ours', async () => {
    const { conversation } = await chat('Quick Echo', 'echo?');
    outside.meta.habits.echoBeforeAnswer = true;
    const id = await reply(conversation, 'First the echo');
    await deliveryOf(conversation, id, 'sent');
    outside.meta.habits.echoBeforeAnswer = false;
    await outside.meta.settled();
    expect(await texts(conversation)).toEqual(['echo?', 'First the echo']);
  });

  test('where Meta sends and then claims an error or hangs up, the chat is looked at and nothing is sent again', async () => {
    for (const [n, how] of (['deliver-then-error', 'deliver-then-drop'] as const).entries()) {
      const { conversation, received } = await chat(`Ambiguous ${n}`, `ambiguous ${n}?`);
      outside.meta.behave(how);
      const id = await reply(conversation, `Once ${n}`);
      await deliveryOf(conversation, id, 'sent');
      await outside.meta.settled();
      expect([how, received()]).toEqual([how, [`Once ${n}`]]);
      expect(await texts(conversation)).toEqual([`ambiguous ${n}?`, `Once ${n}`]);
    }
  });

  test('where Meta fails without sending, it is sent later and once', async () => {
    const { conversation, received } = await chat('Unlucky', 'are you there?');
    outside.meta.behave('fail-500');
    const id = await reply(conversation, 'Here now');
    await deliveryOf(conversation, id, 'sent');
    expect(received()).toEqual(['Here now']);
  });

  test('a mail server that hangs up after the mail leaves it uncertain, and the agent decides', async () => {
    await outside.deliver(mail({ subject: 'Uncertain', text: 'Did you get it?' }));
    const conversation = await about('Uncertain');
    const before = outside.smtp.messages.length;
    outside.smtp.behave('drop-after-data');
    const id = await reply(conversation, 'We did');
    const delivery = await deliveryOf(conversation, id, 'uncertain');
    outside.smtp.behave('accept');
    expect(delivery.error).toMatchObject({
      message: expect.stringContaining('may have been sent') as string,
      action: expect.stringContaining('twice') as string,
    });
    const listed = await house.api.all<Delivery>('/deliveries?state=failed,uncertain');
    expect(listed).toMatchObject([{ messageId: id, conversationId: conversation.id, state: 'uncertain' }]);
    expect((await house.api.post(`/messages/${id}/retry`)).status).toBe(202);
    await deliveryOf(conversation, id, 'sent');
    const ids = outside.smtp.messages.slice(before).map(({ raw }) => header(raw, 'Message-ID'));
    expect(new Set(ids).size).toBe(1);
  });
});

describe('a reply that does not arrive says why', () => {
  test('a mail server that asks to try later is tried later, and says so meanwhile', async () => {
    await outside.deliver(mail({ subject: 'Greylisted', text: 'Hello?' }));
    const conversation = await about('Greylisted');
    outside.smtp.behave('try-later');
    const id = await reply(conversation, 'Hello!');
    const waiting = await eventually(async () => {
      const delivery = (await messages(conversation)).at(-1)?.delivery;
      expect(delivery).toMatchObject({ state: 'queued', attempts: 1 });
      return delivery!;
    });
    outside.smtp.behave('accept');
    expect(waiting.error).toMatchObject({ retryable: true, message: expect.stringContaining('451') as string });
    await deliveryOf(conversation, id, 'sent');
  });

  test('a refused recipient fails with the server’s own words and can be sent again', async () => {
    await outside.deliver(mail({ from: 'gone@customer.example', subject: 'Refused', text: 'Bye' }));
    const conversation = await about('Refused');
    outside.smtp.behave({ refuse: ['gone@customer.example'] });
    const id = await reply(conversation, 'Wait!');
    const { error } = await deliveryOf(conversation, id, 'failed');
    expect(error).toMatchObject({ message: expect.stringContaining('550') as string });
    outside.smtp.behave('accept');
    const { body } = await house.api.post<{ retried: string[] }>('/deliveries/retry', {
      ids: (await house.api.all<Delivery>('/deliveries?state=failed')).map(({ id }) => id),
    });
    expect(body.retried).toHaveLength(1);
    await deliveryOf(conversation, id, 'sent');
  });

  test('a window that has closed is refused before anything is sent, with words an agent understands', async () => {
    outside.meta.advance(-8 * 24 * 3_600_000);
    const { conversation } = await chat('Long Ago', 'Anybody?');
    outside.meta.advance(8 * 24 * 3_600_000);
    expect(conversation.replyWindow).toMatchObject({ open: false });
    const { status, body } = await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Too late' });
    expect([status, body.detail]).toEqual([422, conversation.replyWindow?.reason]);
  });

  test('copies of a chat message are refused, not dropped', async () => {
    const { conversation } = await chat('Copied', 'Cc me');
    const { status } = await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Hi', cc: ['boss@customer.example'] });
    expect(status).toBe(422);
  });

  test('a text longer than the platform takes at once leaves as several messages, in order', async () => {
    const { conversation, received } = await chat('Listener', 'Tell me all');
    const words = Array.from({ length: 500 }, (_, n) => `word-${n}`).join(' ');
    await house.api.post(`/conversations/${conversation.id}/replies`, { text: words });
    await eventually(async () => expect(received().join(' ')).toBe(words));
    expect(received().map(({ length }) => length <= 2000)).toEqual([true, true, true]);
  });
});

describe('a channel in trouble harms only itself', () => {
  test('replies of one that hangs do not hold up those of another', async () => {
    outside.smtp.behave('hang');
    const subjects = Array.from({ length: 30 }, (_, n) => `Hanging ${n}`);
    for (const subject of subjects) await outside.deliver(mail({ subject, text: 'Hello?' }));
    for (const subject of subjects) await reply(await about(subject), 'Never taken');
    const customer = outside.meta.customer('In a hurry');
    outside.meta.customerWrites(outside.instagram, customer, 'Quick question');
    const conversation = await eventually(async () => {
      const found = (await conversations(`?channelId=${channels.instagram}`)).find(({ preview }) => preview === 'Quick question');
      expect(found).toBeDefined();
      return found!;
    });
    await reply(conversation, 'Quick answer');
    await eventually(async () => expect(outside.meta.sentTo(customer).map(({ text }) => text)).toEqual(['Quick answer']), 5_000);
  });

  test('a dead token stops the sending and not the receiving, and says what to do', async () => {
    const { conversation, received } = await chat('Before', 'before the token died');
    outside.meta.killToken(outside.page, 'password-changed');
    const id = await reply(conversation, 'Never arrives');
    const { error } = await deliveryOf(conversation, id, 'failed');
    expect(error?.action).toMatch(/\w/);
    const page = (await house.api.get<List<Channel>>('/channels')).body.items.find(({ id }) => id === channels.facebook);
    expect(page?.health.state).toBe('needs-auth');
    expect(received()).toEqual([]);
    await chat('After', 'after the token died');
    expect(await house.api.all<InboundEvent>('/inbound-events?state=quarantined')).toEqual([]);
  });
});
