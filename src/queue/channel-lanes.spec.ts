import { ChannelLanes } from './channel-lanes.js';

/** How many more may enter now. */
function enterAll(lanes: ChannelLanes, channel: string): number {
  let entered = 0;
  while (lanes.enter(channel)) entered += 1;
  return entered;
}

test('a channel has four lanes, whatever others do, and who leaves makes room for one', () => {
  const lanes = new ChannelLanes();
  const leave = lanes.enter('a')!;
  expect([enterAll(lanes, 'a'), enterAll(lanes, 'b')]).toEqual([3, 4]);
  leave();
  expect(enterAll(lanes, 'a')).toBe(1);
});

test('a channel with a call that hangs has one lane until that ends', () => {
  let now = 0;
  const lanes = new ChannelLanes(() => now);
  const leave = lanes.enter('hangs')!;
  now += 6_000;
  expect([enterAll(lanes, 'hangs'), enterAll(lanes, 'well')]).toEqual([0, 4]);
  leave();
  expect(enterAll(lanes, 'hangs')).toBe(4);
});

test('who is turned away waits the longer the more of them there are, and soon again once a lane was free', () => {
  const lanes = new ChannelLanes();
  const leave = lanes.enter('a')!;
  enterAll(lanes, 'a');
  const first = lanes.pauseOf('a');
  for (let n = 0; n < 1_000; n++) lanes.enter('a');
  expect([first < 200, lanes.pauseOf('a')]).toEqual([true, 5_000]);
  leave();
  expect(lanes.pauseOf('a')).toBe(100);
});
