import type { components } from '../web/src/api/schema.js';
import type { Conversation, Message } from './api.js';
import { eventually } from './house.js';
import { MailHouse } from './mail-house.js';

type Attempts = components['schemas']['AttemptList'];

let inbox: MailHouse;
beforeAll(async () => {
  inbox = await MailHouse.open();
}, 60_000);
beforeEach(() => inbox.outside.smtp.behave('accept'));
afterAll(() => inbox?.close(), 30_000);

let count = 0;
const asked = () => inbox.arrives({ from: `Ada <ada${++count}@customer.example>`, subject: `Lamp ${count}`, text: `Question ${count}` });
const reply = async ({ id }: Conversation) => {
  const { status, body } = await inbox.api.post<Message>(`/conversations/${id}/replies`, { text: 'On its way' });
  expect(status).toBe(202);
  return body.id;
};
const settled = (conversation: Conversation, id: string, state: string) =>
  eventually(async () => {
    const { delivery } = (await inbox.messages(conversation)).find((message) => message.id === id)!;
    expect(delivery?.state).toBe(state);
    return delivery!;
  }, 30_000);
const attemptsOf = async (id: string) => (await inbox.api.get<Attempts>(`/messages/${id}/attempts`)).body.items;

test('each attempt is told with its time and what the server said, oldest first', async () => {
  const conversation = await asked();
  inbox.outside.smtp.behave('try-later');
  const id = await reply(conversation);
  await eventually(async () => expect(await attemptsOf(id)).toHaveLength(1));
  inbox.outside.smtp.behave('accept');
  await settled(conversation, id, 'sent');
  const [first, second] = await attemptsOf(id);
  expect(first).toMatchObject({
    ...{ number: 1, outcome: 'failed', kind: 'unavailable', code: '451 4.3.0', answer: expect.stringContaining('come back later') },
    ...{ committedAt: expect.any(String), nextAttemptAt: expect.any(String) },
  });
  expect(second).toMatchObject({ number: 2, outcome: 'sent', kind: null, code: null, nextAttemptAt: null });
  expect(Date.parse(second!.startedAt)).toBeGreaterThanOrEqual(Date.parse(first!.nextAttemptAt!));
  expect(Date.parse(second!.endedAt)).toBeGreaterThanOrEqual(Date.parse(second!.committedAt!));
});

test('an attempt whose outcome nobody knows says so, and sending again counts anew', async () => {
  const conversation = await asked();
  inbox.outside.smtp.behave('drop-after-data');
  const id = await reply(conversation);
  expect(await settled(conversation, id, 'uncertain')).toMatchObject({ error: { kind: 'unknown' } });
  inbox.outside.smtp.behave('accept');
  expect((await inbox.api.post(`/messages/${id}/retry`)).status).toBe(202);
  await settled(conversation, id, 'sent');
  expect(await attemptsOf(id)).toMatchObject([
    { number: 1, outcome: 'unknown', kind: 'unknown', committedAt: expect.any(String) },
    { number: 1, outcome: 'sent' },
  ]);
});

test('a refusal is kept in the words of the server, and its kind shows with the reply', async () => {
  const conversation = await asked();
  inbox.outside.smtp.behave({ refuse: [`ada${count}@customer.example`] });
  const id = await reply(conversation);
  expect(await settled(conversation, id, 'failed')).toMatchObject({ error: { kind: 'refused', code: '550 5.1.1' } });
  expect(await attemptsOf(id)).toMatchObject([
    { outcome: 'failed', kind: 'refused', code: '550 5.1.1', answer: expect.stringContaining('no such mailbox'), committedAt: null },
  ]);
});

test('a reply that was tried in vain is given back, one that may have arrived is not, however often it is tried again', async () => {
  const tried = await asked();
  inbox.outside.smtp.behave('try-later');
  const kept = await reply(tried);
  await eventually(async () => expect(await attemptsOf(kept)).toHaveLength(1));
  await settled(tried, kept, 'queued');
  expect((await inbox.api.delete(`/messages/${kept}`)).status).toBe(204);
  expect(await inbox.messages(tried)).toHaveLength(1);

  const unknown = await asked();
  inbox.outside.smtp.behave('drop-after-data');
  const risky = await reply(unknown);
  await settled(unknown, risky, 'uncertain');
  inbox.outside.smtp.behave('try-later');
  expect((await inbox.api.post(`/messages/${risky}/retry`)).status).toBe(202);
  await settled(unknown, risky, 'queued');
  expect(await inbox.api.delete(`/messages/${risky}`)).toMatchObject({
    status: 409,
    body: { detail: 'This reply may have reached the customer already and cannot be taken back.' },
  });
});

test('what is no reply has no attempts', async () => {
  const conversation = await asked();
  const [question] = await inbox.messages(conversation);
  expect((await inbox.api.get(`/messages/${question!.id}/attempts`)).status).toBe(404);
});
