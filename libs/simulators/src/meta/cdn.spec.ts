import { sampleFile, type FileKind } from './media-files.js';
import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { startSmallApp, type SmallApp } from './small-app.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 5 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  app = await startSmallApp(meta, page, instagram);
  ada = meta.customer('Ada Moss');
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

/** The address in the newest event. */
async function newestUrl(): Promise<string> {
  const { message } = (await app.heard()).at(-1) as {
    message: { attachments?: [{ payload: { url: string } }]; reply_to?: { story: { url: string } } };
  };
  return message.attachments?.[0].payload.url ?? message.reply_to!.story.url;
}

test.each([
  ['image', 'image/png', '\x89PNG'],
  ['video', 'video/mp4', '\0\0\0$ftyp'],
  ['audio', 'audio/wav', 'RIFF'],
  ['file', 'application/pdf', '%PDF-1.4'],
] as const)('38: a sample %s is a real %s', async (kind, contentType, start) => {
  meta.customerSendsFiles(page, ada, { kind });
  const response = await fetch(await newestUrl());
  expect(response.headers.get('content-type')).toBe(contentType);
  expect(
    Buffer.from(await response.arrayBuffer())
      .toString('latin1')
      .startsWith(start),
  ).toBe(true);
});

test.each<[string, () => unknown, number]>([
  ['on Messenger', () => meta.customerSendsFiles(page, ada, { kind: 'image' }), 14 * DAY],
  ['on Instagram', () => meta.customerSendsFiles(instagram, ada, { kind: 'image' }), 3 * DAY],
  ['of a story', () => meta.customerOnStory(instagram, ada, 'reply', 'love it'), DAY],
  ['of a mention in a story', () => meta.customerOnStory(instagram, ada, 'mention'), DAY],
])('38: the address of a file %s dies when its time is over', async (_, happens, life) => {
  happens();
  const url = await newestUrl();
  meta.advance(life - 2000);
  expect((await fetch(url)).status).toBe(200);
  meta.advance(4000);
  const late = await fetch(url);
  expect([late.status, await late.text()]).toEqual([403, 'URL signature expired']);
});

test('38: an address that was tampered with is refused, and one of something unsent is gone', async () => {
  const mid = meta.customerSendsFiles(page, ada, { kind: 'image' });
  const url = await newestUrl();
  const later = url.replace(/oe=[0-9A-F]+/, 'oe=7FFFFFFF');
  expect((await fetch(later)).status).toBe(403);
  meta.customerUnsends(page, ada, mid);
  expect((await fetch(url)).status).toBe(404);
});

test('38: files may be slow, without an end in sight, or a trap that points at a private address', async () => {
  const send = async (kind: FileKind, fault: { slowMs: number } | { hugeBytes: number } | { redirectTo: string }) => {
    meta.customerSendsFiles(page, ada, { kind, file: sampleFile(kind), fault });
    return newestUrl();
  };
  const slow = fetch(await send('image', { slowMs: 60_000 }), { signal: AbortSignal.timeout(100) });
  await expect(slow).rejects.toThrow('timeout');
  const huge = await fetch(await send('video', { hugeBytes: 5 * 1024 * 1024 }));
  expect((await huge.arrayBuffer()).byteLength).toBe(5 * 1024 * 1024);
  const trap = await fetch(await send('image', { redirectTo: 'http://169.254.169.254/latest/meta-data/' }), { redirect: 'manual' });
  expect([trap.status, trap.headers.get('location')]).toEqual([302, 'http://169.254.169.254/latest/meta-data/']);
});
