import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation, Message, Problem } from './api.js';
import { eventually } from './house.js';
import { MetaHouse } from './meta-house.js';

let house: MetaHouse;

beforeAll(async () => {
  house = await MetaHouse.open();
}, 60_000);
afterAll(() => house?.close(), 30_000);

type Post = ReturnType<MetaHouse['meta']['addPost']>;
const customer = (name: string) => house.meta.customer(name);
const newPost = (text: string) => house.meta.addPost(house.page, { text });

async function customerComments(post: Post, name: string, text: string) {
  const id = house.meta.customerComments(post.account, post, customer(name), text);
  return { id, ...(await house.arrived(id)) };
}

const moderate = (messageId: string, action: string) => house.api.post<Message>(`/messages/${messageId}/moderate`, { action });
const below = (post: Post) => house.meta.commentsOf(post).map(({ text }) => text);

test('a comment is answered publicly, under itself, and our answer comes back as no second message', async () => {
  const post = newPost('New lamps');
  const { conversation } = await customerComments(post, 'Ada', 'How much?');
  expect(conversation).toMatchObject({ kind: 'comment', replyWindow: null, privateReply: { open: true } });
  const preview = await house.api.get(`/conversations/${conversation.id}/reply-preview`);
  expect(preview.body).toMatchObject({ to: ['Ada'], mode: 'public' });

  const reply = await house.reply(conversation.id, { text: '49 euros' });
  expect(reply.mode).toBe('public');
  await house.deliveries(conversation.id, ['sent']);
  expect(below(post)).toEqual(['How much?', '49 euros']);
  await house.meta.settled();
  const messages = await house.messages(conversation.id);
  expect(messages.map(({ text, mode }) => [text, mode])).toEqual([
    ['How much?', null],
    ['49 euros', 'public'],
  ]);
  expect(messages[1]!.replyToMessageId).toBe(messages[0]!.id);
  expect(await house.api.all<Conversation>('/conversations')).toHaveLength(1);
});

test('a comment is answered privately once; what the customer answers lands in the chat that this opened', async () => {
  const post = newPost('Brass lamps');
  const { conversation, message } = await customerComments(post, 'Bo', 'Where is my order?');
  const reply = await house.reply(conversation.id, { text: 'Which number does it have?', mode: 'private' });
  expect(reply.mode).toBe('private');
  const path = `/conversations/${conversation.id}/replies`;
  const second = await house.api.post<Problem>(path, { text: 'And your name?', mode: 'private' });
  expect([second.status, second.body.detail]).toEqual([422, expect.stringContaining('once')]);
  await house.deliveries(conversation.id, ['sent']);
  expect(house.meta.sentTo(customer('Bo')).map(({ text }) => text)).toEqual(['Which number does it have?']);

  const after = await house.conversation(conversation.id);
  expect(after.privateReply).toMatchObject({ open: false });
  expect((await house.messages(conversation.id)).find(({ id }) => id === message.id)!.answeredPrivately).toBe(true);
  expect(after.links).toMatchObject([{ reason: 'private-reply' }]);
  const chatId = after.links[0]!.conversationId;
  const chat = await house.conversation(chatId);
  expect(chat).toMatchObject({ kind: 'dm', contact: { id: conversation.contact.id }, replyWindow: { open: false } });
  expect((await house.lines(chatId)).join()).toContain('Which number does it have?');
  expect((await house.lines(conversation.id)).join()).toContain(`conversation ${chat.number}`);

  const answer = await house.arrived(house.meta.customerWrites(house.page, customer('Bo'), 'Number 17'));
  expect(answer.conversation).toMatchObject({ id: chatId, replyWindow: { open: true } });
  await house.reply(chatId, { text: 'On its way' });
  await eventually(async () => expect(house.meta.sentTo(customer('Bo')).at(-1)!.text).toBe('On its way'));
});

test('a private answer goes into the chat that is there already', async () => {
  const { conversation: chat } = await house.arrived(house.meta.customerWrites(house.page, customer('Cy'), 'Hello'));
  const { conversation } = await customerComments(newPost('Old lamps'), 'Cy', 'Hello again');
  await house.reply(conversation.id, { text: 'Hello Cy', mode: 'private' });
  await eventually(async () => {
    const { links } = await house.conversation(conversation.id);
    expect(links.map(({ conversationId }) => conversationId)).toEqual([chat.id]);
  });
});

test('the one private answer is given back when it fails for another reason or is taken back, and stays used when the platform says so', async () => {
  const { id, conversation } = await customerComments(newPost('Lamps'), 'Di', 'Help');
  const path = `/conversations/${conversation.id}/replies`;
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const planned = await house.reply(conversation.id, { text: 'Later', mode: 'private', sendAt });
  expect((await house.api.post(path, { text: 'Now', mode: 'private' })).status).toBe(422);
  expect((await house.api.delete(`/messages/${planned.id}`)).status).toBe(204);

  house.meta.behave({ code: 100, message: 'Invalid parameter' });
  await house.reply(conversation.id, { text: 'First', mode: 'private' });
  const [failed] = await house.deliveries(conversation.id, ['failed']);
  expect((await house.conversation(conversation.id)).privateReply).toMatchObject({ open: true });

  house.meta.nativePrivateReply(house.page, id, 'From the app');
  expect((await house.api.post(`/messages/${failed!.id}/retry`)).status).toBe(202);
  await eventually(async () => {
    const [again] = await house.deliveries(conversation.id, ['failed']);
    expect(again!.delivery!.error).toMatchObject({ code: expect.stringContaining('10900') });
  });
  expect((await house.conversation(conversation.id)).privateReply).toMatchObject({ open: false });
  expect((await house.api.post(path, { text: 'Once more', mode: 'private' })).status).toBe(422);
  expect((await house.api.post(`/messages/${failed!.id}/retry`)).status).toBe(422);
});

test('a comment is hidden and shown again, liked and not, and deleted, and it shows', async () => {
  const post = newPost('Cheap lamps');
  const { id, conversation, message } = await customerComments(post, 'Ed', 'Buy at lamps.example!');
  expect(message.moderation.toSorted()).toEqual(['delete', 'hide', 'like']);
  const there = () => house.meta.comment(id)!;

  const [one, other] = await Promise.all([moderate(message.id, 'hide'), moderate(message.id, 'hide')]);
  expect([one.status, other.status, one.body.hidden, there().hidden]).toEqual([200, 200, true, true]);
  expect(one.body.moderation).toContain('unhide');
  expect((await moderate(message.id, 'unhide')).body.hidden).toBe(false);
  expect((await moderate(message.id, 'like')).body.liked).toBe(true);
  expect(there().likes.size).toBe(1);
  expect((await moderate(message.id, 'unlike')).body.liked).toBe(false);

  const deleted = await moderate(message.id, 'delete');
  expect(deleted.body).toMatchObject({ text: '', moderation: [], deletedAt: expect.any(String) });
  expect(there().removedAt).not.toBeNull();
  expect((await moderate(message.id, 'hide')).status).toBe(422);
  expect((await moderate(message.id, 'delete')).status).toBe(200);
  await house.meta.settled();
  const lines = await house.lines(conversation.id);
  expect(lines.filter((line) => line.endsWith('hid a comment')).length).toBeGreaterThan(0);
  expect(lines.at(-1)).toMatch(/deleted a comment$/);
  expect(await house.conversation(conversation.id)).toMatchObject({
    replyWindow: { open: false, reason: expect.stringContaining('no longer there') },
    privateReply: { open: false },
  });
  expect((await house.api.post(`/conversations/${conversation.id}/replies`, { text: 'Sorry' })).status).toBe(422);
});

test('what a comment said when something was done to it is not kept for who asks again with the same key', async () => {
  const { message } = await customerComments(newPost('Dear lamps'), 'Eve', 'My number is 017');
  const like = () => house.api.post<Message>(`/messages/${message.id}/moderate`, { action: 'like' }, { 'idempotency-key': 'once' });
  const [first, again] = [await like(), await like()];
  expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, null]);
});

test('our own public answer can be deleted, and nothing else be done to it', async () => {
  const post = newPost('Table lamps');
  const { conversation } = await customerComments(post, 'Flo', 'Colours?');
  await house.reply(conversation.id, { text: 'Rde and blue' });
  const [ours] = await house.deliveries(conversation.id, ['sent']);
  expect(ours!.moderation).toEqual(['delete']);
  expect((await moderate(ours!.id, 'hide')).status).toBe(422);
  expect((await moderate(ours!.id, 'delete')).status).toBe(200);
  expect(house.meta.comment(ours!.externalId!)!.removedAt).not.toBeNull();
});

test('what the platform refuses is told in its words', async () => {
  const { id, message } = await customerComments(newPost('Desk lamps'), 'Gus', 'Hm');
  house.meta.customerDeletesComment(id);
  const { status, body } = await house.api.post<Problem>(`/messages/${message.id}/moderate`, { action: 'like' });
  expect([200, 422]).toContain(status);
  if (status === 422) expect(body.detail.length).toBeGreaterThan(20);
  await eventually(async () => expect((await house.arrived(id)).message.deletedAt).not.toBeNull());
  expect((await moderate(message.id, 'hide')).status).toBe(422);
});

test('public and private are for comments alone', async () => {
  const { conversation } = await house.arrived(house.meta.customerWrites(house.page, customer('Hal'), 'Hi'));
  const { status, body } = await house.api.post<Problem>(`/conversations/${conversation.id}/replies`, { text: 'Hi', mode: 'public' });
  expect([status, body.errors[0]!.path]).toEqual([422, 'mode']);
});

test('on Instagram, too, a comment is hidden, and answered publicly and privately', async () => {
  const { instagram } = house.outside;
  const post = house.meta.addPost(instagram, { text: 'Glow' });
  const { id, conversation, message } = await customerComments(post, 'Ivy', 'how much?');
  expect((await moderate(message.id, 'hide')).body.hidden).toBe(true);
  expect(house.meta.comment(id)!.hidden).toBe(true);
  await house.reply(conversation.id, { text: '49 euros' });
  await house.reply(conversation.id, { text: 'Shall we send you one?', mode: 'private' });
  await house.deliveries(conversation.id, ['sent', 'sent']);
  expect(below(post)).toEqual(['how much?', '49 euros']);
  const { links } = await house.conversation(conversation.id);
  const answer = await house.arrived(house.meta.customerWrites(instagram, customer('Ivy'), 'yes'));
  expect(links).toMatchObject([{ conversationId: answer.conversation.id, reason: 'private-reply' }]);
  await house.meta.settled();
  expect((await house.messages(conversation.id)).map(({ text }) => text)).toEqual(['how much?', '49 euros', 'Shall we send you one?']);
});

test('an answer too long for a comment is refused, and so is the text that hangs over a private answer', async () => {
  const post = house.meta.addPost(house.outside.instagram, { text: 'Long' });
  const { conversation } = await customerComments(post, 'Jo', 'tell me all');
  const path = `/conversations/${conversation.id}/replies`;
  for (const mode of ['public', 'private']) {
    const { status, body } = await house.api.post<Problem>(path, { text: 'lamp '.repeat(2_000), mode });
    expect([status, body.detail]).toEqual([422, expect.stringContaining('too long')]);
  }
  expect(await house.messages(conversation.id)).toHaveLength(1);
});

test('comments whose webhooks come in the wrong order, and tell no time of theirs, stand in the order in which they were written', async () => {
  const { meta, outside } = house;
  const post = meta.addPost(outside.instagram, { text: 'Tall' });
  const { conversation } = await customerComments(post, 'Lou', 'how tall?');
  meta.hold();
  for (const text of ['with the foot', 'and the shade']) {
    await sleep(1_100);
    meta.customerComments(post.account, post, customer('Lou'), text);
  }
  await meta.release([1, 0]);
  await eventually(async () => {
    const written = (await house.messages(conversation.id)).map(({ text }) => text);
    expect(written).toEqual(['how tall?', 'with the foot', 'and the shade']);
  });
  expect(await house.conversation(conversation.id)).toMatchObject({ preview: 'and the shade', messageCount: 3 });
});

test('a private answer of which nobody knows whether it arrived is recognised in its chat, and goes on there', async () => {
  const { meta, outside } = house;
  const { instagram } = outside;
  const { conversation } = await customerComments(meta.addPost(instagram, { text: 'Dim' }), 'Kai', 'how bright?');
  meta.behave('deliver-then-drop');
  await house.reply(conversation.id, { text: '800 lumens', mode: 'private' });
  await eventually(async () => expect(meta.sentTo(customer('Kai')).map(({ text }) => text)).toEqual(['800 lumens']));
  // From now on the platform cannot be asked.
  meta.killToken(instagram, 'password-changed');
  await house.deliveries(conversation.id, ['sent']);
  await meta.settled();
  const { links } = await house.conversation(conversation.id);
  expect(links).toMatchObject([{ reason: 'private-reply' }]);
  expect(await house.messages(links[0]!.conversationId)).toEqual([]);
  expect(await house.lines(links[0]!.conversationId)).toEqual([expect.stringContaining('800 lumens')]);
  const answer = await house.arrived(meta.customerWrites(instagram, customer('Kai'), 'enough'));
  expect(answer.conversation.id).toBe(links[0]!.conversationId);
}, 60_000);
