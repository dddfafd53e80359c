import type { Conversation, List, Message } from './api.js';
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
  await house?.stop();
  await outside?.stop();
}, 30_000);

const conversationOn = (channelId: string) =>
  eventually(async () => {
    const { body } = await house.api.get<List<Conversation>>(`/conversations?channelId=${channelId}`);
    expect(body.items).toHaveLength(1);
    return body.items[0]!;
  });
const messagesOf = async (id: string) =>
  (await house.api.all<Message>(`/conversations/${id}/messages`)).filter(({ kind }) => kind === 'message');
const messagesEventually = (id: string, texts: string[]) =>
  eventually(async () => {
    const messages = await messagesOf(id);
    expect(messages.map(({ text }) => text)).toEqual(texts);
    return messages;
  });

test('a mail becomes a conversation, an agent takes and answers it, and the answer and the next mail thread', async () => {
  await outside.deliver(mail({ subject: 'Brass lamp', text: 'Is the brass lamp back?', messageId: '<first@customer.example>' }));
  const conversation = await conversationOn(channels.email);
  expect(conversation).toMatchObject({
    ...{ number: 1, kind: 'email', channelType: 'email', subject: 'Brass lamp', status: 'open', unread: true, assigneeId: null },
    ...{ preview: 'Is the brass lamp back?', messageCount: 1, replyWindow: null, contact: { name: 'Ada Moss' } },
  });
  expect(conversation.waitingSince).not.toBeNull();

  const taken = await house.api.put<Conversation>(`/conversations/${conversation.id}/assignment`, { assigneeId: house.api.me.id });
  expect([taken.status, taken.body.assigneeId]).toEqual([200, house.api.me.id]);

  const reply = await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Yes, two are left.' });
  expect(reply.status).toBe(202);
  expect(reply.body).toMatchObject({ kind: 'message', direction: 'outbound', delivery: { state: 'queued', error: null } });

  const sent = await eventually(async () => {
    expect(outside.smtp.messages).toHaveLength(1);
    return outside.smtp.messages[0]!;
  });
  expect(sent.envelope.to).toEqual(['ada@customer.example']);
  expect(header(sent.raw, 'In-Reply-To')).toBe('<first@customer.example>');
  expect(header(sent.raw, 'References')).toContain('<first@customer.example>');
  expect(header(sent.raw, 'Subject')).toBe('Re: Brass lamp');
  await eventually(async () => expect((await messagesOf(conversation.id)).at(-1)?.delivery?.state).toBe('sent'));

  const answered = header(sent.raw, 'Message-ID')!;
  await outside.deliver(
    mail({ subject: 'Re: Brass lamp', text: 'I take both.', inReplyTo: answered, references: ['<first@customer.example>', answered] }),
  );
  const messages = await messagesEventually(conversation.id, ['Is the brass lamp back?', 'Yes, two are left.', 'I take both.']);
  expect(messages.at(-1)?.placedBy?.rule).toBe('in-reply-to');
  expect(await house.api.all(`/conversations?channelId=${channels.email}`)).toHaveLength(1);
});

test('a signed Messenger webhook becomes a conversation, and the answer leaves over the Graph API and comes back as no second message', async () => {
  const ada = outside.meta.customer('Ada Moss');
  outside.meta.customerWrites(outside.page, ada, '¿Taller 1/2 abierto? 😀');
  const conversation = await conversationOn(channels.facebook);
  expect(conversation).toMatchObject({
    kind: 'dm',
    channelType: 'facebook',
    preview: '¿Taller 1/2 abierto? 😀',
    replyWindow: { open: true, mode: 'standard' },
  });

  await house.api.put<Conversation>(`/conversations/${conversation.id}/assignment`, { assigneeId: house.api.me.id });
  const reply = await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Sí, hasta las 18 h.' });
  expect(reply.status).toBe(202);
  await eventually(async () => expect(outside.meta.sentTo(ada).map(({ text }) => text)).toEqual(['Sí, hasta las 18 h.']));

  outside.meta.customerWrites(outside.page, ada, 'Gracias');
  await messagesEventually(conversation.id, ['¿Taller 1/2 abierto? 😀', 'Sí, hasta las 18 h.', 'Gracias']);
  await outside.meta.settled();
  await eventually(async () => {
    const messages = await messagesEventually(conversation.id, ['¿Taller 1/2 abierto? 😀', 'Sí, hasta las 18 h.', 'Gracias']);
    expect(messages[1]?.delivery?.state).toBe('delivered');
  });
  expect(await house.api.all(`/conversations?channelId=${channels.facebook}`)).toHaveLength(1);
});

test('an Instagram message is answered through the same account', async () => {
  const bo = outside.meta.customer('Bo Lind');
  outside.meta.customerWrites(outside.instagram, bo, 'hola');
  const conversation = await conversationOn(channels.instagram);
  await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Hola Bo' });
  await eventually(async () => expect(outside.meta.sentTo(bo).map(({ text }) => text)).toEqual(['Hola Bo']));
  await outside.meta.settled();
  const messages = await messagesEventually(conversation.id, ['hola', 'Hola Bo']);
  expect(messages[1]?.author).toMatchObject({ type: 'agent', id: house.api.me.id });
});

test('a colleague who answers in the platform’s own app is seen, without an author of ours', async () => {
  const cy = outside.meta.customer('Cy Dahl');
  outside.meta.customerWrites(outside.page, cy, 'Do you ship?');
  const conversation = await eventually(async () => {
    const { body } = await house.api.get<List<Conversation>>(`/conversations?channelId=${channels.facebook}&q=ship`);
    expect(body.items).toHaveLength(1);
    return body.items[0]!;
  });
  outside.meta.nativeReply(outside.page, cy, 'We do, worldwide.');
  const messages = await messagesEventually(conversation.id, ['Do you ship?', 'We do, worldwide.']);
  expect(messages[1]).toMatchObject({ direction: 'outbound', author: { type: 'agent', id: null }, delivery: null });
  const { body } = await house.api.get<Conversation>(`/conversations/${conversation.id}`);
  expect(body.waitingSince).toBeNull();
});
