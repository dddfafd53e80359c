import { idsFollow, newId } from './columns.js';

const hour = 3_600_000;

test('ids are in the order in which they were made, within a millisecond and when the clock is put back', () => {
  const ids = [500_000, 500_000, 499_999, 499_999, 500_001].map((at) => newId(at * hour));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(5);
});

test('ids follow those that were there before, though their clock was ahead', () => {
  const before = '01f6ea76-3d00-7fff-bfff-ffffffffffff';
  idsFollow(before);
  const ids = [before, newId(600_001 * hour), newId(600_001 * hour)];
  idsFollow(before);
  ids.push(newId(600_001 * hour));
  expect(ids.toSorted()).toEqual(ids);
});
