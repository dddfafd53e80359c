import type { Channel, Conversation, InboundEvent, List, Message } from './api.js';
import { createHmac } from 'node:crypto';
import { eventually, freshGround, type House, openHouse, spawnApp } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let house: House;

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 30_000);

const sign = (body: string | Buffer) => `sha256=${createHmac('sha256', 'sim-app-secret-0001').update(body).digest('hex')}`;
const webhook = (body: string, signature: string | null = sign(body)) =>
  fetch(`${house.url}/webhooks/meta`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(signature && { 'x-hub-signature-256': signature }) },
  });
const eventFor = (account: string, mid: string, text: string) =>
  JSON.stringify({
    object: 'page',
    entry: [
      {
        id: account,
        time: 1795305600123,
        messaging: [{ sender: { id: '7311000000000042' }, recipient: { id: account }, timestamp: Date.now(), message: { mid, text } }],
      },
    ],
  });

describe('webhooks', () => {
  test('a wrong or missing signature is 401 and leaves no trace', async () => {
    const body = eventFor('104400000000017', 'm_forged', 'trust me');
    expect((await webhook(body, sign(`${body} `))).status).toBe(401);
    expect((await webhook(body, null)).status).toBe(401);
    expect((await webhook(body, 'sha256=zz')).status).toBe(401);
    expect(await house.api.all<InboundEvent>('/inbound-events')).toEqual([]);
  });

  test('a signed body that is no JSON is 400', async () => {
    for (const body of ['{"object":', '[1,2', '"x"', '{}']) expect([body, (await webhook(body)).status]).toEqual([body, 400]);
  });

  test('a body over 3 MiB is 413, one just below is read', async () => {
    const filler = (length: number) => JSON.stringify({ object: 'page', entry: [], filler: 'x'.repeat(length) });
    expect((await webhook(filler(3 * 1024 * 1024))).status).toBe(413);
    expect((await webhook(filler(3 * 1024 * 1024 - 100))).status).toBe(200);
  });

  test('the handshake answers the challenge for the right token only', async () => {
    const shake = (token: string) =>
      fetch(`${house.url}/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444999&hub.verify_token=${encodeURIComponent(token)}`);
    const right = await shake('verify me');
    expect([right.status, await right.text(), right.headers.get('content-type')]).toEqual([
      200,
      '1158201444999',
      expect.stringContaining('text/plain'),
    ]);
    expect((await shake('guess')).status).toBe(403);
  });

  test('an event for an unknown Page is stored as unrouted, and taken in once the Page is connected', async () => {
    expect((await webhook(eventFor(outside.page.id, 'm_early', 'Was I too early?'))).status).toBe(200);
    const waiting = await house.api.all<InboundEvent>('/inbound-events?state=unrouted');
    expect(waiting).toMatchObject([
      { channelId: null, connector: 'facebook', state: 'unrouted', reason: expect.stringContaining('Connect it') },
    ]);
    expect((await house.api.post('/channels', outside.facebookChannel())).status).toBe(201);
    await eventually(async () =>
      expect((await house.api.all<Conversation>('/conversations')).map(({ preview }) => preview)).toEqual(['Was I too early?']),
    );
    expect(await house.api.all<InboundEvent>('/inbound-events?state=unrouted')).toEqual([]);
  });

  const shown = async () => {
    const [chat] = await house.api.all<Conversation>('/conversations?kind=dm');
    return (await house.api.all<Message>(`/conversations/${chat!.id}/messages`)).map(({ text }) => text);
  };
  /** Meta signs what it sends: everything beyond ASCII escaped in lower case, and slashes, too. */
  const asMetaWrites = (json: string) =>
    json.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('/', '\\/');

  test('emoji, umlauts and links arrive as they were written, escaped or not', async () => {
    const words = 'Grüße 👩‍👩‍👧 aus Łódź: https://shop.example/a?b=1&c=%20d#é';
    const plain = eventFor(outside.page.id, 'm_plain', `${words} 1`);
    const escaped = asMetaWrites(eventFor(outside.page.id, 'm_escaped', `${words} 2`));
    expect(escaped).toMatch(/^[\x20-\x7e]*\\ud83d\\udc69[\x20-\x7e]*https:\\\/\\\/shop/);
    for (const body of [plain, escaped]) expect((await webhook(body)).status).toBe(200);
    await eventually(async () => expect(await shown()).toEqual(expect.arrayContaining([`${words} 1`, `${words} 2`])));
  });

  test('a body of 300 kB with 80 messages is taken in whole', async () => {
    const body = JSON.parse(eventFor(outside.page.id, 'm_large', '')) as { entry: [{ messaging: { message: object }[] }] };
    const [first] = body.entry[0].messaging;
    const texts = Array.from({ length: 80 }, (_, n) => `${n} ${'Wörter 💡 '.repeat(150)}`.trim());
    body.entry[0].messaging = texts.map((text, n) => ({ ...first!, timestamp: Date.now() + n, message: { mid: `m_large_${n}`, text } }));
    const large = asMetaWrites(JSON.stringify(body));
    expect(large.length).toBeGreaterThan(300_000);
    expect((await webhook(large)).status).toBe(200);
    await eventually(async () => expect((await shown()).filter((text) => texts.includes(text))).toEqual(texts), 30_000);
  });
});

describe('mailboxes', () => {
  test('a wrong IMAP password is refused with the server’s own words, and nothing is kept', async () => {
    const refused = await house.api.post('/channels', outside.emailChannel('wrong'));
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain('Authentication failed');
    expect(JSON.stringify(refused.body)).not.toContain('"wrong"');
    expect((await house.api.get<List<Channel>>('/channels')).body.items.map(({ type }) => type)).toEqual(['facebook']);
    const tried = await house.api.post('/channels/test', outside.emailChannel('wrong'));
    expect(tried).toMatchObject({ status: 200, body: { ok: false } });
    expect(await house.api.post('/channels/test', outside.emailChannel())).toMatchObject({ status: 200, body: { ok: true } });
  });

  test('settings that cannot be are refused one by one', async () => {
    const channel = outside.emailChannel();
    const refused = await house.api.post('/channels', {
      ...channel,
      settings: { imap: { ...channel.settings.imap, port: 'x' }, surprise: 1 },
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['settings.imap.port', 'settings.smtp', 'settings.surprise']),
    );
    const nameless = await house.api.post('/channels', { ...channel, address: undefined });
    expect([nameless.status, nameless.body.detail]).toEqual([422, expect.stringMatching(/address/i)]);
    expect((await house.api.post('/channels', { type: 'fax', name: 'x', settings: {} })).body.errors[0]?.message).toContain('email');
  });

  test('the same account cannot be connected twice, and its secrets never come back', async () => {
    const created = await house.api.post<Channel>('/channels', outside.emailChannel());
    expect(created.status).toBe(201);
    const shown = JSON.stringify([
      created.body,
      (await house.api.get(`/channels/${created.body.id}`)).body,
      (await house.api.get('/channels')).body,
    ]);
    expect(shown).not.toContain(outside.emailChannel().settings.imap.password);
    const again = await house.api.post('/channels', outside.emailChannel());
    expect([again.status, again.body.detail]).toEqual([422, expect.stringContaining('is connected already')]);
  });

  test('a mail that cannot be parsed is quarantined, can be seen, fetched and replayed, and the next mail is handled', async () => {
    const depth = 200;
    const open = Array.from({ length: depth }, (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`).join('');
    await outside.deliver(
      `From: evil@customer.example\r\nSubject: matryoshka\r\nMIME-Version: 1.0\r\n${open}Content-Type: text/plain\r\n\r\nhi\r\n`,
    );
    await outside.deliver(mail({ subject: 'The next mail', text: 'I am fine' }));
    await eventually(async () =>
      expect((await house.api.all<Conversation>('/conversations?kind=email')).map(({ subject }) => subject)).toEqual(['The next mail']),
    );
    const [event] = await eventually(async () => {
      const quarantined = await house.api.all<InboundEvent>('/inbound-events?state=quarantined');
      expect(quarantined).toHaveLength(1);
      return quarantined;
    });
    expect(event).toMatchObject({ connector: 'email', attempts: 1, reason: expect.stringMatching(/nest|deep|part/i) });
    expect((await house.api.get(`/inbound-events/${event!.id}/raw`)).body).toContain('Subject: matryoshka');
    expect(await house.api.post('/inbound-events/replay', { ids: [event!.id] })).toMatchObject({ status: 202, body: { replayed: 1 } });
    await eventually(async () =>
      expect(await house.api.all<InboundEvent>('/inbound-events?state=quarantined')).toMatchObject([{ id: event!.id, attempts: 1 }]),
    );
    expect(await house.api.all<Conversation>('/conversations?kind=email')).toHaveLength(1);
  });
});

describe('the API', () => {
  test('an unknown property, a wrong value and a body that is no JSON are named', async () => {
    const refused = await house.api.post('/users', { name: '', email: 'x', password: 'y', role: 'king', admin: true });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ path }) => path).sort()).toEqual(['admin', 'email', 'name', 'password', 'role']);
    const broken = await fetch(`${house.url}/api/v1/auth/login`, {
      method: 'POST',
      body: '{"email":',
      headers: { 'content-type': 'application/json' },
    });
    expect([broken.status, ((await broken.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining('not JSON')]);
  });
});

test('an event that names an Instagram account by its Page is taken in once the account is connected', async () => {
  const [account, customer] = [outside.instagram.id, '5311000000000042'];
  const messaging = [
    { sender: { id: customer }, recipient: { id: account }, timestamp: Date.now(), message: { mid: 'm_page', text: 'Linked?' } },
  ];
  const body = JSON.stringify({ object: 'instagram', entry: [{ id: outside.page.id, time: Date.now(), messaging }] });
  expect((await webhook(body)).status).toBe(200);
  expect(await house.api.all<InboundEvent>('/inbound-events?state=unrouted')).toMatchObject([{ connector: 'instagram', channelId: null }]);
  expect((await house.api.post('/channels', outside.instagramChannel())).status).toBe(201);
  await eventually(async () => {
    expect(await house.api.all<InboundEvent>('/inbound-events?state=unrouted')).toEqual([]);
    expect((await house.api.all<Conversation>('/conversations')).map(({ preview }) => preview)).toContain('Linked?');
  }, 20_000);
});

test('a wrong environment stops the start with one line per fault', async () => {
  const ground = await freshGround({ PORT: '99999', LOG_LEVEL: 'loud', ENCRYPTION_KEY: 'c2hvcnQ=' });
  const app = spawnApp(ground.env);
  expect(await app.ended).toBe(1);
  const lines = app.output().trim().split('\n').slice(1);
  expect(lines.map((line) => line.trim().split('=')[0]).sort()).toEqual(['ENCRYPTION_KEY', 'LOG_LEVEL', 'PORT']);
  expect(app.output()).not.toContain('c2hvcnQ=');
  await ground.clear();
});
