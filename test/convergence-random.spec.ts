import fc from 'fast-check';
import type { Channel, Conversation, InboundEvent, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { imapPassword, Outside, salesAddress, supportAddress } from './outside.js';
import { type Leaf, randomForest, threadsOf } from './random-forest.js';
import { disordered, randomStory } from './random-stories.js';
import { type Step, ToldAccount } from './told-account.js';

/** The titles of the tests name it; with another one in `STORY_SEED` other stories are told. */
const seed = Number(process.env.STORY_SEED ?? 20_261_122);
const drawn = <T>(from: fc.Arbitrary<T>, numRuns: number) =>
  fc.sample(from, { seed, numRuns }).map((value, at) => [`${at + 1} of seed ${seed}`, value] as const);

let outside: Outside;
let house: House;

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 30_000);

describe.each([
  ['facebook', 'page'],
  ['instagram', 'instagram'],
] as const)('any story that %s may tell', (type, kind) => {
  const told = randomStory(kind, 30).chain((story) =>
    fc.record({
      story: fc.constant(story),
      rushed: disordered(story),
      size: fc.integer({ min: 1, max: 6 }),
      batched: disordered(story),
      first: fc.nat(story.length),
    }),
  );

  test.each(drawn(told, 3))(
    'looks the same in whatever order, how often and how many at once it is told, and leaves nothing over: %s',
    async (name, { story, rushed, size, batched, first }) => {
      const ways = [(one: ToldAccount) => inRushes(one, story, 1), (one: ToldAccount) => inRushes(one, rushed, size), inTwoBatches];
      const accounts = await Promise.all(
        ways.map(async (tell, at) => {
          const account = await ToldAccount.open(house, outside, type, `${type} ${name} ${at}`);
          await tell(account, batched, first);
          await account.isIdle();
          return account;
        }),
      );
      for (const account of accounts) expect(await account.ledger()).toEqual(nothingLeft);
      const [inOrder, ...others] = await Promise.all(accounts.map((account) => account.seen(copies)));
      for (const other of others) expect(other).toEqual(inOrder);
    },
    60_000,
  );
});

const nothingLeft = { received: 0, quarantined: 0, unrouted: 0, waiting: 0 };

/** Either id of what stands below a post and below an ad made of it is shown; the other is the longer one. */
const copies = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [String(21_000 + at), String(1_000 + at)]));

/** So many at once, each in a request of its own. */
async function inRushes({ teller }: ToldAccount, steps: Step[], size: number): Promise<void> {
  for (let start = 0; start < steps.length; start += size) await Promise.all(steps.slice(start, start + size).map((step) => step(teller)));
}

async function inTwoBatches({ teller }: ToldAccount, steps: Step[], first: number): Promise<void> {
  await teller.together(steps.slice(0, first));
  await teller.together(steps.slice(first));
}

describe('any mails that belong together', () => {
  const mailboxes: Array<{ address: string; channelId: string }> = [];
  beforeAll(async () => {
    for (const address of [supportAddress, salesAddress]) {
      const { status, body } = await house.api.post<Channel>('/channels', outside.emailChannel(imapPassword, { address }));
      if (status !== 201) throw new Error(`cannot connect ${address}: ${status}`);
      mailboxes.push({ address, channelId: body.id });
    }
  }, 60_000);

  let forests = 0;
  const growing = fc.constant(null).chain(() => randomForest(`forest ${++forests}`, 16));
  const arriving = growing.chain((forest) => fc.record({ forest: fc.constant(forest), late: disordered(forest) }));

  test.each(drawn(arriving, 2))(
    'are together in each of two mailboxes, in order in one, anyhow and twice in the other: %s',
    async (_, { forest, late }) => {
      const [inOrder, anyhow] = [mailboxes[0]!, mailboxes[1]!];
      for (const { raw } of forest) await outside.dovecot.deliver(inOrder.address, raw);
      for (const { raw } of late) await outside.dovecot.deliver(anyhow.address, raw);
      const expected = threadsOf(forest).map(textsOf).toSorted();
      for (const { channelId } of mailboxes) {
        const found = await eventually(() => threadsIn(channelId, forest), 30_000);
        expect(found.map(({ messages }) => messages.map(({ text }) => text).toSorted()).toSorted()).toEqual(expected);
        for (const { conversation, messages } of found) consistent(conversation, messages);
      }
    },
    90_000,
  );

  const textsOf = (leaves: Array<{ text: string }>) => leaves.map(({ text }) => text).toSorted();

  /** Once all of it is there. */
  async function threadsIn(channelId: string, forest: Leaf[]) {
    const conversations = await house.api.all<Conversation>(`/conversations?channelId=${channelId}`);
    const all = await Promise.all(
      conversations.map(async (conversation) => ({
        conversation,
        messages: await house.api.all<Message>(`/conversations/${conversation.id}/messages`),
      })),
    );
    const found = all.filter(({ messages }) => messages.some(({ text }) => forest.some((leaf) => leaf.text === text)));
    expect(found.flatMap(({ messages }) => textsOf(messages)).toSorted()).toEqual(textsOf(forest));
    const { body } = await house.api.get<{ items: InboundEvent[] }>(`/inbound-events?channelId=${channelId}&state=received&limit=1`);
    expect(body.items).toEqual([]);
    // Both tell of the same moment.
    for (const { conversation, messages } of found) expect(conversation.messageCount).toBe(messages.length);
    return found;
  }

  function consistent(conversation: Conversation, messages: Message[]): void {
    const [first, last] = [messages[0]!, messages.at(-1)!];
    expect(conversation).toMatchObject({ lastMessageAt: last.sentAt, waitingSince: first.sentAt });
    // Mail servers tell whole seconds: within one nothing says which is the last.
    expect(messages.filter(({ sentAt }) => sentAt === last.sentAt).map(({ text }) => text)).toContain(conversation.preview);
    expect(conversation).toMatchObject({ status: 'open', unread: true, review: null });
    expect(conversation.links.filter(({ reason }) => reason !== 'same-mail')).toEqual([]);
  }
});
