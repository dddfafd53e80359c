import { spawn } from 'node:child_process';
import type { DataSource } from 'typeorm';
import { readConfig } from '../src/config.js';
import { giveUpWaiting } from '../src/conversations/waiting-changes.js';
import { ChannelWatch } from '../src/channels/channel.entity.js';
import { openDatabase } from '../src/database/data-source.js';
import { InboundEvent } from '../src/inbound/inbound-event.entity.js';
import { dropSlice, packSlice } from '../src/inbound/payload-slices.js';
import type { Conversation, InboundEvent as Row, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { MetaTeller } from './meta-teller.js';
import { mail, Outside, supportAddress } from './outside.js';

let outside: Outside;
let house: House;
let database: DataSource;
let page: MetaTeller;
let channels: { email: string; facebook: string; instagram: string };

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  channels = await outside.connect(house.api);
  page = new MetaTeller(outside.meta, outside.page);
  // As an operator's command does beside the running app.
  database = await openDatabase(readConfig(house.ground.env));
}, 90_000);
afterAll(async () => {
  await database?.destroy();
  await house?.stop();
  await outside?.stop();
}, 30_000);

const ada = '7311000000000042';
const later = () => new Date(Date.now() + 1_000);
const rows = (query = '') => house.api.all<Row>(`/inbound-events${query}`);
const settled = () => eventually(async () => expect(await rows('?state=received')).toEqual([]), 30_000);
const raw = (id: string) => house.api.raw(`/inbound-events/${id}/raw`);
const replay = (body: object) => house.api.post<{ replayed: number; refused: object[] }>('/inbound-events/replay', body);
const counts = async (query = '') => (await house.api.get<Record<string, number>>(`/inbound-events/counts${query}`)).body;
const packAll = () => packSlice(database, { settledAt: new Date(0), id: '' }, later());

/** The ledger's rows of the events whose bytes hold these words. */
async function saying(words: string): Promise<Row[]> {
  const found: Row[] = [];
  for (const row of await rows()) if (row.raw !== 'dropped' && (await (await raw(row.id)).text()).includes(words)) found.push(row);
  return found;
}

/** Everything that is in the inbox. */
async function inbox(): Promise<string[]> {
  const messages: Message[] = [];
  for (const { id } of await house.api.all<Conversation>('/conversations'))
    messages.push(...(await house.api.all<Message>(`/conversations/${id}/messages`)));
  return messages.map(({ externalId, text, deletedAt }) => `${externalId} ${text} ${deletedAt ?? ''}`).sort();
}

const withText = (text: string) =>
  eventually(async () => {
    const message = (await inbox()).find((line) => line.includes(text));
    if (!message) throw new Error(`"${text}" is not here`);
  }, 60_000);

/** Runs the command line in the app's environment. */
async function tributary(...words: string[]): Promise<{ code: number | null; out: string; errors: string }> {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...words], { env: { PATH: process.env.PATH, ...house.ground.env } });
  const [out, errors]: string[][] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out!.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => errors!.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: out!.join(''), errors: errors!.join('') };
}

describe('raw payloads', () => {
  const long = 'Is the brass lamp back in stock? '.repeat(20);

  test('are packed once they were dealt with, and are read as they came', async () => {
    await page.says(ada, 1, 'm_long', { text: long });
    await withText(long);
    const [row] = await saying(long);
    const whole = await (await raw(row!.id)).text();
    await packAll();
    const [after] = await rows();
    expect(after).toMatchObject({ id: row!.id, raw: 'packed', size: Buffer.byteLength(whole) });
    const { payload } = await database.manager.findOneByOrFail(InboundEvent, { id: row!.id });
    expect(payload.length).toBeLessThan(row!.size);
    const answer = await raw(row!.id);
    expect(await answer.text()).toBe(whole);
    expect(answer.headers.get('content-type')).toMatch('application/json');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="facebook-${row!.id}.json"`);
  });

  test('that are packed can be replayed, and nothing is doubled by it', async () => {
    const before = await inbox();
    const ids = (await rows('?state=processed')).map(({ id }) => id);
    expect(await replay({ ids })).toMatchObject({ status: 202, body: { replayed: ids.length, refused: [] } });
    await settled();
    expect(await inbox()).toEqual(before);
  });

  test('that nobody has dealt with are neither packed nor dropped', async () => {
    await outside.meta.postBody(
      { ...outside.page, id: '999000111222' },
      {
        object: 'page',
        entry: [
          {
            id: '999000111222',
            time: Date.now(),
            messaging: [
              { sender: { id: ada }, recipient: { id: '999000111222' }, timestamp: Date.now(), message: { mid: 'm_stray', text: long } },
            ],
          },
        ],
      },
    );
    const [stray] = await eventually(async () => {
      const found = await rows('?state=unrouted');
      expect(found).toHaveLength(1);
      return found;
    });
    await packAll();
    await dropSlice(database, later());
    expect((await rows('?state=unrouted'))[0]).toMatchObject({ id: stray!.id, raw: 'whole' });
  });

  test('of mail are handed out as mail until they are dropped; the message stays, and its row keeps the same mail out', async () => {
    const letter = mail({ subject: 'Two lamps', text: 'The original of two lamps', messageId: '<two@lamps.example>' });
    const attachment = `${letter}\r\n${'x'.repeat(400_000)}`;
    await outside.deliver(attachment);
    await withText('The original of two lamps');
    const [row] = await rows(`?channelId=${channels.email}`);
    const [conversation] = await house.api.all<Conversation>(`/conversations?channelId=${channels.email}`);
    const [message] = await house.api.all<Message>(`/conversations/${conversation!.id}/messages`);
    const original = () => house.api.raw(`/messages/${message!.id}/original`);
    expect((await original()).headers.get('content-type')).toBe('message/rfc822');
    const before = await inbox();
    await dropSlice(database, later());

    expect((await rows(`?channelId=${channels.email}`))[0]).toMatchObject({ id: row!.id, raw: 'dropped', size: row!.size });
    for (const answer of [await raw(row!.id), await original()]) {
      expect(answer.status).toBe(410);
      expect(((await answer.json()) as { detail: string }).detail).toContain('LEDGER_KEEP_DAYS');
    }
    const refusal = { replayed: 0, refused: [{ id: row!.id, reason: expect.stringContaining('dropped') }] };
    expect((await replay({ ids: [row!.id] })).body).toEqual(refusal);
    expect((await replay({ filter: { channelId: channels.email } })).body).toEqual(refusal);
    await outside.deliver(attachment);
    await house.api.post(`/channels/${channels.email}/audit`);
    expect(await inbox()).toEqual(before);
    expect(await rows(`?channelId=${channels.email}`)).toHaveLength(1);
  }, 90_000);
});

test('a mail that cannot be fetched is shown without its bytes, and taken in as soon as it can be', async () => {
  const { dovecot } = outside;
  const number = (await dovecot.list(supportAddress)).length + 1;
  const watch = (enabled: boolean) => house.api.patch(`/channels/${channels.email}`, { enabled });
  await watch(false);
  await outside.deliver(mail({ subject: 'Torn', text: 'Can you read this?' }));
  await dovecot.spoil(supportAddress, number);
  await watch(true);
  const empty = await eventually(async () => {
    const [row] = await rows(`?state=quarantined&channelId=${channels.email}`);
    expect(row).toMatchObject({ size: 0, reason: expect.stringContaining('no bytes') });
    return row!;
  }, 40_000);

  await watch(false);
  await dovecot.mend(supportAddress, number);
  await lastTriedLongAgo();
  await watch(true);
  await withText('Can you read this?');
  const [row] = (await rows(`?state=ignored&channelId=${channels.email}`)).filter(({ id }) => id === empty.id);
  expect(row).toMatchObject({ reason: expect.stringContaining('came in later') });
}, 90_000);

/** By the watcher's own notes, once nobody writes them any more. */
async function lastTriedLongAgo(): Promise<void> {
  const { manager } = database;
  await eventually(
    async () => expect((await manager.findOneByOrFail(ChannelWatch, { channelId: channels.email })).holder).toBeNull(),
    20_000,
  );
  const { cursor } = await manager.findOneByOrFail(ChannelWatch, { channelId: channels.email });
  const earlier = JSON.parse(JSON.stringify(cursor).replace(/"triedAt":"\d+/g, '"triedAt":"1999')) as typeof cursor;
  await manager.update(ChannelWatch, { channelId: channels.email }, { cursor: earlier as never });
}

describe('what comes before its message', () => {
  test('is seen to wait, is given up after a month, and waits again when it is replayed', async () => {
    const before = await counts();
    await page.chat(ada, 8, { message_edit: { mid: 'm_late', text: 'edited before it came', num_edit: 1 } });
    await page.chat(ada, 9, { reaction: { mid: 'm_late', action: 'react', reaction: 'love', emoji: '❤️' } });
    await eventually(async () => expect(await counts()).toEqual({ ...before, waiting: before.waiting! + 2 }));
    const waiting = await rows(`?waiting=true&channelId=${channels.facebook}`);
    expect(waiting).toMatchObject(Array(2).fill({ state: 'ignored', waiting: true, reason: 'It waits for its message.', raw: 'whole' }));
    // While it waits its bytes stay.
    await packAll();
    await dropSlice(database, later());
    expect(await rows('?waiting=true')).toEqual(waiting);

    expect(await database.transaction((manager) => giveUpWaiting(manager, later(), 'It was given up.', 100))).toBe(2);
    expect(await rows('?waiting=true')).toEqual([]);
    const given = await Promise.all(waiting.map(async ({ id }) => (await rows()).find((row) => row.id === id)));
    expect(given).toMatchObject(Array(2).fill({ state: 'ignored', waiting: false, reason: 'It was given up.' }));

    await replay({ ids: [waiting[0]!.id, waiting[1]!.id] });
    await eventually(async () => expect(await rows('?waiting=true')).toHaveLength(2));
    await page.says(ada, 1, 'm_late', { text: 'said at last' });
    await withText('edited before it came');
    expect(await rows('?waiting=true')).toEqual([]);
    expect((await rows()).filter(({ id }) => waiting.some((row) => row.id === id))).toMatchObject(Array(2).fill({ state: 'processed' }));
  });
});

describe('replay', () => {
  test('of a channel takes in all of it anew, doubles nothing and brings nothing back that was taken back', async () => {
    await page.says(ada, 20, 'm_gone', { text: 'oh, a secret' });
    await withText('oh, a secret');
    await page.chat(ada, 21, { message: { mid: 'm_gone', is_deleted: true } });
    await eventually(async () => expect((await inbox()).join()).not.toContain('oh, a secret'));
    const before = await inbox();
    const { body } = await replay({ filter: { channelId: channels.facebook } });
    expect(body.replayed).toBeGreaterThanOrEqual(4);
    await settled();
    expect(await inbox()).toEqual(before);
  });

  test('says of each event that it cannot take in why', async () => {
    const unknown = '01890000-0000-7000-8000-000000000000';
    const [stray] = await rows('?state=unrouted');
    expect((await replay({ ids: [unknown, stray!.id] })).body).toEqual({
      replayed: 0,
      refused: [
        { id: unknown, reason: 'There is no such event.' },
        { id: stray!.id, reason: expect.stringContaining('No connected channel') },
      ],
    });
  });
});

describe('on the command line, beside the running app', () => {
  test('the ledger is listed', async () => {
    const all = await rows(`?channelId=${channels.facebook}`);
    const { code, out } = await tributary('ledger', 'list', '--channel', channels.facebook);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(all.map(({ id }) => id));
    expect(await tributary('ledger', 'list', '--state', 'lost')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('--state must be one of'),
    });
  }, 60_000);

  test('events are replayed, and the running app takes them in while the command shows how far it is', async () => {
    const before = await inbox();
    const all = (await rows(`?channelId=${channels.facebook}`)).filter(({ raw: kept }) => kept !== 'dropped');
    const { code, out, errors } = await tributary('ledger', 'replay', '--channel', channels.facebook);
    expect(errors).toContain(`Taking in: ${all.length} events`);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`${all.length} event(s) replayed`) });
    expect(await rows('?state=received')).toEqual([]);
    expect(await inbox()).toEqual(before);
  }, 60_000);
});
