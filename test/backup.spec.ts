import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApp, startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { Api, type Attachment, type Conversation, type Delivery, type Message } from './api.js';
import { command, refusal, runCommand } from './command.js';
import { adminEmail, adminPassword, eventually, freshGround, type Ground } from './house.js';
import { contentOf, filesOf } from './inbox-content.js';
import { header, mail, Outside, supportAddress } from './outside.js';

declare const TEST_DATABASE: 'sqlite' | 'postgres';
const kinds = ['sqlite', 'postgres'] as const;

let outside: Outside;
let ground: Ground;
let app: RunningApp | undefined;
let api: Api;
let channels: { email: string; facebook: string; instagram: string };
const grounds: Ground[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tributary-backups-'));
const fileAt = (name: string) => join(folder, name);

/** Files come and go with the tests; whole.tributary is made when the inbox is full. */
const whole = fileAt('whole.tributary');

beforeAll(async () => {
  outside = await Outside.start();
  ground = await freshGround(outside.env);
  await start();
  channels = await outside.connect(api);
  await fill();
}, 240_000);
afterAll(async () => {
  await app?.stop();
  for (const each of [ground, ...grounds]) await each?.clear();
  await outside?.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

async function start(): Promise<void> {
  app = await startApp(readConfig(ground.env));
  api = await Api.signIn(app.url!, adminEmail, adminPassword);
}

async function stop(): Promise<void> {
  await app?.stop();
  app = undefined;
}

/** An empty place to restore into. The admin of the backup comes with it. */
async function emptyPlace(kind: 'sqlite' | 'postgres' = TEST_DATABASE): Promise<Record<string, string>> {
  const place = await freshGround(outside.env, kind);
  grounds.push(place);
  return place.env;
}

const keyOf = (env: Record<string, string>) => join(env.DATA_DIR!, 'secret.key');
const conversations = (from = api) => from.all<Conversation>('/conversations');
const messagesOf = (id: string, from = api) => from.all<Message>(`/conversations/${id}/messages`);
const textsOf = async (from = api) => {
  const lists = await Promise.all((await conversations(from)).map(({ id }) => messagesOf(id, from)));
  return lists.flat().map(({ text }) => text);
};

const withFile = (name: string, bytes: Buffer) =>
  [
    'From: Ada Moss <ada@customer.example>',
    `To: ${supportAddress}`,
    `Subject: ${name}`,
    `Message-ID: <${name}@customer.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße, see ${name} 🪔`,
    `--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n')}`,
    '--b--',
    '',
  ].join('\r\n');

/** Mails with files small and large, chats, comments, replies with a file, notes, reactions, tags, a colleague. */
async function fill(): Promise<void> {
  const { meta, page, instagram } = outside;
  await outside.deliver(withFile('small.bin', randomBytes(3_000)));
  await outside.deliver(withFile('large.bin', randomBytes(3_000_000)));
  for (const n of [1, 2, 3]) await outside.deliver(mail({ subject: `Lamp ${n}`, text: `Is lamp ${n} still to be had?` }));
  const mid = meta.customerWrites(page, meta.customer('Bo'), 'Do you ship to Norway?');
  meta.customerReacts(page, meta.customer('Bo'), mid, '❤️');
  meta.customerWrites(instagram, meta.customer('Cy'), 'Hello from Instagram');
  meta.customerComments(page, meta.addPost(page, { text: 'New lamps' }), meta.customer('Di'), 'How much?');
  await eventually(async () => expect(await conversations()).toHaveLength(8), 120_000);
  const form = new FormData();
  form.append('file', new Blob(['a price list']), 'prices.txt');
  const file = (await api.upload<Attachment>('/attachments', form)).body;
  for (const { id, kind } of await conversations()) {
    await api.post(`/conversations/${id}/notes`, { text: `A note about ${kind}` });
    await api.patch(`/conversations/${id}`, { tags: ['lamps', kind] });
    if (kind === 'dm') await api.post(`/conversations/${id}/replies`, { text: 'We do.' });
  }
  const lamp = (await conversations()).find(({ subject }) => subject === 'Lamp 1')!;
  await api.post(`/conversations/${lamp.id}/replies`, { text: 'It is.', attachmentIds: [file.id] });
  await api.post('/users', { name: 'Eve', email: 'eve@harbour-lamps.example', role: 'agent', password: 'another long password' });
  await eventually(async () => {
    const states = (await api.all<Delivery>('/deliveries')).map(({ state }) => state);
    expect([states.length, states.filter((state) => !['sent', 'delivered', 'read'].includes(state))]).toEqual([3, []]);
  }, 90_000);
}

/** Columns and tables that a restore changes on purpose. */
const changed: Record<string, string[]> = {
  channel: ['audited_at', 'upkeep_at'],
  channel_watch: ['fence', 'holder', 'lease_until'],
  channel_secret: ['refresh_lease_until'],
};
const leftBehind = ['change', 'session', 'pending_sign_in', 'running_process'];

function comparable(content: Awaited<ReturnType<typeof contentOf>>) {
  for (const name of leftBehind) delete content[name];
  for (const [table, columns] of Object.entries(changed))
    for (const row of content[table]!) for (const column of columns) delete row[column];
  return content;
}

test('what is restored is what was there, row by row and file by file, whichever database it is restored into', async () => {
  await stop();
  await command(ground.env, 'backup', whole, '--with-key', '--quiet');
  expect(statSync(whole).mode & 0o777).toBe(0o600);
  const before = { content: comparable(await contentOf(ground.env)), files: await filesOf(ground.env) };
  expect(Object.keys(before.files).length).toBeGreaterThanOrEqual(3);
  for (const kind of kinds) {
    const place = await emptyPlace(kind);
    expect(await command(place, 'restore', whole, '--quiet')).toContain('nobody needs to connect them again');
    const content = await contentOf(place);
    expect(content.session).toEqual([]);
    expect(comparable(content)).toEqual(before.content);
    expect(await filesOf(place)).toEqual(before.files);
    expect(readFileSync(keyOf(place), 'utf8')).toBe(readFileSync(keyOf(ground.env), 'utf8'));
    expect(existsSync(join(place.DATA_DIR!, 'restore.unfinished'))).toBe(false);
  }
  await start();
  await outside.meta.subscribe({ callbackUrl: `${app!.url}/webhooks/meta` });
}, 120_000);

test('a backup that is made while all are writing holds one moment of it, and search finds what it holds', async () => {
  const path = fileAt('busy.tributary');
  const [lamp] = (await conversations()).filter(({ subject }) => subject === 'Lamp 2');
  const early = await textsOf();
  let writing = true;
  let written = 0;
  const writers = [0, 1, 2].map(async (writer) => {
    for (let n = 0; writing; n++) {
      await api.post(`/conversations/${lamp!.id}/notes`, { text: `busy note ${writer}.${n}` });
      if (n % 5 === 0) await outside.deliver(withFile(`busy-${writer}-${n}.bin`, randomBytes(2_000)));
      written++;
    }
  });
  await eventually(async () => expect(written).toBeGreaterThan(10));
  await command(ground.env, 'backup', path, '--quiet');
  const during = written;
  await eventually(async () => expect(written).toBeGreaterThan(during));
  writing = false;
  await Promise.all(writers);

  for (const kind of kinds) {
    const place = await emptyPlace(kind);
    await command(place, 'restore', path, '--key-file', keyOf(ground.env), '--quiet');
    const content = await contentOf(place);
    const counted = Map.groupBy(
      content.message!.filter(({ kind }) => kind !== 'event'),
      (row) => row.conversation_id,
    );
    for (const row of content.conversation!) expect([row.number, counted.get(row.id)?.length]).toEqual([row.number, row.message_count]);
    const named = [
      ...content.attachment!.filter(({ state }) => state === 'stored').map(({ sha256 }) => sha256),
      ...content.identity!.map((row) => row.picture_sha256),
      ...content.inbound_event!.map((row) => row.payload_sha256),
    ].filter(Boolean);
    expect(new Set(Object.values(await filesOf(place)))).toEqual(new Set(named));

    const restored = await startApp(readConfig({ ...place, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }));
    try {
      const there = await Api.signIn(restored.url!, adminEmail, adminPassword);
      expect(await textsOf(there)).toEqual(expect.arrayContaining(early));
      expect((await conversations(there)).length).toBeGreaterThanOrEqual(8);
      const found = await there.all<Conversation>(`/conversations?q=${encodeURIComponent('Norway')}`);
      expect(found.map(({ preview }) => preview)).toEqual(['We do.']);
    } finally {
      await restored.stop();
    }
  }
}, 180_000);

test('a restored app goes on where the backup was: mail since comes once, and what may have been sent since is not sent again', async () => {
  const path = fileAt('before.tributary');
  const lamp = (await conversations()).find(({ subject }) => subject === 'Lamp 3')!;
  const reply = async (text: string, more = {}) =>
    (await api.post<Message>(`/conversations/${lamp.id}/replies`, { text, ...more })).body.id;
  const soon = await reply('It was planned for soon.', { sendAt: new Date(Date.now() + 20_000).toISOString() });
  const later = await reply('It is planned for later.', { sendAt: new Date(Date.now() + 3_600_000).toISOString() });
  await command(ground.env, 'backup', path, '--quiet');
  const sentTimes = (text: string) => outside.smtp.messages.filter(({ raw }) => raw.toString().includes(text)).length;
  await eventually(async () => expect(sentTimes('It was planned for soon.')).toBe(1), 60_000);
  const position = await lastEventOf(api);
  await stop();
  await outside.deliver(mail({ subject: 'Since', text: 'This came after the backup.' }));

  const place = await emptyPlace();
  const words = await command(place, 'restore', path, '--key-file', keyOf(ground.env), '--quiet');
  expect(words).toContain('1 replies were on their way then');
  expect(words).toContain('1 replies are planned');
  const { delivery, conversation } = await contentOf(place);
  const of = (id: string) => delivery!.find((row) => row.message_id === id);
  expect(of(soon)).toMatchObject({ state: 'uncertain', error_kind: 'unknown', next_attempt_at: null });
  expect(of(soon)!.error_message).toMatch(/^Restored from a backup of .* UTC; it may have been sent since\.$/);
  expect(of(soon)!.trouble_at).not.toBeNull();
  expect(of(later)).toMatchObject({ state: 'queued', fence: 0, trouble_at: null });
  expect(conversation!.find(({ id }) => id === lamp.id)).toMatchObject({ status: 'open', unread: true, assignee_id: api.me.id });

  const restored = await startApp(readConfig({ ...place, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }));
  try {
    const there = await Api.signIn(restored.url!, adminEmail, adminPassword);
    await outside.meta.subscribe({ callbackUrl: `${restored.url}/webhooks/meta` });
    await eventually(
      async () => expect((await textsOf(there)).filter((text) => text === 'This came after the backup.')).toHaveLength(1),
      30_000,
    );
    // The copy in the mailbox's Sent folder tells that it was sent.
    await eventually(async () => {
      const messages = await messagesOf(lamp.id, there);
      const states = [soon, later].map((id) => messages.find((message) => message.id === id)!.delivery!.state);
      expect(states).toEqual(['sent', 'queued']);
    }, 30_000);

    const answered = await there.post<Message>(`/conversations/${lamp.id}/replies`, { text: 'Written after the restore.' });
    expect(answered.status).toBe(202);
    await eventually(async () => expect(sentTimes('Written after the restore.')).toBe(1), 30_000);
    const { page, meta } = outside;
    meta.customerWrites(page, meta.customer('Bo'), 'And to Iceland?');
    await eventually(async () => expect(await textsOf(there)).toContain('And to Iceland?'), 30_000);
    expect(sentTimes('It was planned for soon.')).toBe(1);
    expect(await firstEventTypes(there, position)).toContain('reset');
    expect(header(outside.smtp.messages.at(-1)!.raw, 'Subject')).toContain('Lamp 3');
  } finally {
    await restored.stop();
  }
  await start();
}, 240_000);

async function lastEventOf(from: Api): Promise<string> {
  const abort = new AbortController();
  try {
    for await (const { id } of from.events(abort.signal)) return id!;
    throw new Error('no event came');
  } finally {
    abort.abort();
  }
}

async function firstEventTypes(from: Api, lastId: string): Promise<string[]> {
  const abort = new AbortController();
  const types: string[] = [];
  try {
    for await (const { type } of from.events(abort.signal, lastId)) if (types.push(type) === 2) break;
    return types;
  } finally {
    abort.abort();
  }
}

test('without its key nothing is restored, unless that is wanted: then it says which channels are to be connected again, and they go on', async () => {
  const path = fileAt('no-key.tributary');
  const words = await command(ground.env, 'backup', path);
  expect(words).toContain('The encryption key is not in it.');
  const place = await emptyPlace();
  const refused = await refusal(place, 'restore', path);
  expect(refused).toMatch(
    /--key-file FILE or ENCRYPTION_KEY .*fingerprint.* --without-key .*support \(email, support@harbour-lamps\.example\)/,
  );
  const other = fileAt('other.key');
  writeFileSync(other, randomBytes(32).toString('base64'));
  expect(await refusal(place, 'restore', path, '--key-file', other)).toMatch(/is not the one that this backup's channels are sealed with/);
  expect(await refusal({ ...place, ENCRYPTION_KEY: randomBytes(32).toString('base64') }, 'restore', path)).toMatch(
    /The key in ENCRYPTION_KEY/,
  );
  expect(readdirSync(place.DATA_DIR!)).toEqual([]);

  expect(await command(place, 'restore', path, '--without-key', '--quiet')).toContain('support (email, support@harbour-lamps.example)');
  const restored = await startApp(readConfig({ ...place, ADMIN_EMAIL: '', ADMIN_PASSWORD: '' }));
  try {
    const there = await Api.signIn(restored.url!, adminEmail, adminPassword);
    const { status, body } = await there.post<{ id: string }>('/channels', outside.emailChannel());
    expect([status, body.id]).toEqual([201, channels.email]);
  } finally {
    await restored.stop();
  }
}, 60_000);

describe('what is not a whole backup is refused with a sentence, and leaves nothing behind', () => {
  let place: Record<string, string>;
  beforeAll(async () => {
    place = await emptyPlace();
  });
  const damaged = fileAt('damaged.tributary');
  const flip = (at: (size: number) => number) => (bytes: Buffer) => {
    bytes[at(bytes.length)]! ^= 0x20;
    return bytes;
  };
  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 2_000), /is damaged: it ends in the middle/],
    ['cut in half', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1), /is damaged: it ends in the middle/],
    ['with a flipped bit in its middle', flip((size) => size >> 1), /is damaged: /],
    ['with a flipped bit near its beginning', flip(() => 700), /is damaged: |is no backup/],
    ['not a backup at all', () => Buffer.from('hello, this is a letter'), /is no backup of Tributary/],
    ['empty', () => Buffer.alloc(0), /is no backup of Tributary/],
  ])(
    '%s',
    async (_, change, words) => {
      writeFileSync(damaged, change(readFileSync(whole)));
      expect(await refusal(place, 'restore', damaged, '--quiet')).toMatch(words);
      expect(readdirSync(place.DATA_DIR!)).toEqual([]);
    },
    60_000,
  );
  test('the place is as empty as it was', async () => {
    expect(await refusal(place, 'backup', '--verify', damaged)).toMatch(/is no backup/);
    expect(await command(place, 'restore', whole, '--dry-run', '--quiet')).toContain('can be restored here');
    expect(readdirSync(place.DATA_DIR!)).toEqual([]);
  }, 60_000);
});

test('an inbox that is there is never overwritten', async () => {
  const there = await refusal(ground.env, 'restore', whole);
  expect(there).toMatch(/into an empty place only, and .* holds attachments, .*Stop Tributary, move DATA_DIR away/);
  expect(await refusal(ground.env, 'backup', whole)).toMatch(/exists already\. Choose another name, or --force/);
  expect(await command(ground.env, 'backup', '--verify', whole)).toMatch(/is whole: [\d,]+ rows and \d+ files/);
  writeFileSync(fileAt('again.tributary'), 'an older one');
  await command(ground.env, 'backup', fileAt('again.tributary'), '--force', '--quiet');
  expect(statSync(fileAt('again.tributary')).size).toBeGreaterThan(1_000_000);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
}, 120_000);

test('a disk that is full ends a backup with a sentence', async () => {
  const full = await open('/dev/full', 'w');
  try {
    const { code, complaint } = await runCommand(ground.env, ['backup', '-', '--quiet'], full.fd).ended;
    expect([code, complaint]).toEqual([1, expect.stringContaining('There is no space left')]);
  } finally {
    await full.close();
  }
});

test('a restore that is killed leaves a mark: no app starts on it, and the next restore starts over', async () => {
  const mark = (place: Record<string, string>) => join(place.DATA_DIR!, 'restore.unfinished');
  const killed = async () => {
    const place = await emptyPlace();
    const watching = watch(place.DATA_DIR!);
    const begun = once(watching, 'change');
    const { child, ended } = runCommand(place, ['restore', whole, '--quiet']);
    await begun;
    watching.close();
    child.kill('SIGKILL');
    await ended;
    return place;
  };
  let place = await killed();
  // On a busy machine it may have been quicker than we.
  while (!existsSync(mark(place))) place = await killed();
  await expect(startApp(readConfig(place))).rejects.toThrow(/was not finished.*tributary restore FILE/);
  expect(await refusal(place, 'migrate')).toMatch(/was not finished/);
  await command(place, 'restore', whole, '--quiet');
  expect(existsSync(mark(place))).toBe(false);
  expect((await contentOf(place)).conversation).toHaveLength(8);
}, 120_000);
