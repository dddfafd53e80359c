import { Api, type Conversation, type List, type Message, type Problem, type ServerEvent, type User } from './api.js';
import { eventually } from './house.js';
import { MessengerHouse } from './messenger-house.js';

let inbox: MessengerHouse;
let api: Api;
let bo: Api;

beforeAll(async () => {
  inbox = await MessengerHouse.open();
  api = inbox.api;
  const colleague = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'another long password', role: 'agent' };
  expect((await api.post('/users', colleague)).status).toBe(201);
  bo = await Api.signIn(inbox.house.url, colleague.email, colleague.password);
}, 60_000);
afterAll(() => inbox?.close(), 30_000);

test('of ten claims at once exactly one gets the conversation, and the others hear who has it', async () => {
  const { id } = await inbox.customerWrites('Claimed', 'Who takes me?');
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      (n % 2 ? api : bo).put<Conversation & Pick<Problem, 'detail'>>(`/conversations/${id}/assignment?ifUnassigned=true`, {
        assigneeId: (n % 2 ? api : bo).me.id,
      }),
    ),
  );
  expect(claims.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = claims.filter(({ status }) => status === 409);
  expect(refused).toHaveLength(9);
  const { body } = await api.get<Conversation>(`/conversations/${id}`);
  const holder = (await api.get<List<User>>('/users')).body.items.find((user) => user.id === body.assigneeId);
  expect(refused[0]!.body.detail).toBe(`${holder?.name} has taken this conversation.`);
  const events = (await inbox.messages(id)).filter(({ kind }) => kind === 'event');
  expect(events.map(({ text }) => text)).toEqual([`${holder?.name} assigned this to themselves`]);
});

test('a change made from an outdated version is refused with 412', async () => {
  const { id } = await inbox.customerWrites('Versioned', 'first');
  const { body: before } = await api.get<Conversation>(`/conversations/${id}`);
  const first = await api.patch(
    `/conversations/${id}`,
    { tags: ['lamp', 'vip', 'lamp'], priority: 'high' },
    { 'if-match': String(before.version) },
  );
  expect(first).toMatchObject({ status: 200, body: { tags: ['lamp', 'vip'], priority: 'high', version: before.version + 1 } });
  const second = await bo.patch(`/conversations/${id}`, { status: 'closed' }, { 'if-match': `"${before.version}"` });
  expect(second).toMatchObject({ status: 412, body: { title: 'Precondition Failed' } });
  expect((await api.get<Conversation>(`/conversations/${id}`)).body.status).toBe('open');
  expect((await api.get<List<Conversation>>('/conversations?tag=vip')).body.items.map((item) => item.id)).toEqual([id]);
});

test('a reply written while the customer wrote again is refused with what is new, and sent when the agent insists', async () => {
  const conversation = await inbox.customerWrites('Fast', 'One lamp please');
  const seen = (await inbox.messages(conversation.id)).at(-1)!.id;
  await inbox.customerWrites('Fast', 'No, two!');
  const path = `/conversations/${conversation.id}/replies`;
  const stale = await api.post<{ messages: Message[] }>(path, { text: 'One lamp it is.', lastSeenMessageId: seen });
  expect(stale.status).toBe(409);
  expect(stale.body.messages.map(({ text }) => text)).toEqual(['No, two!']);
  expect((await api.post(path, { text: 'One lamp it is.', lastSeenMessageId: seen, force: true })).status).toBe(202);
});

test('of two agents who answer the same message at once one is told that the other was faster', async () => {
  const { id } = await inbox.customerWrites('Popular', 'Who is first?');
  const lastSeenMessageId = (await inbox.messages(id)).at(-1)!.id;
  const send = (agent: Api) => agent.post(`/conversations/${id}/replies`, { text: `from ${agent.me.name}`, lastSeenMessageId });
  const answers = await Promise.all([send(api), send(bo)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
});

test('a note stays in the team', async () => {
  const { id } = await inbox.customerWrites('Noted', 'Hm');
  const note = await api.post(`/conversations/${id}/notes`, { text: 'a difficult one' });
  expect(note).toMatchObject({ status: 201, body: { kind: 'note', delivery: null, author: { name: 'admin' } } });
  await inbox.outside.meta.settled();
  expect(inbox.outside.meta.sentTo(inbox.outside.meta.customer('Noted'))).toEqual([]);
});

test('a customer who writes again reopens a closed conversation', async () => {
  const { id } = await inbox.customerWrites('Back', 'Thanks, bye');
  await api.patch(`/conversations/${id}`, { status: 'closed' });
  expect((await api.get<List<Conversation>>('/conversations?status=closed')).body.items).toMatchObject([{ id }]);
  await inbox.customerWrites('Back', 'One more thing');
  expect((await api.get<Conversation>(`/conversations/${id}`)).body).toMatchObject({ status: 'open', unread: true });
});

test('a snoozed conversation comes back at its time, and snoozing needs one', async () => {
  const { id } = await inbox.customerWrites('Sleepy', 'Next week is fine');
  expect((await api.patch(`/conversations/${id}`, { status: 'snoozed' })).status).toBe(422);
  expect((await api.patch(`/conversations/${id}`, { status: 'snoozed', snoozedUntil: '2020-01-01T00:00:00Z' })).status).toBe(422);
  const snoozed = await api.patch(`/conversations/${id}`, { status: 'snoozed', snoozedUntil: new Date(Date.now() + 1_000) });
  expect(snoozed).toMatchObject({ status: 200, body: { status: 'snoozed' } });
  await eventually(async () => {
    const { body } = await api.get<Conversation>(`/conversations/${id}`);
    expect(body).toMatchObject({ status: 'open', snoozedUntil: null, unread: true });
  });
});

test('a reply that waits for its time can be taken back, one that was sent cannot', async () => {
  const { id } = await inbox.customerWrites('Patient', 'Tell me tomorrow');
  const later = await api.post<Message>(`/conversations/${id}/replies`, { text: 'Good morning', sendAt: new Date(Date.now() + 3_600_000) });
  expect((await api.delete(`/messages/${later.body.id}`)).status).toBe(204);
  expect((await inbox.messages(id)).map(({ text }) => text)).toEqual(['Tell me tomorrow']);
  expect((await api.get<Conversation>(`/conversations/${id}`)).body).toMatchObject({ messageCount: 1, preview: 'Tell me tomorrow' });
  const now = await api.post<Message>(`/conversations/${id}/replies`, { text: 'Now', then: 'close' });
  await eventually(async () => expect(['sent', 'delivered']).toContain((await inbox.messages(id)).at(-1)?.delivery?.state));
  expect((await api.delete(`/messages/${now.body.id}`)).status).toBe(409);
  expect((await api.get<Conversation>(`/conversations/${id}`)).body.status).toBe('closed');
});

test('a POST repeated with its Idempotency-Key is answered the same and done once', async () => {
  const { id } = await inbox.customerWrites('Twice', 'Hello?');
  const send = (text: string) => api.post<Message>(`/conversations/${id}/replies`, { text }, { 'idempotency-key': 'tap-tap' });
  const first = await send('Hello!');
  const second = await send('Hello!');
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body.id).toBe(first.body.id);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect((await send('Something else')).status).toBe(422);
  await inbox.outside.meta.settled();
  await eventually(async () => expect(inbox.outside.meta.sentTo(inbox.outside.meta.customer('Twice'))).toHaveLength(1));
});

test('words find conversations, also unfinished and without accents where the database folds them', async () => {
  const { id } = await inbox.customerWrites('Searcher', 'Meine Stehlampe flackert seit gestern');
  for (const q of ['stehlampe', 'flack', 'seit gestern', 'SEARCHER Stehlampe'.split(' ')[1]!]) {
    expect((await api.get<List<Conversation>>(`/conversations?q=${encodeURIComponent(q)}`)).body.items.map((item) => item.id)).toEqual([
      id,
    ]);
  }
  const { number } = (await api.get<List<Conversation>>('/conversations?limit=1')).body.items[0]!;
  const numbered = (await api.get<List<Conversation>>(`/conversations?q=${encodeURIComponent(`#${number}`)}`)).body.items;
  expect(numbered.map((item) => item.number)).toContain(number);
  expect((await api.get<List<Conversation>>('/conversations?q=nirgendwo')).body.items).toEqual([]);
  expect((await api.get<List<Conversation>>(`/conversations?q=${encodeURIComponent('"); DROP TABLE -- \' * (')}`)).status).toBe(200);
});

test('a list is paged without doubling or skipping', async () => {
  for (const n of [1, 2, 3]) await inbox.customerWrites(`Page ${n}`, `page me ${n}`);
  const whole = (await api.get<List<Conversation>>('/conversations?limit=100')).body.items.map((item) => item.id);
  const paged: string[] = [];
  for (let cursor = ''; ;) {
    const { body } = await api.get<List<Conversation>>(`/conversations?limit=2${cursor && `&cursor=${cursor}`}`);
    paged.push(...body.items.map((item) => item.id));
    if (!body.nextCursor) break;
    cursor = body.nextCursor;
  }
  expect(paged).toEqual(whole);
  expect((await api.get<List<Conversation>>('/conversations?cursor=nonsense')).status).toBe(400);
});

test('events tell which ids changed, and one who was away resumes without a gap', async () => {
  const { id } = await inbox.customerWrites('Watched', 'before');
  const abort = new AbortController();
  const seen: ServerEvent[] = [];
  const reading = (async () => {
    for await (const event of api.events(abort.signal)) seen.push(event);
  })().catch((error: Error) => expect(error.name).toBe('AbortError'));
  await eventually(async () => expect(seen.map(({ type }) => type)).toContain('ready'));
  await inbox.customerWrites('Watched', 'live');
  await eventually(async () =>
    expect(seen.filter(({ type, data }) => type === 'message.created' && data.conversationId === id)).toHaveLength(1),
  );
  abort.abort();
  await reading;

  // Every event, be it a greeting or a ping, repeats where the stream is: a browser resumes from the last it saw.
  const positions = seen.map((event) => Number(event.id));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  const last = seen.at(-1)!.id!;
  await inbox.customerWrites('Watched', 'while away 1');
  await inbox.customerWrites('Watched', 'while away 2');
  const resumed = new AbortController();
  const missed = new Set<string | undefined>();
  for await (const { type, data } of api.events(resumed.signal, last)) {
    if (type === 'message.created' && data.conversationId === id) missed.add(data.messageId);
    const texts = (await inbox.messages(id)).filter((message) => missed.has(message.id)).map(({ text }) => text);
    if (texts.includes('while away 1') && texts.includes('while away 2')) break;
  }
  resumed.abort();
  expect(missed.size).toBeGreaterThanOrEqual(2);
}, 30_000);

test('what is asked for and not there is 404, for ids that cannot be as for those that are not', async () => {
  for (const id of ['nope', '01a20196-0f5b-70e0-9d8e-a92c5447b845']) {
    for (const path of [
      `/conversations/${id}`,
      `/conversations/${id}/messages`,
      `/channels/${id}`,
      `/contacts/${id}`,
      `/attachments/${id}`,
    ]) {
      expect([path, (await api.get(path)).status]).toEqual([path, 404]);
    }
  }
});
