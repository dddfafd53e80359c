import { moderations } from '#libs/connector';
import { allowedModeration, changeBy, isDone } from './moderation.js';

const offered = [...moderations];
const comment = {
  ...{ kind: 'message' as const, direction: 'inbound' as const, mode: null, externalId: '1_2' },
  ...{ deletedAt: null, hidden: false, liked: false },
};
const ours = { ...comment, direction: 'outbound' as const, mode: 'public' as const };

test.each([
  ['a comment can be hidden, liked and deleted', comment, ['hide', 'like', 'delete']],
  ['a hidden one shown again', { ...comment, hidden: true }, ['unhide', 'like', 'delete']],
  ['a like taken back', { ...comment, liked: true }, ['hide', 'unlike', 'delete']],
  ['our public answer can be deleted', ours, ['delete']],
  ['also one written in the platform’s own app', { ...ours, mode: null }, ['delete']],
  ['a private answer cannot be taken back', { ...ours, mode: 'private' as const }, []],
  ['nothing can be done to what is deleted', { ...comment, deletedAt: new Date() }, []],
  ['nor to what the platform does not know yet', { ...ours, externalId: null }, []],
  ['nor to a note', { ...comment, kind: 'note' as const }, []],
])('%s', (_rule, message, allowed) => {
  expect(allowedModeration(message, 'comment', offered)).toEqual(allowed);
});

test('only what the connector offers, and only under posts', () => {
  expect(allowedModeration(comment, 'comment', ['hide', 'unhide', 'delete'])).toEqual(['hide', 'delete']);
  expect(allowedModeration(comment, 'dm', offered)).toEqual([]);
});

test('what is done to a comment makes it done, and undone by its opposite', () => {
  const hidden = { ...comment, hidden: true };
  expect([isDone('hide', hidden), isDone('unhide', hidden), isDone('hide', comment), isDone('unhide', comment)]).toEqual([
    ...[true, false, false, true],
  ]);
  expect([isDone('delete', comment), isDone('delete', { ...comment, deletedAt: new Date() })]).toEqual([false, true]);
  expect([changeBy.hide, changeBy.unhide]).toEqual([
    { kind: 'hide', hidden: true },
    { kind: 'hide', hidden: false },
  ]);
});
