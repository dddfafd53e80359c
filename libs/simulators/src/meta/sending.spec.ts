import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleFile } from './media-files.js';
import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { refusal, startSmallApp, type SmallApp } from './small-app.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MB = 1024 * 1024;
const humanAgent = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;
let psid: string;
let igsid: string;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 5 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  app = await startSmallApp(meta, page, instagram);
  ada = meta.customer('Ada Moss');
  [psid, igsid] = [meta.idOf(ada, page), meta.idOf(ada, instagram)];
  for (const account of [page, instagram]) meta.customerWrites(account, ada, 'Hi');
  await app.heard();
  app.received.length = 0;
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

const said = (account: MetaAccount) => meta.transcript(account, ada).map(({ text }) => text);

test('23: a send answers with recipient and message id, is seen once, and its echo with the same mid may come before the answer', async () => {
  meta.behave('echo-first');
  const answer = await app.send(page, psid, { text: 'Yes', metadata: 'x:1' }, { messaging_type: 'RESPONSE' });
  expect(answer).toMatchObject({ recipient_id: psid });
  const echo = { mid: answer.message_id, is_echo: true, app_id: 900100200300400, metadata: 'x:1', text: 'Yes' };
  expect(app.events()[0]).toMatchObject({ sender: { id: page.id }, recipient: { id: psid }, message: echo });
  const { message_id } = await app.send(instagram, igsid, 'Yes');
  await app.heard();
  expect(app.events().at(-1)).toMatchObject({ message: { mid: message_id, is_echo: true, text: 'Yes' } });
  expect(said(page)).toEqual(['Hi', 'Yes']);
});

test('23: echoes come later by habit, in the platform’s own time, and may name the app on Instagram', async () => {
  Object.assign(meta.habits, { echoWithinMs: 10_000, instagramEchoesNameApp: true });
  await app.send(instagram, igsid, 'Yes');
  expect(app.events()).toEqual([]);
  meta.advance(10_000);
  expect((await app.heard())[0]).toMatchObject({ message: { is_echo: true, app_id: 900100200300400 } });
});

test('24: a delivery follows on Messenger, its mids missing by habit, and a read when the customer opens the chat', async () => {
  const { message_id } = await app.send(page, psid, 'a');
  meta.habits.deliveriesWithoutMids = 1;
  await app.send(page, psid, 'b');
  await app.send(instagram, igsid, 'c');
  meta.customerReads(page, ada);
  meta.customerReads(instagram, ada);
  const events = await app.heard();
  const deliveries = events.flatMap(({ delivery }) => (delivery as { mids?: string[]; watermark: number } | undefined) ?? []);
  expect(deliveries.map(({ mids }) => mids)).toEqual([[message_id], undefined]);
  expect(deliveries.every(({ watermark }) => watermark > 0)).toBe(true);
  const readBy = (id: string) => events.filter(({ read, sender }) => read && (sender as { id: string }).id === id).map(({ read }) => read);
  expect(readBy(psid)).toEqual([{ watermark: expect.any(Number) as number }]);
  expect(readBy(igsid)).toEqual([{ mid: meta.transcript(instagram, ada).at(-1)!.mid }]);
});

test.each([
  ['blocked', false, [551, 1545041], [551, 1545041]],
  ['blocked', true, [200, 1545041], [200, 1545041]],
  ['muted', false, [200, 1545041], [200, 1545041]],
  ['deleted', false, [100, 2018001], [100, 2534014]],
] as const)('24: somebody who %s us (swapped codes: %s) gets nothing', async (how, swappedCodes, onPage, onInstagram) => {
  meta.habits.swappedCodes = swappedCodes;
  for (const account of [page, instagram]) meta.customerBlocks(account, ada, how);
  expect(refusal(await app.send(page, psid, 'Hi'))).toEqual(onPage);
  expect(refusal(await app.send(instagram, igsid, 'Hi'))).toEqual(onInstagram);
  expect(meta.sentTo(ada)).toEqual([]);
});

test.each([
  ['24 h less a second', DAY - 1000, {}, [undefined], [undefined]],
  ['24 h and a second', DAY + 1000, {}, [10, 2018278], [10, 2534022]],
  ['24 h and a second, as a human agent', DAY + 1000, humanAgent, [undefined], [undefined]],
  ['7 d less a second, as a human agent', 7 * DAY - 1000, humanAgent, [undefined], [undefined]],
  ['7 d and a second, as a human agent', 7 * DAY + 1000, humanAgent, [10, 2018278], [10, 2534022]],
  ['an hour, with a tag that was retired', HOUR, { messaging_type: 'MESSAGE_TAG', tag: 'CONFIRMED_EVENT_UPDATE' }, [100], [100]],
  ['an hour, tagged without a tag', HOUR, { messaging_type: 'MESSAGE_TAG' }, [100], [100]],
])('25: %s after the customer’s last message', async (_, age, how, onPage, onInstagram) => {
  meta.advance(age);
  expect(refusal(await app.send(page, psid, 'late', how))).toEqual(onPage);
  expect(refusal(await app.send(instagram, igsid, 'late', how))).toEqual(onInstagram);
});

test('25: the tag needs the feature', async () => {
  meta.habits.humanAgentGranted = false;
  meta.advance(2 * DAY);
  expect(refusal(await app.send(page, psid, 'late', humanAgent))).toEqual([100]);
});

const post = () => meta.addPost(page, { text: 'Spring' });
test.each<[string, () => unknown, number | undefined]>([
  ['our own words', () => meta.nativeReply(page, ada, 'Hello?'), 10],
  ['a read', () => meta.customerReads(page, ada), 10],
  ['a comment', () => meta.customerComments(page, post(), ada, 'Hello?'), 10],
  ['an edit', () => meta.customerEdits(page, ada, meta.transcript(page, ada)[0]!.mid, 'Hi!'), 10],
  ['a message', () => meta.customerWrites(page, ada, 'Still there?'), undefined],
  ['a tap', () => meta.customerTaps(page, ada, { title: 'Get started', payload: 'GS' }), undefined],
  ['a reaction', () => meta.customerReacts(page, ada, meta.transcript(page, ada)[0]!.mid, '❤️'), undefined],
  ['an arrival by an ad', () => meta.customerArrives(page, ada, { ref: 'r', source: 'ADS', type: 'OPEN_THREAD' }), undefined],
])('25: what opens a closed window: %s', async (_, happens, expected) => {
  meta.advance(2 * DAY);
  happens();
  expect((await app.send(page, psid, 'Hi')).error?.code).toBe(expected);
});

test('25: the seven days run from the last message, not from a reaction after it', async () => {
  meta.advance(6 * DAY);
  meta.customerReacts(page, ada, meta.transcript(page, ada)[0]!.mid, '❤️');
  meta.advance(2 * DAY);
  expect(refusal(await app.send(page, psid, 'late', humanAgent))).toEqual([10, 2018278]);
});

test('26: texts at their limit go, those beyond, empty ones and text beside a file do not', async () => {
  const long = [
    [psid, page, 'x'.repeat(2000), 'x'.repeat(2001)],
    [igsid, instagram, 'é'.repeat(500), 'é'.repeat(501)],
  ] as const;
  for (const [id, account, fits, tooLong] of long) {
    expect((await app.send(account, id, fits)).error).toBeUndefined();
    expect((await app.send(account, id, tooLong)).error?.code).toBe(100);
  }
  for (const message of [
    {},
    { text: '' },
    { text: ' ' },
    { text: 'a', attachment: { type: 'image', payload: { url: 'https://x.example/a' } } },
  ])
    expect((await app.send(page, psid, message)).error?.code).toBe(100);
  expect(refusal(await app.send(page, '123', 'Hi'))).toEqual([100, 2018001]);
});

describe('27: attachments', () => {
  let files: Server;
  let base: string;
  const sizes: Record<string, number> = { '/big.png': 8 * MB + 1, '/huge.pdf': 25 * MB + 1 };
  const types: Record<string, string> = {
    png: 'image/png',
    mp4: 'video/mp4',
    wav: 'audio/wav',
    pdf: 'application/pdf',
    webp: 'image/webp',
    zip: 'application/zip',
  };

  beforeEach(async () => {
    files = createServer((request, response) => {
      const ending = request.url!.split('.').at(-1)!;
      if (request.url === '/slow.png') return;
      if (request.url === '/gone.png') return void response.writeHead(404).end();
      response.setHeader('Content-Type', types[ending] ?? 'text/html');
      response.end(Buffer.alloc(sizes[request.url!] ?? 10));
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  });
  afterEach(() => void files.close().closeAllConnections());

  const attach = (account: MetaAccount, type: string, payload: object) =>
    app.send(account, account === page ? psid : igsid, { attachment: { type, payload } });

  test('27: a file is really fetched from its address and lies on the CDN then', async () => {
    const { message_id } = await attach(page, 'image', { url: `${base}/lamp.png`, is_reusable: true });
    const echo = (await app.heard()).map(({ message }) => message as Record<string, unknown>).find(({ mid }) => mid === message_id);
    const [{ type, payload }] = echo!.attachments as [{ type: string; payload: { url: string } }];
    expect(type).toBe('image');
    const response = await fetch(payload.url);
    expect([response.status, response.headers.get('content-type'), (await response.arrayBuffer()).byteLength]).toEqual([
      200,
      'image/png',
      10,
    ]);
  });

  test.each([
    ['page', 'image', '/gone.png', 2018008],
    ['page', 'image', '/slow.png', 2018008],
    ['page', 'image', '/page.html', 2018047],
    ['page', 'video', '/lamp.png', 2018047],
    ['page', 'file', '/archive.zip', undefined],
    ['page', 'image', '/big.png', undefined],
    ['page', 'file', '/huge.pdf', 2018109],
    ['instagram', 'image', '/lamp.png', undefined],
    ['instagram', 'image', '/lamp.webp', 2018047],
    ['instagram', 'image', '/big.png', 2018109],
    ['instagram', 'video', '/lamp.mp4', undefined],
    ['instagram', 'audio', '/voice.wav', undefined],
    ['instagram', 'file', '/invoice.pdf', undefined],
    ['instagram', 'file', '/archive.zip', 2018047],
  ] as const)('27: on %s a %s from %s ends with %s', async (kind, type, path, subcode) => {
    if (path === '/slow.png') meta.habits.fetchWithinMs = 200;
    const answer = await attach(kind === 'page' ? page : instagram, type, { url: base + path });
    expect(refusal(answer)).toEqual(subcode ? [100, subcode] : [undefined]);
  });

  test('27: an upload gives an id that only its account can send, as often as it likes', async () => {
    const file = sampleFile('image');
    const form = new FormData();
    form.set('message', JSON.stringify({ attachment: { type: 'image', payload: { is_reusable: true } } }));
    form.set('filedata', new Blob([new Uint8Array(file.bytes)], { type: file.contentType }), file.name);
    const headers = { Authorization: `Bearer ${page.accessToken}` };
    const response = await fetch(`${meta.url}/v26.0/me/message_attachments`, { method: 'POST', body: form, headers });
    const { attachment_id } = (await response.json()) as { attachment_id: string };
    for (let times = 0; times < 2; times++) expect(refusal(await attach(page, 'image', { attachment_id }))).toEqual([undefined]);
    expect(refusal(await attach(instagram, 'image', { attachment_id }))).toEqual([100, 2018074]);
    const [sent] = meta.sentTo(ada);
    const url = ((await app.heard())[0] as { message: { attachments: [{ payload: { url: string } }] } }).message.attachments[0].payload.url;
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(file.bytes)).toBe(true);
    expect(sent).toMatchObject({ text: '', files: [expect.any(String) as string] });
  });

  test('27: Instagram has its own name for the edge, and takes several pictures in one message', async () => {
    const body = { message: { attachment: { type: 'image', payload: { url: `${base}/a.png` } } } };
    const ids = [await app.post(instagram, '/me/messageattachments', body), await app.post(instagram, '/me/messageattachments', body)];
    const attachments = ids.map(({ attachment_id }) => ({ type: 'image', payload: { attachment_id } }));
    expect(refusal(await app.send(instagram, igsid, { attachments }))).toEqual([undefined]);
    expect(meta.sentTo(ada)[0]!.files).toHaveLength(2);
  });
});

test('28: whatever the answer says, the truth is in the transcript', async () => {
  meta.behave('deliver-then-error', 'deliver-then-drop', 'fail-500', 'html-502');
  expect(refusal(await app.send(page, psid, 'a'))).toEqual([1, 1357046]);
  await expect(app.send(page, psid, 'b')).rejects.toThrow('fetch failed');
  expect(refusal(await app.send(page, psid, 'c'))).toEqual([1]);
  await expect(app.send(page, psid, 'd')).rejects.toThrow('JSON');
  expect(said(page)).toEqual(['Hi', 'a', 'b']);
});

test('29: two equal sends are two messages', async () => {
  for (let times = 0; times < 2; times++) await app.send(page, psid, { text: 'Yes', metadata: 'x:1' });
  expect(said(page)).toEqual(['Hi', 'Yes', 'Yes']);
});

test('23: an answer to one message says which in its echo; one to a message that is not there is refused', async () => {
  const { mid } = meta.transcript(page, ada)[0]!;
  await app.send(page, psid, 'this one', { reply_to: { mid } });
  expect(meta.sentTo(ada)[0]).toMatchObject({ replyTo: mid });
  expect((await app.heard())[0]).toMatchObject({ message: { is_echo: true, reply_to: { mid } } });
  expect(refusal(await app.send(page, psid, 'that one', { reply_to: { mid: 'm_none' } }))).toEqual([100]);
});

test('23: the customer sees us type, read and react, and no event tells of it', async () => {
  const act = (sender_action: string, payload?: object) =>
    app.post(page, '/me/messages', { recipient: { id: psid }, sender_action, payload });
  expect(meta.signsTo(page, ada)).toEqual({ typing: false, seen: false });
  expect(await act('typing_on')).toMatchObject({ recipient_id: psid });
  await act('mark_seen');
  expect(meta.signsTo(page, ada)).toEqual({ typing: true, seen: true });
  await act('typing_off');
  const { mid } = meta.transcript(page, ada)[0]!;
  await act('react', { message_id: mid, reaction: 'love' });
  expect(meta.truth([page]).messages[0]).toMatchObject({ businessReaction: '❤️' });
  await act('unreact', { message_id: mid });
  expect(meta.signsTo(page, ada)).toMatchObject({ typing: false });
  expect(meta.truth([page]).messages[0]).toMatchObject({ businessReaction: null });
  expect(refusal(await act('react', { message_id: 'm_none', reaction: 'love' }))).toEqual([100]);
  expect(refusal(await act('dance'))).toEqual([100]);
  expect(await app.heard()).toEqual([]);
});

test('22: customers react, edit and unsend; a reaction taken back may not say which it was', async () => {
  const mid = meta.customerWrites(page, ada, 'Is the brass lamp back?');
  meta.customerReacts(page, ada, mid, '😆');
  meta.customerReacts(page, ada, mid, null);
  meta.customerEdits(page, ada, mid, 'Is the copper lamp back?');
  const file = meta.customerSendsFiles(instagram, ada, [{ kind: 'image' }, { kind: 'file' }], 'look');
  meta.customerUnsends(instagram, ada, file);
  const [, reacted, unreacted, edited, sent, unsent] = await app.heard();
  expect(reacted).toMatchObject({ reaction: { mid, action: 'react', reaction: 'smile', emoji: '😆' } });
  expect(unreacted).toMatchObject({ reaction: { mid, action: 'unreact' } });
  expect(edited).toMatchObject({ message_edit: { mid, text: 'Is the copper lamp back?', num_edit: 1 } });
  const { attachments } = (sent as { message: { attachments: { type: string; payload: { url: string } }[] } }).message;
  expect(attachments.map(({ type }) => type)).toEqual(['image', 'file']);
  expect((unsent as { message: object }).message).toEqual({ mid: file, is_deleted: true });
  expect((await fetch(attachments[0]!.payload.url)).status).toBe(404);
  for (let times = 2; times <= 5; times++) meta.customerEdits(page, ada, mid, `edit ${times}`);
  expect(() => meta.customerEdits(page, ada, mid, 'edit 6')).toThrow('5 times');
});
