import type { Conversation } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { MetaTeller, storyStart } from './meta-teller.js';
import { Outside } from './outside.js';

let outside: Outside;
let house: House;
let channels: { email: string; facebook: string; instagram: string };

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  channels = await outside.connect(house.api);
}, 90_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 60_000);

/** Events of the flood that nobody has looked at. */
const waiting = async () =>
  (await house.api.get<{ received: number }>(`/inbound-events/counts?channelId=${channels.facebook}`)).body.received;

/** So many messages to the Page in one POST. */
async function flood(from: number, many: number): Promise<void> {
  const { id } = outside.page;
  const entry = Array.from({ length: many }, (_, n) => {
    const [timestamp, mid] = [storyStart + from + n, `m_flood_${from + n}`];
    const sender = { id: String(7311000000000000 + ((from + n) % 100)) };
    return { id, time: timestamp, messaging: [{ sender, recipient: { id }, timestamp, message: { mid, text: `flood ${from + n}` } }] };
  });
  expect(await outside.meta.postBody(outside.page, { object: 'page', entry })).toBe(200);
}

test('of 5,000 events of one channel and one of another that comes last, the one is in the inbox while most of the others wait', async () => {
  for (let from = 0; from < 5_000; from += 500) await flood(from, 500);
  const before = await waiting();
  await new MetaTeller(outside.meta, outside.instagram).says('1180000000000777', 1, 'aWdfQ', { text: 'a quiet voice' });
  await eventually(async () => {
    const [heard] = await house.api.all<Conversation>(`/conversations?channelId=${channels.instagram}`);
    expect(heard?.preview).toBe('a quiet voice');
  }, 90_000);
  expect(before).toBeGreaterThan(1_000);
  expect(await waiting()).toBeGreaterThan(before / 2);
}, 180_000);
