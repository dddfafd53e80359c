import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel, Conversation, List, Message } from './api.js';
import { Api } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type House, openHouse, ready, spawnApp } from './house.js';
import { imapPassword, mail, Outside, salesAddress, supportAddress } from './outside.js';

let outside: Outside;
beforeAll(async () => {
  outside = await Outside.start();
}, 60_000);
afterAll(() => outside?.stop());

describe('a mailbox that is connected', () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  }, 30_000);
  afterEach(() => house?.stop(), 30_000);

  const connect = async (settings: Record<string, unknown> & { address?: string } = {}): Promise<Channel> => {
    const { status, body } = await house.api.post<Channel>('/channels', outside.emailChannel(imapPassword, settings));
    expect(status).toBe(201);
    return body;
  };
  const conversationOf = (subject: string, channelId?: string) =>
    eventually(async () => {
      const found = (await house.api.all<Conversation>('/conversations')).find(
        (each) => each.subject === subject && (!channelId || each.channelId === channelId),
      );
      expect(found).toBeDefined();
      return found!;
    });
  const messagesOf = ({ id }: Conversation) => house.api.all<Message>(`/conversations/${id}/messages`);

  test('an answer given from another mail program appears in the thread as ours, once, and nobody waits any more', async () => {
    await outside.dovecot.deliver(supportAddress, mail({ subject: 'The folder exists' }), 'Sent');
    await connect();
    const question = '<question-1@customer.example>';
    await outside.deliver(mail({ subject: 'Where is it?', messageId: question }));
    const conversation = await conversationOf('Where is it?');
    const answer = mail({
      from: `Support <${supportAddress}>`,
      subject: 'Re: Where is it?',
      text: 'On its way.',
      inReplyTo: question,
    }).replace(`To: ${supportAddress}`, 'To: ada@customer.example');
    await outside.dovecot.deliver(supportAddress, answer, 'Sent');
    await eventually(async () => {
      const messages = await messagesOf(conversation);
      expect(messages.map(({ direction, text }) => [direction, text])).toEqual([
        ['inbound', 'Hello'],
        ['outbound', 'On its way.'],
      ]);
    });
    const [after] = await house.api.all<Conversation>('/conversations');
    expect(after).toMatchObject({ id: conversation.id, waitingSince: null });
  });

  test('one mail to two of our mailboxes makes one conversation in each, and each knows the other', async () => {
    const support = await connect();
    const sales = await connect({ address: salesAddress });
    const both = mail({ subject: 'To both of you' }).replace(`To: ${supportAddress}`, `To: ${supportAddress}, ${salesAddress}`);
    await outside.dovecot.deliver(supportAddress, both);
    await outside.dovecot.deliver(salesAddress, both);
    const here = await conversationOf('To both of you', support.id);
    const there = await conversationOf('To both of you', sales.id);
    await eventually(async () => {
      for (const [one, other] of [
        [here, there],
        [there, here],
      ] as const) {
        const { body } = await house.api.get<Conversation>(`/conversations/${one.id}`);
        expect(body.links).toEqual([expect.objectContaining({ conversationId: other.id, reason: 'same-mail' })]);
      }
    });
    expect(await house.api.all<Conversation>('/conversations')).toHaveLength(2);
  });

  test('history comes in closed and read, its progress is told, and nobody is waiting for an answer to it', async () => {
    await outside.dovecot.deliverAll(
      salesAddress,
      Array.from({ length: 120 }, (_, n) => mail({ from: `c${n}@customer.example`, subject: `history ${n}` })),
    );
    const { id } = await connect({ address: salesAddress, importSince: 'all' });
    const historyOf = async () =>
      (await house.api.all<Conversation>('/conversations')).filter(({ subject }) => subject?.startsWith('history'));
    await eventually(async () => {
      const { body } = await house.api.get<Channel>(`/channels/${id}`);
      const { done = 0, total = -1 } = body.health.importProgress ?? {};
      expect(done).toBe(total);
      expect(await historyOf()).toHaveLength(120);
    });
    const history = await historyOf();
    expect(new Set(history.map(({ status, unread, waitingSince }) => `${status} ${unread} ${waitingSince}`))).toEqual(
      new Set(['closed false null']),
    );
  });

  test('a folder chosen later brings all that comes into it from that moment on, and nothing of before', async () => {
    await outside.dovecot.deliver(salesAddress, mail({ subject: 'before' }), 'Orders');
    const { id } = await connect({ address: salesAddress, folders: ['INBOX'] });
    await eventually(async () => expect((await house.api.get<Channel>(`/channels/${id}`)).body.health.lastSyncAt).not.toBeNull());
    expect((await house.api.patch(`/channels/${id}`, { settings: { folders: ['INBOX', 'Orders'] } })).status).toBe(200);
    await outside.dovecot.deliver(salesAddress, mail({ subject: 'right after' }), 'Orders');
    await conversationOf('right after');
    expect((await house.api.all<Conversation>('/conversations')).map(({ subject }) => subject)).toEqual(['right after']);
  });

  test('a mail above the cap comes in with its words, and its original is handed out whole', async () => {
    await connect({ maxMegabytes: 1 });
    const raw = withFile('Very large', 3 * 2 ** 20);
    await outside.deliver(raw);
    const [message] = await messagesOf(await conversationOf('Very large'));
    expect(message).toMatchObject({
      text: expect.stringMatching(/^The plan is attached\.\s+Left in the mailbox:\n- plan\.bin/),
      partial: true,
    });
    const original = await house.api.raw(`/messages/${message!.id}/original`);
    expect(original.status).toBe(200);
    expect(original.headers.get('content-disposition')).toContain('.eml');
    expect(
      Buffer.from(await original.arrayBuffer())
        .toString('latin1')
        .trim(),
    ).toBe(raw.trim());
  });

  test('a large mail below the cap comes in whole, with its file', async () => {
    await connect();
    const raw = withFile('Large', 4 * 2 ** 20);
    await outside.deliver(raw);
    const [message] = await messagesOf(await conversationOf('Large'));
    expect(message).toMatchObject({ partial: false, attachments: [{ filename: 'plan.bin', size: 4 * 2 ** 20 }] });
    const file = await house.api.raw(`/attachments/${message!.attachments[0]!.id}`);
    expect(Buffer.from(await file.arrayBuffer()).equals(fileOf(4 * 2 ** 20))).toBe(true);
    const original = await house.api.raw(`/messages/${message!.id}/original`);
    expect(
      Buffer.from(await original.arrayBuffer())
        .toString('latin1')
        .trim(),
    ).toBe(raw.trim());
  });

  test('an audit tells what the mailbox holds and what we hold', async () => {
    const { id } = await connect();
    await outside.deliver(mail({ subject: 'for the audit' }));
    await conversationOf('for the audit');
    const audit = await eventually(async () => {
      const { status, body } = await house.api.post<{ there: number; here: number; missing: unknown[]; reimported: number }>(
        `/channels/${id}/audit`,
      );
      expect(status).toBe(200);
      expect(body.there).toBeGreaterThan(0);
      return body;
    });
    expect(audit).toEqual({ there: audit.there, here: audit.there, missing: [], reimported: 0 });
    const { body } = await house.api.get<Channel>(`/channels/${id}`);
    expect(body.health.audit).toMatchObject({ there: audit.there, here: audit.here, missing: 0, reimported: 0 });
  });
});

describe('remote pictures', () => {
  let house: House;
  let server: Server;
  const asked: string[] = [];
  beforeAll(async () => {
    house = await openHouse();
    server = createServer((request, answer) => {
      asked.push(request.url!);
      answer.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from('picture'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }, 30_000);
  afterAll(async () => {
    server?.close();
    await house?.stop();
  }, 30_000);

  test('are not fetched by themselves, only those a mail names can be, and a sender can be trusted for good', async () => {
    const picture = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logo.png?a=1&b=2`;
    expect((await house.api.post('/channels', outside.emailChannel())).status).toBe(201);
    const html = `<p>Look</p><img src="${picture.replaceAll('&', '&amp;')}" width="100">`;
    await outside.deliver(mail({ subject: 'A picture', text: html }).replace('text/plain', 'text/html'));
    const conversation = await eventually(async () => {
      const [found] = (await house.api.get<List<Conversation>>('/conversations')).body.items;
      expect(found).toBeDefined();
      return found!;
    });
    const [message] = await house.api.all<Message>(`/conversations/${conversation.id}/messages`);
    expect(message!.html).toContain('data-blocked-src');
    expect(asked).toEqual([]);
    const show = (url: string) => house.api.raw(`/messages/${message!.id}/remote-image?url=${encodeURIComponent(url)}`);
    const shown = await show(picture);
    expect([shown.status, shown.headers.get('content-type'), await shown.text()]).toEqual([200, 'image/png', 'picture']);
    expect(asked).toEqual(['/logo.png?a=1&b=2']);
    expect((await show(picture.replace('logo', 'other'))).status).toBe(404);
    expect(asked).toHaveLength(1);

    const path = `/contacts/${conversation.contact.id}`;
    const { body: before } = await house.api.get<{ identities: Array<{ id: string; remoteImages: boolean }> }>(path);
    expect(before.identities).toMatchObject([{ remoteImages: false }]);
    expect((await house.api.patch(`${path}/identities/${before.identities[0]!.id}`, { remoteImages: true })).status).toBe(200);
    expect((await house.api.get<typeof before>(path)).body.identities).toMatchObject([{ remoteImages: true }]);
  });
});

test('an import of a thousand mails, killed half-way, goes on where it was: every mail once', async () => {
  const ground = await freshGround(outside.env);
  let app: AppProcess | undefined;
  const start = async () => {
    app = spawnApp(ground.env);
    return Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  };
  const done = async (api: Api, id: string) => (await api.get<Channel>(`/channels/${id}`)).body.health.importProgress?.done ?? 0;
  try {
    const subjects = Array.from({ length: 1000 }, (_, n) => `import ${n}`);
    await outside.dovecot.deliverAll(
      supportAddress,
      subjects.map((subject, n) => mail({ from: `c${n}@import.example`, subject, text: subject })),
      'Archive',
    );
    const before = await start();
    const settings = { importSince: 'all', folders: ['Archive'] };
    const { body: channel } = await before.post<Channel>('/channels', outside.emailChannel(imapPassword, settings));
    await eventually(async () => expect(await done(before, channel.id)).toBeGreaterThan(200), 30_000);
    app!.child.kill('SIGKILL');
    await app!.ended;
    const after = await start();
    await eventually(async () => expect(await done(after, channel.id)).toBe(1000), 60_000);
    await eventually(async () => {
      const conversations = await after.all<Conversation>('/conversations');
      expect(conversations.map(({ preview }) => preview).sort()).toEqual([...subjects].sort());
      expect(conversations.every(({ messageCount }) => messageCount === 1)).toBe(true);
    }, 60_000);
  } finally {
    app?.child.kill('SIGTERM');
    await app?.ended;
    await ground.clear();
  }
}, 180_000);

const fileOf = (bytes: number) => Buffer.alloc(bytes, 'Tributary');

function withFile(subject: string, bytes: number): string {
  const file = fileOf(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
  const parts = [
    ['--cut', 'Content-Type: text/plain; charset=utf-8', '', 'The plan is attached.'],
    ['--cut', 'Content-Type: application/octet-stream; name="plan.bin"', 'Content-Transfer-Encoding: base64'],
    ['Content-Disposition: attachment; filename="plan.bin"', '', file, '--cut--', ''],
  ];
  return mail({ subject, text: parts.flat().join('\r\n') }).replace(
    'Content-Type: text/plain; charset=utf-8\r\n\r\n--cut',
    'Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut',
  );
}
