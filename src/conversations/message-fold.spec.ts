import fc from 'fast-check';
import type { MessageChange as Change } from '#libs/connector';
import { fold, type KeptChange } from './message-fold.js';

const ada = { scope: 'p', id: '1', name: 'Ada' };
const bo = { scope: 'p', id: '2', name: 'Bo' };
let made = 0;
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 9, 0, seconds));
const kept = (seconds: number, change: Change, key = `k${++made}`): KeptChange => ({ key, at: at(seconds), change });
const edit = (seconds: number, version: number | null, text: string) => kept(seconds, { kind: 'edit', text, version });
const react = (seconds: number, by: typeof ada | null, emoji: string | null) => kept(seconds, { kind: 'reaction', by, emoji });

test('of several edits the highest version holds, of one version the latest', () => {
  expect(fold([edit(9, 1, 'late'), edit(3, 2, 'second'), edit(1, 1, 'first')]).edit).toEqual({ text: 'second', at: at(3) });
  expect(fold([edit(9, 1, 'late'), edit(1, 1, 'first')]).edit?.text).toBe('late');
});

test('what a message said when the platform was asked holds over all edits of before, of whatever version, and over none of later', () => {
  expect(fold([edit(5, null, 'read'), edit(3, 4, 'fourth')]).edit).toEqual({ text: 'read', at: at(5) });
  expect(fold([edit(5, null, 'read'), edit(6, 1, 'first')]).edit).toEqual({ text: 'first', at: at(6) });
  expect(fold([edit(5, null, 'read'), edit(7, null, 'read again')]).edit?.text).toBe('read again');
});

test('a withdrawal is for ever, and dates from the first that is told of it', () => {
  expect(fold([kept(8, { kind: 'withdraw' }), edit(9, 5, 'later'), kept(7, { kind: 'withdraw' })]).withdrawnAt).toEqual(at(7));
});

test('everybody has one reaction at most, the latest; what was taken back is none', () => {
  const { reactions } = fold([react(1, ada, '❤️'), react(2, bo, '😮'), react(3, ada, '😂'), react(4, null, '👍'), react(5, bo, null)]);
  expect(reactions).toEqual([
    { emoji: '😂', by: ada },
    { emoji: '👍', by: null },
  ]);
});

test('a reaction taken back before it was heard of stays taken back', () => {
  expect(fold([react(5, ada, null), react(4, ada, '❤️')])).toMatchObject({ reactions: [], reactedAt: at(4) });
});

test('the customer acts by reacting, neither by taking it back nor by what our side does', () => {
  expect(fold([react(1, null, '👍'), react(2, ada, null)]).reactedAt).toBeNull();
  expect(fold([react(1, ada, '👍'), react(2, ada, null)]).reactedAt).toEqual(at(1));
});

test('hidden and liked are as was told last', () => {
  const hide = (seconds: number, hidden: boolean) => kept(seconds, { kind: 'hide', hidden });
  expect(fold([hide(3, false), hide(2, true)]).hidden).toBe(false);
  expect(fold([kept(1, { kind: 'like', liked: true })])).toMatchObject({ liked: true, hidden: null });
});

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), text: fc.constantFrom('a', 'b', 'c'), version: fc.constantFrom(1, 1, 2, null) }),
  fc.record({ kind: fc.constant('reaction' as const), by: fc.constantFrom(ada, bo, null), emoji: fc.constantFrom('❤️', '😂', null) }),
  fc.record({ kind: fc.constant('hide' as const), hidden: fc.boolean() }),
  fc.record({ kind: fc.constant('like' as const), liked: fc.boolean() }),
  fc.constant<Change>({ kind: 'withdraw' }),
);
/** Changes with keys of their own, many at the same second. */
const anyChanges = fc
  .array(fc.tuple(fc.nat({ max: 3 }), anyChange), { minLength: 1, maxLength: 8 })
  .map((drawn) => drawn.map(([seconds, change], n) => kept(seconds, change, `c${n}`)));
/** The same in another order, some of them twice. */
const disordered = <T>(items: T[]) =>
  fc.tuple(fc.shuffledSubarray(items, { minLength: items.length }), fc.subarray(items)).chain(([all, again]) => {
    const both = [...all, ...again];
    return fc.shuffledSubarray(both, { minLength: both.length });
  });

test('whatever the order and however often, the same changes make the same', () => {
  fc.assert(
    fc.property(
      anyChanges.chain((changes) => fc.tuple(fc.constant(changes), disordered(changes))),
      ([changes, told]) => expect(fold(told)).toEqual(fold(changes)),
    ),
    { numRuns: 1_000 },
  );
});
