import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { MalformedPayload, type ChannelAccess, type WebhookPart } from '#libs/connector';
import { parseMeta } from './parse.js';
import { split } from './split.js';

const options = { appId: '900100200300400', graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' };
const channel: ChannelAccess = { id: 'c1', address: '', settings: {}, signingKey: Buffer.alloc(32, 1) };
const now = new Date('2026-11-22T00:00:00Z');

const keysOf = (object: string, entry: object) =>
  split(Buffer.from(JSON.stringify({ object, entry: [{ id: '104400000000017', time: 1, ...entry }] })), now).map(({ event }) => [
    event.key,
    event.platformId,
  ]);
const keyOfChat = (element: object) => keysOf('page', { messaging: [element] })[0];
const keyOfFeed = (value: object, time = 1) => keysOf('page', { time, changes: [{ field: 'feed', value }] })[0];

const people = { sender: { id: '7' }, recipient: { id: '104400000000017' }, timestamp: 5 };
const hash = expect.stringMatching(/^[0-9a-f]{64}$/);

test.each([
  ['a message', { ...people, message: { mid: 'm_1', text: 'hi' } }, 'message:m_1', 'm_1'],
  ['an echo', { ...people, message: { mid: 'm_1', is_echo: true } }, 'message:m_1', 'm_1'],
  ['a button', { ...people, postback: { mid: 'm_2', title: 'Go' } }, 'message:m_2', 'm_2'],
  ['a button without mid', { ...people, postback: { title: 'Go' } }, hash, undefined],
  ['a message unsent', { ...people, message: { mid: 'm_1', is_deleted: true } }, 'unsend:m_1', undefined],
  ['an edit', { ...people, message_edit: { mid: 'm_1', text: 'ho', num_edit: 2 } }, expect.stringMatching(/^edit:m_1:2:/), 'm_1'],
  ['an edit that says nothing', { timestamp: 5, message_edit: { mid: 'm_1', num_edit: 0 } }, hash, undefined],
  ['a reaction', { ...people, reaction: { mid: 'm_1', action: 'react', emoji: '❤️' } }, 'reaction:m_1:7:react:❤️:5', undefined],
  ['a read', { ...people, read: { watermark: 4 } }, hash, undefined],
])('%s has a key of its own', (_, element, key, platformId) => expect(keyOfChat(element)).toEqual([key, platformId]));

const comment = { item: 'comment', verb: 'add', comment_id: '5_6', post_id: '1_5', from: { id: '9' }, message: 'hi', created_time: 3 };
test.each([
  ['a comment', comment, 'comment:5_6', '5_6'],
  ['a comment edited', { ...comment, verb: 'edited' }, expect.stringMatching(/^comment-state:5_6:edited:/), '5_6'],
  ['a comment hidden', { ...comment, verb: 'hide' }, expect.stringMatching(/^comment-state:5_6:hide:/), '5_6'],
  ['a comment removed', { ...comment, verb: 'remove', message: undefined }, 'comment-state:5_6:remove', undefined],
  ['a visitor’s post', { item: 'post', verb: 'add', post_id: '1_8', from: { id: '9' }, message: 'hi' }, 'comment:1_8', '1_8'],
  ['a visitor’s post edited', { item: 'post', verb: 'edited', post_id: '1_8', from: { id: '9' }, message: 'ho' }, hash, '1_8'],
  ['a post of our own', { item: 'post', verb: 'add', post_id: '1_8', from: { id: '104400000000017' }, message: 'hi' }, hash, undefined],
  ['a reaction', { ...comment, item: 'reaction' }, hash, undefined],
])('%s has a key of its own', (_, value, key, platformId) => {
  expect(keyOfFeed(value)).toEqual([key, platformId]);
  expect(keyOfFeed(value, 2)).toEqual([key, platformId]);
});

test('a comment hidden, shown and hidden again has three keys; what is delivered again soon has one', () => {
  const keysAt = (verb: string, ...times: number[]) => times.map((time) => keyOfFeed({ ...comment, verb }, time)![0]);
  const [first, again, later] = keysAt('hide', 1795305600, 1795305700, 1795309200);
  expect(again).toBe(first);
  expect(later).not.toBe(first);
  expect(keysAt('unhide', 1795305650)).not.toContain(first);
  expect(new Set(keysAt('remove', 1795305600, 1795309200)).size).toBe(1);
  const post = (time: number) => keyOfFeed({ item: 'post', verb: 'hide', post_id: '1_8', from: { id: '9' } }, time)![0];
  expect([post(1795305700), post(1795309200)]).toEqual([post(1795305600), expect.not.stringMatching(post(1795305600) as string)]);
});

test('a comment on Instagram has the same key by either of its names, also when it comes as a live comment', () => {
  const of = (field: string, value: object) => keysOf('instagram', { changes: [{ field, value: { ...value, media: { id: '3' } } }] })[0];
  expect(of('comments', { id: '11' })).toEqual(['comment:11', '11']);
  expect(of('comments', { comment_id: '11' })).toEqual(['comment:11', '11']);
  expect(of('live_comments', { id: '11' })).toEqual(['comment:11', '11']);
});

test('what cannot be shown does not take the place of the same thing read later', () => {
  expect(keyOfChat({ message: { mid: 'm_1', text: 'whose?' } })).toEqual([hash, 'm_1']);
  expect(keyOfFeed({ ...comment, post_id: undefined })).toEqual([hash, '5_6']);
});

/** Every entry of every fixture, with the object it came under. */
const history = readdirSync(new URL('./fixtures/', import.meta.url)).flatMap((name) => {
  const body = JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')) as {
    object: string;
    entry: { time?: number }[];
  };
  return [body].flat().flatMap(({ object, entry }) => entry.map((one) => ({ object, entry: one })));
});
const bodyOf = (object: string, entry: object[]) => Buffer.from(JSON.stringify({ object, entry }));
const address = ({ connector, account, event }: WebhookPart) => `${connector} ${account} ${event.key}`;

test.each([1, 2, 3, 4, 5, 6, 7, 8])('shuffled, doubled and in batches a history is the same set of events (seed %i)', (seed) => {
  const random = randomFrom(seed);
  const once = new Set(history.flatMap(({ object, entry }) => split(bodyOf(object, [entry]), now)).map(address));
  const doubled = shuffled([...history, ...history.filter(() => random() < 0.5)], random);
  const seen = ['page', 'instagram'].flatMap((object) =>
    batches(
      doubled.filter((one) => one.object === object).map(({ entry }) => entry),
      random,
    ).flatMap((entries) =>
      split(
        bodyOf(
          object,
          entries.map((entry) => ({ ...entry, time: minutesAfter(entry.time, random) })),
        ),
        new Date(random() * 1e12),
      ),
    ),
  );
  expect(new Set(seen.map(address))).toEqual(once);
});

/** What is delivered again bears the time of that. */
const minutesAfter = (time: unknown, random: () => number) => (typeof time === 'number' ? time + Math.floor(random() * 300) : time);

test('the same event gives the same result whenever it is read, and its bytes are left alone', () => {
  for (const { object, entry } of history)
    for (const { connector, event } of split(bodyOf(object, [entry]), now)) {
      const before = Buffer.from(event.payload as Buffer);
      const read = () => attempt(() => parseMeta(connector as 'facebook', options, event, channel));
      expect(isDeepStrictEqual(read(), read())).toBe(true);
      expect(event.payload).toEqual(before);
    }
});

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof MalformedPayload) return error.message;
    throw error;
  }
}

function shuffled<T>(list: T[], random: () => number): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0]!);
}

function batches<T>(list: T[], random: () => number): T[][] {
  const result: T[][] = [[]];
  for (const one of list) random() < 0.3 ? result.push([one]) : result.at(-1)!.push(one);
  return result;
}

/** A sequence of numbers from 0 to 1 that a seed fixes (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
