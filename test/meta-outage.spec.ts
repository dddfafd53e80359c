import type { Channel, Conversation } from './api.js';
import { eventually } from './house.js';
import { MessengerHouse } from './messenger-house.js';

const minutes = 60_000;

test('of a Page whose token was dead for two hours everything is there afterwards, in order and once: what was pushed and what never was', async () => {
  const messenger = await MessengerHouse.open();
  const { api, outside, channelId } = messenger;
  const { meta, page } = outside;
  try {
    meta.advance(-150 * minutes);
    const customers = ['Ada', 'Bo', 'Cy', 'Di', 'Eve'].map((name) => meta.customer(name));
    const said = new Map(customers.map((customer) => [customer.name, [] as string[]]));
    const write = (turn: number) => {
      const customer = customers[turn % customers.length]!;
      const text = `${customer.name} says ${turn}`;
      meta.customerWrites(page, customer, text);
      said.get(customer.name)!.push(text);
      meta.advance(5 * minutes);
    };
    for (let turn = 0; turn < 5; turn++) write(turn);
    const threads = () => threadsOf(messenger);
    await eventually(async () => expect(await threads()).toEqual(said));

    meta.killToken(page, 'password-changed');
    const [open] = await api.all<Conversation>('/conversations');
    await api.post(`/conversations/${open!.id}/replies`, { text: 'Nobody hears this yet' });
    const channel = async () => (await api.get<Channel>(`/channels/${channelId}`)).body;
    await eventually(async () => expect((await channel()).health.state).toBe('needs-auth'));

    for (let turn = 5; turn < 15; turn++) write(turn);
    await meta.settled();
    const fields = page.subscribedFields;
    page.subscribedFields = [];
    for (let turn = 15; turn < 20; turn++) write(turn);
    page.subscribedFields = fields;
    for (let turn = 20; turn < 30; turn++) write(turn);
    await meta.settled();
    await eventually(async () => expect([...(await threads()).values()].flat()).toHaveLength(25));
    expect((await channel()).health.state).toBe('needs-auth');

    const pageAccessToken = meta.renewToken(page);
    expect((await api.patch(`/channels/${channelId}`, { settings: { pageAccessToken } })).status).toBe(200);
    await eventually(async () => expect(await threads()).toEqual(said), 60_000);
    expect((await channel()).health.state).toBe('ok');
    for (const conversation of await api.all<Conversation>('/conversations')) expect(conversation.unread).toBe(true);
  } finally {
    await messenger.close();
  }
}, 120_000);

/** What each customer said, in the order in which an agent reads it. */
async function threadsOf(house: MessengerHouse): Promise<Map<string, string[]>> {
  const conversations = await house.api.all<Conversation>('/conversations');
  const threads = await Promise.all(
    conversations.map(async ({ id }) => {
      const inbound = (await house.messages(id)).filter(({ direction }) => direction === 'inbound');
      return [inbound[0]!.text.split(' ')[0]!, inbound.map(({ text }) => text)] as const;
    }),
  );
  return new Map(threads.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
