import { type House, openHouse } from './house.js';
import type { MetaTeller } from './meta-teller.js';
import { Outside } from './outside.js';
import { type Seen, type Step, ToldAccount } from './told-account.js';

/** The first account of each kind is told everything once and in order; the others as badly as a platform may. */
const accountsOfAKind = 5;

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

const ada = '7311000000000042';
const bo = '7311000000000043';

/** One after another at the platform, each at its own second. Ids that are unique within an account only are the same in all of them. */
function pageStory(): Step[] {
  let second = 0;
  const next = (step: (teller: MetaTeller, second: number) => Promise<void>): Step => {
    const at = (second += 2);
    return (teller) => step(teller, at);
  };
  const chat = (who: string, what: Record<string, unknown>, list?: 'standby') => next((teller, at) => teller.chat(who, at, what, list));
  const message = (who: string, mid: string, more: Record<string, unknown>, list?: 'standby') =>
    chat(who, { message: { mid, ...more } }, list);
  const echo = { is_echo: true, app_id: 263902037430900 };
  const edit = (mid: string, num_edit: number, text: string) => chat(ada, { message_edit: { mid, num_edit, text } });
  const react = (who: string, mid: string, emoji: string | null) =>
    chat(who, { reaction: { mid, action: emoji ? 'react' : 'unreact', ...(emoji && { reaction: 'other', emoji }) } });
  const feed = (of: (page: string) => Record<string, unknown>) => next((teller, at) => teller.feed(at, of(teller.account.id)));
  const comment = (id: string, from: string | null, text: string | null, parent?: string, more: Record<string, unknown> = {}) =>
    feed((page) => ({
      ...(from !== null && { from: { id: from === 'page' ? page : from, name: `Name of ${from}` } }),
      ...(text !== null && { message: text }),
      ...{ post_id: `${page}_71`, comment_id: `71_${id}`, parent_id: parent ? `71_${parent}` : `${page}_71` },
      post: { id: `${page}_71`, is_published: false, permalink_url: 'https://facebook.example/71', promotion_status: 'active' },
      ...more,
    }));
  return [
    message(ada, 'm_1', { text: 'Is the brass lamp back?' }),
    edit('m_1', 1, 'Is the copper lamp back?'),
    edit('m_1', 2, 'Is the copper lamp back, in small?'),
    message(ada, 'm_2', { text: 'this one', reply_to: { mid: 'm_1' } }),
    message(ada, 'm_3', { ...echo, text: 'Yes, two left.' }),
    react(ada, 'm_3', '❤️'),
    react(ada, 'm_3', null),
    message(ada, 'm_4', { text: 'oh, wrong chat' }),
    edit('m_4', 1, 'oh, wrong chat, sorry'),
    react(ada, 'm_3', '😂'),
    chat(ada, { message: { mid: 'm_4', is_deleted: true } }),
    message(bo, 'm_5', { text: 'Anybody there?' }),
    chat(ada, { referral: { ref: 'spring', source: 'ADS', type: 'OPEN_THREAD', ad_id: '23850000000000111' } }),
    chat(ada, { postback: { mid: 'm_6', title: 'Opening hours', payload: 'HOURS' } }),
    chat(ada, { pass_thread_control: { new_owner_app_id: '263902037430900', previous_owner_app_id: '900100200300400' } }),
    message(bo, 'm_7', { text: 'Hello?' }, 'standby'),
    chat(ada, { take_thread_control: { new_owner_app_id: '900100200300400', previous_owner_app_id: '263902037430900' } }),
    message(bo, 'm_8', { ...echo, text: 'Here we are' }, 'standby'),
    message(bo, 'm_9', { text: 'Good', reply_to: { mid: 'm_8' } }),
    message(bo, 'm_10', { ...echo, text: 'A word too many' }),
    chat(bo, { message: { mid: 'm_10', is_deleted: true } }),
    comment('a1', '501', 'Price please'),
    comment('b1', '502', 'same here', 'a1'),
    comment('o1', 'page', '49 euro', 'a1'),
    comment('b2', '502', 'Nice lamp'),
    comment('a2', '501', 'It is', 'b2'),
    comment('c1', '503', 'To Finland too?', 'o1'),
    comment('b2', '502', 'Nice lamp', undefined, { verb: 'hide' }),
    comment('a1', '501', 'Price and size please', undefined, { verb: 'edited' }),
    comment('x1', null, 'Who am I?'),
    comment('a3', '501', 'Never mind'),
    comment('a3', '501', null, undefined, { verb: 'remove' }),
    comment('b2', '502', 'Nice lamp', undefined, { verb: 'unhide' }),
    feed((page) => ({
      item: 'reaction',
      reaction_type: 'love',
      from: { id: '502', name: 'Name of 502' },
      post_id: `${page}_71`,
      comment_id: '71_a1',
    })),
    comment('o2', 'page', 'Thank you', 'b2'),
    comment('a4', '501', 'And shipping?'),
    feed((page) => ({ item: 'post', verb: 'remove', from: { id: page }, post_id: `${page}_71` })),
  ];
}

/** Of Instagram: what its Pages do not have. */
function instagramStory(): Step[] {
  let second = 0;
  const post = (ad: boolean) =>
    ad
      ? {
          id: '17900000000000399',
          media_product_type: 'AD',
          ad_id: '2385',
          ad_title: 'Spring lamps',
          original_media_id: '17900000000000321',
        }
      : { id: '17900000000000321', media_product_type: 'FEED' };
  const comment = (
    id: string,
    from: string,
    text: string,
    { ad = false, parent, sameTime = false }: { ad?: boolean; parent?: string; sameTime?: boolean } = {},
  ): Step => {
    const at = sameTime ? second : (second += 2);
    const value = { id, text, from: { id: from, username: `user${from}` }, media: post(ad), ...(parent && { parent_id: parent }) };
    return (teller) => teller.change(at, 'comments', value);
  };
  const chat = (what: Record<string, unknown>): Step => {
    const at = (second += 2);
    return (teller) => teller.chat('1180000000000777', at, what);
  };
  return [
    comment('1801', '1181', 'how much?'),
    comment('1901', '1181', 'how much?', { ad: true, sameTime: true }),
    comment('1802', '1182', 'me too', { parent: '1801' }),
    comment('1902', '1182', 'me too', { ad: true, parent: '1901', sameTime: true }),
    comment('1803', '1182', 'ship to FI?'),
    comment('1903', '1182', 'ship to FI?', { ad: true, sameTime: true }),
    comment('1904', '1181', 'only here', { ad: true, parent: '1901' }),
    comment('1805', '1181', 'hello?'),
    comment('1905', '1181', 'hello?', { ad: true, sameTime: true }),
    chat({ message: { mid: 'aWdf1', text: 'hola' } }),
    chat({
      message: {
        mid: 'aWdf2',
        attachments: [{ type: 'ig_reel', payload: { reel_video_id: '444', title: 'Glow', url: 'https://lookaside.example/4' } }],
      },
    }),
    chat({ message_edit: { mid: 'aWdf1', text: 'hola!', num_edit: 1 } }),
    chat({ message: { mid: 'aWdf3', is_echo: true, text: 'Good evening' } }),
    chat({ reaction: { mid: 'aWdf3', action: 'react', reaction: 'love', emoji: '❤️' } }),
    chat({ read: { mid: 'aWdf3' } }),
    chat({ message: { mid: 'aWdf2', is_deleted: true } }),
    chat({ message: { mid: 'aWdf4', text: 'love it', reply_to: { story: { id: '321', url: 'https://lookaside.example/3' } } } }),
  ];
}

/** In any order, some of it twice, several at once. */
async function tellBadly(teller: MetaTeller, story: Step[], random: () => number): Promise<void> {
  const twice = [...story, ...story.filter(() => random() < 0.4)].map((step) => ({ step, place: random() }));
  const steps = twice.toSorted((one, other) => one.place - other.place).map(({ step }) => step);
  for (let start = 0; start < steps.length;) {
    const some = steps.slice(start, (start += 1 + Math.floor(random() * 5)));
    await Promise.all(some.map((step) => step(teller)));
  }
}

async function tellInOrder(teller: MetaTeller, story: Step[]): Promise<void> {
  for (const step of story) await step(teller);
}

/** Mulberry32: the same disorder at every run. */
function seeded(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Copies bear one id or the other, whichever came first. */
const copies: Record<string, string> = { '1901': '1801', '1902': '1802', '1903': '1803', '1905': '1805' };

async function told(kind: 'facebook' | 'instagram', seed: number, story: () => Step[]): Promise<Seen[]> {
  const account = await ToldAccount.open(house, outside, kind, `${kind}.${seed}`);
  await (seed ? tellBadly(account.teller, story(), seeded(seed * 1_000)) : tellInOrder(account.teller, story()));
  await account.isIdle();
  return account.seen(copies);
}

const pageInOrder = [
  ['Name of 501', ['Price and size please', 'same here', '49 euro', 'To Finland too?', '', 'And shipping?']],
  ['Name of 502', ['Nice lamp', 'It is', 'Thank you']],
  [null, ['Who am I?']],
  [null, ['Is the copper lamp back, in small?', 'this one', 'Yes, two left.', '', '', 'Opening hours']],
  [null, ['Anybody there?', 'Hello?', 'Here we are', 'Good', '']],
];

const instagramInOrder = [
  ['user1181', ['how much?', 'me too', 'only here', 'hello?']],
  ['user1182', ['ship to FI?']],
  [null, ['hola!', '', 'Good evening', 'love it']],
];

describe.each([
  ['facebook', pageStory, pageInOrder],
  ['instagram', instagramStory, instagramInOrder],
] as const)('what is told of a %s account', (kind, story, expected) => {
  let inOrder: Seen[];
  beforeAll(async () => void (inOrder = await told(kind, 0, story)), 60_000);

  test('is all there when it comes in order', () => {
    expect(inOrder.map(({ contact, messages }) => [contact, messages.map(({ text }) => text)])).toEqual(expected);
  });

  test.each(Array.from({ length: accountsOfAKind - 1 }, (_, at) => at + 1))(
    'looks the same when it comes in disorder %i, some of it twice and several at once',
    async (seed) => expect(await told(kind, seed, story)).toEqual(inOrder),
    120_000,
  );
});
