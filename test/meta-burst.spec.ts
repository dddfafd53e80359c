import { Traffic } from '#libs/simulators';
import type { Conversation, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { Outside } from './outside.js';

const minutes = 60_000;
let outside: Outside;
let house: House;

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  await outside.connect(house.api);
}, 90_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 30_000);

type Shown = Record<string, unknown>;

/** A message as an agent sees it, by the platform's id; a message that is there twice is an error. */
async function inbox(): Promise<Map<string, Shown>> {
  const shown = new Map<string, Shown>();
  for (const { id } of await house.api.all<Conversation>('/conversations')) {
    for (const message of await house.api.all<Message>(`/conversations/${id}/messages`)) {
      if (message.kind !== 'message' || !message.externalId) continue;
      if (shown.has(message.externalId)) throw new Error(`${message.externalId} is there twice`);
      shown.set(message.externalId, asShown(message));
    }
  }
  return shown;
}

function asShown({ direction, text, deletedAt, reactions, hidden }: Message): Shown {
  if (deletedAt) return { direction, withdrawn: true };
  return { direction, text, reactions: reactions.map(({ emoji }) => emoji), hidden: hidden ?? false };
}

/** The same of all that truly happened. A comment below an Instagram ad may be known by either of its two ids. */
function truth(ids: Set<string>): Map<string, Shown> {
  const { messages, comments } = outside.meta.truth();
  const chats = messages.map(({ mid, by, text, withdrawn, reaction }) => {
    const direction = by === 'customer' ? 'inbound' : 'outbound';
    const shown = withdrawn ? { direction, withdrawn } : { direction, text, reactions: reaction ? [reaction] : [], hidden: false };
    return [mid, shown] as const;
  });
  const below = comments.map(({ id, twin, text, hidden, removed }) => {
    const shown = removed ? { direction: 'inbound', withdrawn: true } : { direction: 'inbound', text, reactions: [], hidden };
    return [twin && ids.has(twin) ? twin : id, shown] as const;
  });
  return new Map<string, Shown>([...chats, ...below]);
}

test('of 2,000 mixed events, a tenth of them told twice, shuffled within half a minute and in batches, all is there as it finally stands, once', async () => {
  const { meta, page, instagram } = outside;
  meta.advance(-10 * minutes);
  Object.assign(meta.habits, { duplicates: 0.1, reorderWithinMs: 30_000, batchWithinMs: 300, postsAtOnce: 4 });
  const traffic = new Traffic({ platform: meta, accounts: [page, instagram], seed: 7 });
  await traffic.run(2000);
  meta.advance(2 * minutes);
  await meta.settled();
  await eventually(async () => {
    const shown = await inbox();
    const expected = truth(new Set(shown.keys()));
    expect(expected.size).toBeGreaterThan(1000);
    expect(Object.fromEntries([...shown].filter(([id]) => !expected.has(id)))).toEqual({});
    const wrong = [...expected].filter(([id, what]) => JSON.stringify(shown.get(id)) !== JSON.stringify(what));
    expect(wrong.map(([id, what]) => ({ id, expected: what, shown: shown.get(id) }))).toEqual([]);
  }, 180_000);
}, 300_000);
