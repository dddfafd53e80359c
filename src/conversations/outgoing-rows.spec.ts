import type { User } from '../people/user.entity.js';
import type { Composed } from './composition.service.js';
import type { Conversation } from './conversation.entity.js';
import type { Message } from './message.entity.js';
import { outgoingRows } from './outgoing-rows.js';

const conversation = { id: 'c', channelId: 'ch' } as Conversation;
const author = { id: 'u', name: 'Ada' } as User;
const part = (text: string, ...fileIds: string[]) => ({
  ...{ text, fileIds, deliveryId: `d ${text}` },
  prepared: { externalId: null, envelope: { to: text }, ownKeys: [] },
});
const composed = (parts: Composed['parts'], of: Partial<Composed> = {}): Composed => ({
  mode: null,
  answered: null,
  files: [],
  parts,
  ...of,
});

test('the messages of a reply are in the order of their ids and times, name the first, and only the first bears key and quote', () => {
  const rows = outgoingRows(
    conversation,
    { text: 'one two', replyToMessageId: 'm' },
    author,
    composed([part('one'), part('two'), part('', 'f')]),
    'key',
  );
  const messages = rows.map(({ message }) => message);
  const first = messages[0]!.id;
  expect(messages).toMatchObject([
    { text: 'one', idempotencyKey: 'key', replyToMessageId: 'm', mode: null, envelope: { to: 'one' } },
    { text: 'two', partOf: first, replyToMessageId: null },
    { text: '', partOf: first, replyToMessageId: null },
  ]);
  expect(messages[0]).not.toHaveProperty('partOf');
  expect(messages[1]).not.toHaveProperty('idempotencyKey');
  expect(messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).toSorted());
  const times = messages.map(({ sentAt }) => sentAt.getTime());
  expect(times).toEqual([times[0], times[0]! + 1, times[0]! + 2]);
  expect(rows.map(({ delivery, message }) => delivery.messageId === message.id)).toEqual([true, true, true]);
});

test('an answer to a comment always says which, and a planned one leaves when it is planned for', () => {
  const sendAt = new Date('2026-12-24T08:00:00Z');
  const answered = { id: 'comment' } as Message;
  const [row] = outgoingRows(conversation, { text: 'hi', sendAt }, author, composed([part('hi')], { mode: 'public', answered }), null);
  expect(row).toMatchObject({ message: { replyToMessageId: 'comment', mode: 'public' }, delivery: { nextAttemptAt: sendAt } });
});
