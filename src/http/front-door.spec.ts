import { lookup } from 'node:dns/promises';
import { FrontDoor } from './front-door.js';

const open = (host: string) => FrontDoor.open(0, host, (_, response) => void response.end('welcome'));

test('at localhost it is open at each of its addresses, and closed at each', async () => {
  const door = await open('localhost');
  const addresses = new Set((await lookup('localhost', { all: true })).map(({ address }) => address));
  const urls = [...addresses].map((address) => `http://${address.includes(':') ? `[${address}]` : address}:${new URL(door.url).port}`);
  const welcomes = () => Promise.all(urls.map(async (url) => (await fetch(url)).text().catch(() => 'closed')));
  expect(await welcomes()).toEqual(urls.map(() => 'welcome'));
  await door.close(1_000);
  await expect(Promise.any(urls.map((url) => fetch(url)))).rejects.toThrow();
});

test('once its end is announced it lets everybody in, and has nobody come again on the same line', async () => {
  const door = await open('127.0.0.1');
  const before = await fetch(door.url);
  door.announceEnd();
  const after = await fetch(door.url);
  expect([before, after].map(({ headers }) => headers.get('connection'))).toEqual(['keep-alive', 'close']);
  expect(await after.text()).toBe('welcome');
  await door.close(1_000);
});
