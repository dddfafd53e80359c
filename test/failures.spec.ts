import { Api, type Channel, type Conversation, type Delivery, type Message } from './api.js';
import { eventually } from './house.js';
import { MailHouse } from './mail-house.js';
import { gone, report } from './mail-reports.js';
import { header } from './outside.js';

interface Counts {
  attention: number;
  mine: number;
  byKind: Record<string, number>;
}
interface Refused {
  refused: Array<{ id: string; reason: string }>;
}
type Retried = Refused & { retried: string[] };
type Dismissed = Refused & { dismissed: string[] };

let inbox: MailHouse;
let bo: Api;
let pageId: string;

beforeAll(async () => {
  inbox = await MailHouse.open();
  const colleague = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'another long password', role: 'agent' };
  expect((await inbox.api.post('/users', colleague)).status).toBe(201);
  bo = await Api.signIn(inbox.house.url, colleague.email, colleague.password);
  const page = await inbox.api.post<Channel>('/channels', inbox.outside.facebookChannel());
  expect(page.status).toBe(201);
  pageId = page.body.id;
  await inbox.outside.meta.subscribe({ callbackUrl: `${inbox.house.url}/webhooks/meta` });
}, 60_000);
beforeEach(() => inbox.outside.smtp.behave('accept'));
afterAll(() => inbox?.close(), 30_000);

const addressOf = (name: string) => `${name.toLowerCase()}@customer.example`;
const asks = (name: string) => inbox.arrives({ from: `${name} <${addressOf(name)}>`, subject: `Lamp for ${name}`, text: `${name} asks.` });
/** Their name comes after their message. */
const chats = async (name: string) => {
  inbox.outside.meta.customerWrites(inbox.outside.page, inbox.outside.meta.customer(name), `${name} asks.`);
  const conversation = await inbox.with(`${name} asks.`);
  await eventually(async () => expect((await inbox.get(conversation)).contact.name).toBe(name));
  return conversation;
};
/** Bo answers and closes: somebody who believes that it arrives. */
const answer = async ({ id }: { id: string }, text: string, more: object = {}) => {
  const { status, body } = await bo.post<Message>(`/conversations/${id}/replies`, { text, then: 'close', ...more });
  expect([status, body]).toMatchObject([202, {}]);
  return body;
};
const inTrouble = (query = '') => bo.all<Delivery>(`/deliveries?attention=true${query}`);
const troubleOf = ({ id }: { id: string }) =>
  eventually(async () => {
    const item = (await inTrouble()).find(({ conversationId }) => conversationId === id);
    expect(item).toBeDefined();
    return item!;
  }, 25_000);
const lines = async (conversation: { id: string }) =>
  (await inbox.messages(conversation)).filter(({ kind, author }) => kind === 'event' && author.type === 'system').map(({ text }) => text);
const counts = async (api = bo) => (await api.get<Counts>('/deliveries/counts')).body;
const sentIn = async (conversation: { id: string }) =>
  (await inbox.messages(conversation)).flatMap(({ delivery }) => (delivery ? [delivery.state.replace('delivered', 'sent')] : []));
const mailsTo = (name: string) => inbox.outside.smtp.messages.filter(({ envelope }) => envelope.to.includes(addressOf(name)));
/** What the server has taken of a conversation, told by its bounce. */
const bounces = async (name: string, recipient = addressOf(name)) => {
  const sent = await eventually(async () => {
    expect(mailsTo(name)).toHaveLength(1);
    return mailsTo(name)[0]!;
  });
  await inbox.deliver(report(header(sent.raw, 'Message-ID')!, [gone(recipient)]));
};
const never = (name: string) => inbox.outside.smtp.behave({ refuse: [addressOf(name)] });

interface Way {
  kind: string;
  state: string;
  says: RegExp;
  then: RegExp;
  asked?: (name: string) => Promise<Conversation>;
  more?: object;
  before?: (name: string) => void;
  after?: (name: string, reply: Message) => Promise<void>;
}

const ways: Array<[title: string, name: string, way: Way]> = [
  [
    'a bounce',
    'Ada',
    {
      ...{
        kind: 'bounced',
        state: 'failed',
        says: /^Bo’s reply did not reach the customer\. There is no such mailbox/,
        then: /another address/,
      },
      after: (name) => bounces(name),
    },
  ],
  [
    'a recipient whom the server refuses',
    'Ben',
    {
      kind: 'refused',
      state: 'failed',
      says: /^Bo’s reply did not reach the customer\. .*no such mailbox/,
      then: /address/,
      before: never,
    },
  ],
  [
    'one of several who did not get it',
    'Cem',
    {
      ...{ kind: 'bounced', state: 'sent', says: /^Bo’s reply did not reach everybody it was for\. away@/, then: /another address/ },
      more: { cc: ['away@customer.example'] },
      after: (name) => bounces(name, 'away@customer.example'),
    },
  ],
  [
    'attempts that were all in vain',
    'Dov',
    {
      ...{ kind: 'unavailable', state: 'failed', says: /^Bo’s reply did not reach the customer\. .*Greylisted/, then: /admin|again/ },
      before: (name) => inbox.outside.smtp.behave({ defer: [addressOf(name)] }),
      async after(_, { id }) {
        await eventually(async () => {
          const delivery = (await bo.all<Delivery>('/deliveries?state=queued')).find(({ messageId }) => messageId === id);
          expect(delivery).toMatchObject({ attempts: 1, troubleSince: null });
        });
        await inbox.sql(`UPDATE delivery SET attempts = 99, next_attempt_at = '2020-01-01 00:00:00.000' WHERE message_id = '${id}'`);
      },
    },
  ],
  [
    'a server that hangs up after it has the mail',
    'Eva',
    {
      ...{ kind: 'unknown', state: 'uncertain', says: /^Nobody knows whether Bo’s reply reached the customer\./, then: /twice/ },
      before: () => inbox.outside.smtp.behave('drop-after-data'),
    },
  ],
  [
    'a dead token',
    'Fay',
    {
      ...{ kind: 'auth', state: 'failed', says: /^Bo’s reply did not reach the customer\./, then: /reconnect/ },
      asked: chats,
      before: () => inbox.outside.meta.killToken(inbox.outside.page, 'password-changed'),
    },
  ],
];

test.each(ways)('%s is shown with the reason and what to do, and the conversation comes back to who answered', async (_, name, way) => {
  const conversation = await (way.asked ?? asks)(name);
  const total = await counts();
  way.before?.(name);
  const reply = await answer(conversation, `Dear ${name}`, way.more);
  await way.after?.(name, reply);
  const item = await troubleOf(conversation);
  const { number, subject, channelType, kind, contact } = await inbox.get(conversation);
  expect(item).toMatchObject({
    ...{ messageId: reply.id, state: way.state, troubleSince: expect.any(String), preview: `Dear ${name}` },
    ...{ error: { kind: way.kind, action: expect.stringMatching(way.then) }, author: { id: bo.me.id, name: 'Bo' } },
    conversation: { number, subject, channelType, kind, contactName: contact.name },
  });
  expect(await inbox.get(conversation)).toMatchObject({ status: 'open', unread: true, assigneeId: bo.me.id });
  expect(await lines(conversation)).toEqual([expect.stringMatching(way.says)]);
  expect(await counts()).toEqual({
    attention: total.attention + 1,
    mine: total.mine + 1,
    byKind: { ...total.byKind, [way.kind]: (total.byKind[way.kind] ?? 0) + 1 },
  });
});

test('the list is narrowed by kind, channel, author and state, and read page by page, the latest trouble first', async () => {
  const all = await inTrouble();
  expect(all.map(({ conversation }) => conversation.contactName).toSorted()).toEqual(ways.map(([, name]) => name));
  const since = all.map(({ troubleSince }) => troubleSince!);
  expect(since).toEqual(since.toSorted().reverse());
  const names = async (query: string) => (await inTrouble(query)).map(({ conversation }) => conversation.contactName).toSorted();
  expect(await names('&kind=bounced')).toEqual(['Ada', 'Cem']);
  expect(await names(`&channelId=${pageId}`)).toEqual(['Fay']);
  expect(await names('&state=uncertain,sent')).toEqual(['Cem', 'Eva']);
  expect(await names('&mine=true&kind=auth')).toEqual(['Fay']);
  expect(await inbox.api.all('/deliveries?attention=true&mine=true')).toEqual([]);
  expect(await counts(inbox.api)).toMatchObject({ attention: all.length, mine: 0 });
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: { items: Delivery[]; nextCursor: string | null } } = await bo.get(
      `/deliveries?attention=true&limit=2${cursor && `&cursor=${cursor}`}`,
    );
    paged.push(...body.items.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  expect(paged).toEqual(all.map(({ id }) => id));
  expect((await bo.get('/deliveries?attention=true&kind=nonsense')).status).toBe(422);
});

test('with the channel connected again, all that failed for it is sent at one word, once', async () => {
  const pageAccessToken = inbox.outside.meta.renewToken(inbox.outside.page);
  expect((await inbox.api.patch(`/channels/${pageId}`, { settings: { pageAccessToken } })).status).toBe(200);
  const { status, body } = await bo.post<Retried>('/deliveries/retry', { filter: { kind: 'auth', channelId: pageId } });
  expect([status, body.retried.length, body.refused]).toEqual([202, 1, []]);
  const heard = () => inbox.outside.meta.sentTo(inbox.outside.meta.customer('Fay')).map(({ text }) => text);
  await eventually(async () => expect(heard()).toEqual(['Dear Fay']), 25_000);
  expect(await inTrouble('&kind=auth')).toEqual([]);
  expect((await counts()).byKind).not.toHaveProperty('auth');
  expect((await bo.post<Retried>('/deliveries/retry', { filter: { kind: 'auth' } })).body).toEqual({ retried: [], refused: [] });
});

test('what needs nothing more is dismissed once, stays as it is, and the conversation says who decided so', async () => {
  const [uncertain] = await inTrouble('&state=uncertain');
  const stranger = uncertain!.conversationId;
  const { status, body } = await bo.post<Dismissed>('/deliveries/dismiss', { ids: [uncertain!.id, stranger] });
  expect([status, body]).toEqual([200, { dismissed: [uncertain!.id], refused: [{ id: stranger, reason: 'There is no such delivery.' }] }]);
  expect(await inTrouble('&state=uncertain')).toEqual([]);
  const again = await inbox.api.post<Dismissed>('/deliveries/dismiss', { ids: [uncertain!.id] });
  expect(again.body).toMatchObject({ dismissed: [], refused: [{ id: uncertain!.id }] });
  const messages = await inbox.messages({ id: uncertain!.conversationId });
  expect(messages.at(-1)).toMatchObject({ kind: 'event', author: { name: 'Bo' }, text: expect.stringMatching(/^Bo settled the reply/) });
  expect(messages.find(({ id }) => id === uncertain!.messageId)?.delivery).toMatchObject({ state: 'uncertain', troubleSince: null });
  // Taken back it waits as before, and is dismissed again.
  const back = () => bo.post<{ restored: string[] }>('/deliveries/restore', { ids: [uncertain!.id] });
  expect(await back()).toMatchObject({ status: 200, body: { restored: [uncertain!.id], refused: [] } });
  expect(await back()).toMatchObject({ status: 200, body: { restored: [], refused: [{ id: uncertain!.id }] } });
  expect(await inTrouble('&state=uncertain')).toMatchObject([{ id: uncertain!.id, troubleSince: expect.any(String) }]);
  expect((await inbox.api.post<Dismissed>('/deliveries/dismiss', { ids: [uncertain!.id] })).body.dismissed).toEqual([uncertain!.id]);
  // A filter is for what failed and waits: nobody sends again what others have settled, or what may have arrived.
  expect((await bo.post<Retried>('/deliveries/retry', { filter: { kind: 'unknown' } })).body.retried).toEqual([]);
});

test('of several agents who send the same again one does, and the mail leaves once', async () => {
  const [failed] = await inTrouble('&kind=unavailable');
  const retry = (api: Api) => api.post<Retried>('/deliveries/retry', { ids: [failed!.id] });
  const answers = await Promise.all([retry(bo), retry(inbox.api), retry(bo), retry(inbox.api)]);
  expect(answers.flatMap(({ body }) => body.retried)).toEqual([failed!.id]);
  expect(answers.flatMap(({ body }) => body.refused)).toHaveLength(3);
  await eventually(async () => expect(await sentIn({ id: failed!.conversationId })).toEqual(['sent']));
  expect(mailsTo('Dov')).toHaveLength(1);
});

test('of sending again and dismissing at the same moment the later one knows of the earlier: what was sent again is not dismissed, what was dismissed may be sent again', async () => {
  const name = 'Gus';
  const conversation = await asks(name);
  for (let round = 1; round <= 5; round++) {
    never(name);
    await answer(conversation, `Round ${round}`);
    const { id } = await troubleOf(conversation);
    inbox.outside.smtp.behave('accept');
    const before = mailsTo(name).length;
    const [retry, dismissal] = await Promise.all([
      bo.post<Retried>('/deliveries/retry', { ids: [id] }),
      inbox.api.post<Dismissed>('/deliveries/dismiss', { ids: [id] }),
    ]);
    const refusals = retry.body.refused.length + dismissal.body.refused.length;
    const isBoth = retry.body.retried.length + dismissal.body.dismissed.length === 2;
    expect([refusals, new Set([...retry.body.retried, ...dismissal.body.dismissed])]).toEqual([isBoth ? 0 : 1, new Set([id])]);
    await eventually(async () => expect(mailsTo(name)).toHaveLength(before + retry.body.retried.length));
    expect(await inTrouble(`&kind=refused`)).not.toContainEqual(expect.objectContaining({ id }));
  }
});

test('whom a colleague works for keeps that colleague; one that was closed goes to who answered', async () => {
  const [open, closed] = [await asks('Hal'), await asks('Ida')];
  for (const { id } of [open, closed]) await inbox.api.put(`/conversations/${id}/assignment`, { assigneeId: inbox.api.me.id });
  inbox.outside.smtp.behave({ refuse: ['Hal', 'Ida'].map(addressOf) });
  await answer(open, 'Dear Hal', { then: 'pending' });
  await answer(closed, 'Dear Ida');
  for (const conversation of [open, closed]) await troubleOf(conversation);
  expect(await inbox.get(open)).toMatchObject({ status: 'open', unread: true, assigneeId: inbox.api.me.id });
  expect(await inbox.get(closed)).toMatchObject({ status: 'open', unread: true, assigneeId: bo.me.id });
});

test('a hundred and more that failed are sent again at one word, each conversation in its order', async () => {
  const names = ['Jan', 'Joe', 'Joy', 'Jim', 'Jon', 'Jil'];
  const texts = Array.from({ length: 18 }, (_, n) => `Answer number ${n}.`);
  const conversations: Conversation[] = [];
  for (const name of names) conversations.push(await asks(name));
  // Planned, so that none leaves; then all have failed, as an outage of days leaves them.
  const sendAt = new Date(Date.now() + 3_600_000);
  for (const conversation of conversations) for (const text of texts) await answer(conversation, text, { sendAt });
  const failed = `state = 'failed', error_kind = 'refused', error_message = 'No', next_attempt_at = NULL, trouble_at = updated_at`;
  await inbox.sql(`UPDATE delivery SET ${failed} WHERE state = 'queued' AND attempts = 0 AND fence = 0`);
  const states = async () => (await Promise.all(conversations.map(sentIn))).flat();
  const filter = { kind: 'refused', mine: true, channelId: inbox.channelId };
  const { body } = await bo.post<Retried>('/deliveries/retry', { filter });
  expect(body.refused).toEqual([]);
  const ids = new Set(conversations.map(({ id }) => id));
  const ours = (await bo.all<Delivery>('/deliveries')).filter(({ conversationId }) => ids.has(conversationId));
  expect(ours.map(({ id }) => id).filter((id) => !body.retried.includes(id))).toEqual([]);
  await eventually(async () => expect(await states()).toEqual(names.flatMap(() => texts.map(() => 'sent'))), 240_000);
  for (const name of names) expect(mailsTo(name).map(({ raw }) => /Answer number \d+\./.exec(raw.toString())![0])).toEqual(texts);
}, 300_000);

test('a reply that was to leave at once goes before later ones, also if the clock was put back since it was written', async () => {
  const conversation = await asks('Pia');
  await answer(conversation, 'Answer number 1.', { sendAt: new Date(Date.now() + 3_600_000) });
  // As if it had been written by a clock that was an hour ahead.
  await inbox.sql(`UPDATE delivery SET updated_at = next_attempt_at WHERE state = 'queued' AND attempts = 0`);
  await answer(conversation, 'Answer number 2.');
  const heard = () => mailsTo('Pia').map(({ raw }) => /Answer number \d+\./.exec(raw.toString())![0]);
  await eventually(async () => expect(heard()).toEqual(['Answer number 1.', 'Answer number 2.']), 30_000);
}, 60_000);

test('an automatic answer that comes back is listed, and reopens nothing', async () => {
  const settings = { autoAnswer: 'We have your mail.' };
  expect((await inbox.api.patch<Channel>(`/channels/${inbox.channelId}`, { settings })).status).toBe(200);
  const conversation = await asks('Kim');
  await inbox.api.patch(`/conversations/${conversation.id}`, { status: 'closed' });
  await bounces('Kim');
  expect(await troubleOf(conversation)).toMatchObject({ author: null, error: { kind: 'bounced' }, preview: 'We have your mail.' });
  expect(await inbox.get(conversation)).toMatchObject({ status: 'closed', assigneeId: null });
  expect(await lines(conversation)).toEqual([]);
  expect((await inbox.api.patch<Channel>(`/channels/${inbox.channelId}`, { settings: { autoAnswer: '' } })).status).toBe(200);
});

test('what failed on a channel that was removed since is refused with that reason, and can be dismissed', async () => {
  const conversation = await asks('Lou');
  never('Lou');
  await answer(conversation, 'Dear Lou');
  const { id } = await troubleOf(conversation);
  expect((await inbox.api.delete(`/channels/${inbox.channelId}`)).status).toBe(204);
  const { body } = await bo.post<Retried>('/deliveries/retry', { filter: { channelId: inbox.channelId } });
  expect(body.retried).toEqual([]);
  expect(body.refused).toContainEqual({ id, reason: expect.stringContaining('was removed') });
  expect((await bo.post<Dismissed>('/deliveries/dismiss', { ids: [id] })).body.dismissed).toEqual([id]);
  expect((await bo.post('/deliveries/retry', {})).status).toBe(400);
  expect((await bo.post('/deliveries/retry', { ids: [id], filter: {} })).status).toBe(400);
});
