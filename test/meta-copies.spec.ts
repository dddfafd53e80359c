import type { Channel, Conversation } from './api.js';
import { eventually } from './house.js';
import { MetaHouse } from './meta-house.js';

const minutes = 60_000;
let house: MetaHouse;

beforeAll(async () => {
  house = await MetaHouse.open();
  house.meta.advance(-30 * minutes);
}, 60_000);
afterAll(() => house?.close(), 30_000);
afterEach(() => void Object.assign(house.meta.habits, { readIdsDiffer: false, echoIdsDiffer: false }));

const accounts = () => [house.page, house.outside.instagram];

/** Reads what the platform has, and waits until all of it was taken in. */
async function audit(): Promise<void> {
  for (const { id } of await house.api.all<Channel>('/channels'))
    expect((await house.api.post(`/channels/${id}/audit`, {})).status).toBe(200);
  await settled();
}

const settled = () => eventually(async () => expect(await house.api.all('/inbound-events?state=received')).toEqual([]));

const said = async (conversationId: string) =>
  (await house.messages(conversationId)).map(({ direction, text, attachments }) => [direction, text || attachments.length]);

test.each([0, 1])(
  'a message that is read under another id than it was pushed with is shown once, equal ones stay (account %i)',
  async (index) => {
    const { meta } = house;
    meta.habits.readIdsDiffer = true;
    const [account, ada] = [accounts()[index]!, meta.customer(`Ada ${index}`)];
    const first = meta.customerWrites(account, ada, 'Is the brass lamp back?');
    meta.advance(5000);
    for (const again of ['hello?', 'hello?']) meta.customerWrites(account, ada, again);
    meta.advance(5000);
    const photo = () => meta.customerSendsFiles(account, ada, [{ kind: 'image' }]);
    photo();
    const { conversation } = await house.arrived(photo());
    meta.advance(5000);
    await house.reply(conversation.id, { text: 'Yes, two left.' });
    await house.deliveries(conversation.id, ['sent']);
    meta.advance(5000);
    meta.nativeReply(account, ada, 'Until Saturday.');
    const all = [
      ['inbound', 'Is the brass lamp back?'],
      ...[1, 2].map(() => ['inbound', 'hello?']),
      ...[1, 2].map(() => ['inbound', 1]),
      ['outbound', 'Yes, two left.'],
      ['outbound', 'Until Saturday.'],
    ];
    await eventually(async () => expect(await said(conversation.id)).toEqual(all));
    await audit();
    expect(await said(conversation.id)).toEqual(all);

    meta.customerUnsends(account, ada, first);
    await eventually(async () =>
      expect((await house.messages(conversation.id))[0]).toMatchObject({ text: '', deletedAt: expect.any(String) }),
    );
  },
);

test.each([true, false])(
  'a message that is read first is shown once when it is pushed afterwards (other ids: %s)',
  async (readIdsDiffer) => {
    const { meta, page } = house;
    meta.habits.readIdsDiffer = readIdsDiffer;
    const bo = meta.customer(`Bo ${readIdsDiffer}`);
    meta.hold();
    for (const text of ['Anybody there?', 'Anybody there?']) meta.customerWrites(page, bo, text);
    meta.advance(5000);
    meta.customerWrites(page, bo, 'Hello!');
    await audit();
    const mine = async () => {
      const conversations = await house.api.all<Conversation>('/conversations');
      return said(conversations.find(({ preview }) => preview === 'Hello!')!.id);
    };
    const all = [...[1, 2].map(() => ['inbound', 'Anybody there?']), ['inbound', 'Hello!']];
    expect(await mine()).toEqual(all);
    await meta.release();
    await meta.settled();
    await settled();
    expect(await mine()).toEqual(all);
  },
);

test.each([true, false])('of equal messages within a second one that was never pushed is found (other ids: %s)', async (readIdsDiffer) => {
  const { meta, page } = house;
  meta.habits.readIdsDiffer = readIdsDiffer;
  const cy = meta.customer(`Cy ${readIdsDiffer}`);
  const photo = () => meta.customerSendsFiles(page, cy, [{ kind: 'image' }]);
  const { conversation } = await house.arrived(photo());
  const fields = page.subscribedFields;
  page.subscribedFields = [];
  photo();
  page.subscribedFields = fields;
  photo();
  await eventually(async () => expect(await said(conversation.id)).toHaveLength(2));
  await audit();
  expect(await said(conversation.id)).toEqual([1, 2, 3].map(() => ['inbound', 1]));
});

test('a reply whose echo has another id than we were told is shown once, and what is told of either id holds', async () => {
  const { meta, page } = house;
  meta.habits.echoIdsDiffer = true;
  const di = meta.customer('Di');
  const { conversation } = await house.arrived(meta.customerWrites(page, di, 'Do you ship to Norway?'));
  let mid = '';
  const stop = meta.onReply((message) => void (mid = message.mid));
  await house.reply(conversation.id, { text: 'We do.' });
  await house.deliveries(conversation.id, ['sent']);
  stop();
  await meta.settled();
  await settled();
  expect(await said(conversation.id)).toHaveLength(2);
  meta.customerReacts(page, di, mid, '❤️');
  const reply = async () => (await house.messages(conversation.id))[1];
  await eventually(async () => expect((await reply())?.reactions).toMatchObject([{ emoji: '❤️' }]));
  const element = { sender: { id: meta.idOf(di, page) }, recipient: { id: page.id }, timestamp: meta.now() + 1 };
  const reaction = { mid: `${mid}e`, action: 'react', emoji: '👍' };
  const entry = [{ id: page.id, time: meta.now(), messaging: [{ ...element, reaction }] }];
  expect(await meta.postBody(page, { object: 'page', entry })).toBe(200);
  await eventually(async () => expect((await reply())?.reactions).toMatchObject([{ emoji: '👍' }]));
});

test('messages that are read before their webhooks come keep the order in which they were written, to the millisecond', async () => {
  const { meta, page } = house;
  meta.advance(60 * minutes);
  const gus = meta.customer('Gus');
  const lines = Array.from({ length: 6 }, (_, n) => `line ${n}`);
  meta.hold();
  for (const line of lines) {
    meta.customerWrites(page, gus, line);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await audit();
  await meta.release();
  await meta.settled();
  const { conversation } = await eventually(async () => {
    const [found] = (await house.api.all<Conversation>('/conversations?sort=newest')).filter(({ preview }) => preview.startsWith('line'));
    expect(found).toBeDefined();
    return { conversation: found! };
  });
  await settled();
  const messages = await house.messages(conversation.id);
  expect(messages.map(({ text }) => text)).toEqual(lines);
  expect(new Set(messages.map(({ sentAt }) => sentAt)).size).toBe(lines.length);
});
