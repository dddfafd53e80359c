import type { Action, ConnectorError } from '#libs/connector';
import { act } from './act.js';
import { instagramReactions, messengerReactions } from './capabilities.js';
import { ScriptedGraph } from './scripted-graph.js';
import { linesTo } from './scripted-lines.js';

let graph: ScriptedGraph;
let lines: ReturnType<typeof linesTo>;
beforeEach(async () => {
  graph = await ScriptedGraph.start();
  lines = linesTo(graph.url);
  for (const path of ['104/messages', 'me/messages']) graph.answer(`POST ${path}`, { body: { recipient_id: '7311' } });
});
afterEach(() => graph.stop());

const customer = { scope: 'facebook:104', id: '7311', name: null };
const done = (action: Action, name: keyof typeof lines = 'page') => act(action, lines[name]);
const failure = (action: Action, name?: keyof typeof lines) =>
  done(action, name).then(
    () => null,
    (error: ConnectorError) => error,
  );

test.each([
  ['page', '104', messengerReactions],
  ['throughInstagram', 'me', instagramReactions],
] as const)('every reaction that a %s offers has a name at Meta', async (name, node, reactions) => {
  for (const [emoji, reaction] of Object.entries(reactions)) {
    for (const written of [emoji, emoji.replace('\ufe0f', '')]) {
      await done({ kind: 'react', of: 'm_1', customer, emoji: written }, name);
      const body = { recipient: { id: '7311' }, sender_action: 'react', payload: { message_id: 'm_1', reaction } };
      expect(graph.asked.at(-1)).toMatchObject({ method: 'POST', path: `${node}/messages`, body });
    }
  }
  await done({ kind: 'react', of: 'm_1', customer, emoji: null }, name);
  expect(graph.asked.at(-1)).toMatchObject({
    body: { recipient: { id: '7311' }, sender_action: 'unreact', payload: { message_id: 'm_1' } },
  });
});

test('a reaction that Meta does not know is refused here', async () => {
  expect(await failure({ kind: 'react', of: 'm_1', customer, emoji: '🦊' })).toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('👍'),
  });
  expect(graph.asked).toEqual([]);
});

test.each([
  [{ kind: 'seen', customer }, 'mark_seen'],
  [{ kind: 'typing', customer, on: true }, 'typing_on'],
  [{ kind: 'typing', customer, on: false }, 'typing_off'],
] as const)('%j', async (action, sender_action) => {
  await done(action);
  expect(graph.asked).toEqual([{ method: 'POST', path: '104/messages', query: {}, body: { recipient: { id: '7311' }, sender_action } }]);
});

test.each([
  [100, undefined, null],
  [10, 2018278, null],
  [551, undefined, null],
  [190, 463, 'auth'],
  [613, undefined, 'rate-limited'],
  [1200, undefined, 'unavailable'],
])('a sign of life that is refused (%d/%p) costs nothing; other trouble is told (%p)', async (code, subcode, kind) => {
  graph.refuse('POST 104/messages', code, subcode);
  expect((await failure({ kind: 'typing', customer, on: true }))?.kind ?? null).toBe(kind);
});

test.each([
  ['page', 'hide', { method: 'POST', path: '1_2', body: { is_hidden: true } }],
  ['page', 'unhide', { method: 'POST', path: '1_2', body: { is_hidden: false } }],
  ['page', 'like', { method: 'POST', path: '1_2/likes' }],
  ['page', 'unlike', { method: 'DELETE', path: '1_2/likes' }],
  ['page', 'delete', { method: 'DELETE', path: '1_2' }],
  ['throughInstagram', 'hide', { method: 'POST', path: '1_2', query: { hide: 'true' } }],
  ['throughFacebook', 'unhide', { method: 'POST', path: '1_2', query: { hide: 'false' } }],
  ['throughInstagram', 'delete', { method: 'DELETE', path: '1_2' }],
] as const)('a %s can %s a comment', async (name, moderation, call) => {
  graph.answer(`${call.method} ${call.path}`, { body: { success: true } });
  await done({ kind: 'moderate', of: '1_2', moderation }, name);
  expect(graph.asked).toEqual([{ query: {}, body: '', ...call }]);
});

test('a comment that is gone is deleted already, and cannot be hidden', async () => {
  await done({ kind: 'moderate', of: '1_2', moderation: 'delete' });
  expect(await failure({ kind: 'moderate', of: '1_2', moderation: 'hide' })).toMatchObject({ kind: 'rejected', code: '100/33' });
});

test('a comment that cannot be hidden does not make the channel ask for a reconnection', async () => {
  graph.refuse('POST 1_2', 200);
  expect(await failure({ kind: 'moderate', of: '1_2', moderation: 'hide' })).toMatchObject({ kind: 'rejected', code: '200' });
  graph.refuse('POST 1_2', 190, 463);
  expect(await failure({ kind: 'moderate', of: '1_2', moderation: 'hide' })).toMatchObject({ kind: 'auth' });
});

test('what Meta says it did not do has not been done', async () => {
  graph.answer('POST 1_2', { body: { success: false } });
  expect(await failure({ kind: 'moderate', of: '1_2', moderation: 'hide' })).toMatchObject({ kind: 'rejected' });
});

test('a chat is taken over where the account has a default app', async () => {
  graph.answer('POST 104/take_thread_control', { body: { success: true } });
  await done({ kind: 'take-over', customer });
  expect(graph.asked.at(-1)!.body).toEqual({ recipient: { id: '7311' } });
  graph.refuse('POST 104/take_thread_control', 27);
  expect(await failure({ kind: 'take-over', customer })).toMatchObject({
    kind: 'rejected',
    action: expect.stringContaining('set a default app'),
  });
});
