import { FairShare } from './fair-share.js';

const minute = 60_000;
/** Of so many events, one every so many milliseconds, how many are within the share. */
const within = (share: FairShare, channel: string, events: number, everyMs: number, from = 0) =>
  Array.from({ length: events }, (_, n) => share.has(channel, from + n * everyMs)).filter(Boolean).length;

test('a flood of one moment has its share, and no more', () => {
  expect(within(new FairShare(), 'loud', 1_000, 0)).toBe(20);
});

test('who goes on at twice the pace is within it half of the time', () => {
  const share = new FairShare();
  within(share, 'loud', 1_000, 0);
  expect(within(share, 'loud', 1_200, 100)).toBe(599);
});

test('what one channel says takes nothing from another', () => {
  const share = new FairShare();
  within(share, 'loud', 1_000, 0);
  expect(within(share, 'quiet', 20, 1_000)).toBe(20);
});

test('after a pause all of it is there again, and a clock that was set back adds nothing', () => {
  const share = new FairShare();
  within(share, 'loud', 1_000, 0, minute);
  expect(share.has('loud', 0)).toBe(false);
  expect(within(share, 'loud', 1_000, 0, minute)).toBe(20);
});
