import { setTimeout as sleep } from 'node:timers/promises';
import { Lanes } from './lanes.js';

test('a channel that holds all of its lanes waits, and another does not', async () => {
  const lanes = new Lanes(2);
  await Promise.all([lanes.enter('loud', 0), lanes.enter('loud', 0)]);
  expect(await lanes.enter('loud', 5)).toBeNull();
  expect(await lanes.enter('quiet', 0)).toBeInstanceOf(Function);
});

test('who waits gets the lane that becomes free, in the order of coming', async () => {
  const lanes = new Lanes(1);
  const leave = (await lanes.enter('loud', 0))!;
  const order: string[] = [];
  const visit = async (name: string) => {
    const done = (await lanes.enter('loud', 1_000))!;
    order.push(name);
    await sleep(1);
    done();
  };
  const visits = ['first', 'second', 'third'].map(visit);
  leave();
  await Promise.all(visits);
  expect(order).toEqual(['first', 'second', 'third']);
});

test('however many come and go, no more are in than there are lanes, and none is lost', async () => {
  const lanes = new Lanes(3);
  let [inside, most, done] = [0, 0, 0];
  const visit = async (n: number) => {
    const leave = (await lanes.enter('loud', 5_000))!;
    most = Math.max(most, ++inside);
    await sleep(n % 3);
    inside--;
    done++;
    leave();
  };
  await Promise.all(Array.from({ length: 200 }, (_, n) => visit(n)));
  expect({ most, inside, done }).toEqual({ most: 3, inside: 0, done: 200 });
  expect(await lanes.enter('loud', 0)).toBeInstanceOf(Function);
});
