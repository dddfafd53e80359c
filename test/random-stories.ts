import fc from 'fast-check';
import type { MetaAccount } from '#libs/simulators';
import { RandomChats } from './random-chats.js';
import { RandomComments } from './random-comments.js';
import { type Move, Story } from './random-moves.js';
import type { Step } from './told-account.js';

const people = ['Ada Moss', 'Bo Lind', 'Cy Park'];

const moves = fc.record<Move>({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('says' as const) },
    { weight: 5, arbitrary: fc.constantFrom('edits' as const, 'reacts' as const, 'unsends' as const, 'reads' as const) },
    { weight: 4, arbitrary: fc.constant('comments' as const) },
    { weight: 4, arbitrary: fc.constantFrom('rewrites' as const, 'hides' as const, 'removes' as const, 'loves' as const) },
  ),
  who: fc.constantFrom(...people),
  ours: fc.boolean(),
  which: fc.nat(1_000),
});

/** Chats and comments of some people at an account of this kind, as its platform may tell of them. */
export const randomStory = (kind: MetaAccount['kind'], length: number): fc.Arbitrary<Step[]> =>
  fc.array(moves, { minLength: length, maxLength: length }).map((drawn) => {
    const story = new Story(kind === 'page');
    const [chats, comments] = [new RandomChats(story), new RandomComments(story)];
    for (const move of drawn) if (!chats.take(move)) comments.take(move);
    return story.steps;
  });

/** The same in another order, some of it twice. */
export const disordered = <T>(items: T[]): fc.Arbitrary<T[]> =>
  fc.subarray(items).chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));
