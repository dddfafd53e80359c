import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { startSmallApp, type SmallApp } from './small-app.js';
import { Traffic } from './traffic.js';
import type { MetaAccount } from './world.js';

let meta: MetaPlatform;
let app: SmallApp;
let accounts: MetaAccount[];
let now = 1795305600000;

async function start(seed: number): Promise<Traffic> {
  now = 1795305600000;
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed, now: () => now });
  accounts = [meta.addPage({ name: 'Harbour Lamps' }), meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' })];
  app = await startSmallApp(meta, ...accounts);
  return new Traffic({ platform: meta, accounts, seed });
}
afterEach(async () => {
  await meta.stop();
  app.stop();
});

interface Message {
  mid: string;
  text?: string;
  is_deleted?: boolean;
}

/** What a right inbox makes of the events, whatever their order and however often they come. */
function inboxOf(events: Record<string, unknown>[]) {
  const messages = new Map<string, { text: string; edits: number; withdrawn: boolean; reaction: string | null; reactedAt: number }>();
  const at = (mid: string) => {
    const known = messages.get(mid) ?? { text: '', edits: 0, withdrawn: false, reaction: null, reactedAt: 0 };
    messages.set(mid, known);
    return known;
  };
  for (const { message, message_edit, reaction, timestamp } of events as {
    message?: Message;
    message_edit?: Message & { num_edit: number };
    reaction?: { mid: string; action: string; emoji?: string };
    timestamp: number;
  }[]) {
    if (message?.is_deleted) at(message.mid).withdrawn = true;
    else if (message && at(message.mid).edits === 0) at(message.mid).text = message.text ?? '';
    if (message_edit && message_edit.num_edit > at(message_edit.mid).edits)
      Object.assign(at(message_edit.mid), { text: message_edit.text, edits: message_edit.num_edit });
    if (reaction && timestamp > at(reaction.mid).reactedAt)
      Object.assign(at(reaction.mid), { reaction: reaction.action === 'react' ? reaction.emoji : null, reactedAt: timestamp });
  }
  return messages;
}

interface FeedValue {
  verb?: string;
  item?: string;
  comment_id?: string;
  id?: string;
  message?: string;
  text?: string;
}

function commentsOf(events: Record<string, unknown>[]) {
  const comments = new Map<string, { text: string; edited: boolean; hidden: boolean; removed: boolean }>();
  for (const { value } of events as { value?: FeedValue }[]) {
    const id = value?.comment_id ?? value?.id;
    if (!id || (value?.verb && value.item !== 'comment')) continue;
    const known = comments.get(id) ?? { text: '', edited: false, hidden: false, removed: false };
    comments.set(id, known);
    if (value?.verb === 'edited' || !known.edited) known.text = value?.message ?? value?.text ?? known.text;
    if (value?.verb === 'edited') known.edited = true;
    if (value?.verb === 'hide') known.hidden = true;
    if (value?.verb === 'remove') known.removed = true;
  }
  return comments;
}

test('42: 2,000 happenings, a tenth of them told twice, shuffled within 30 s and in batches, add up to the truth', async () => {
  const traffic = await start(11);
  Object.assign(meta.habits, { duplicates: 0.1, reorderWithinMs: 30_000, batchWithinMs: 200, postsAtOnce: 8 });
  const counted = await traffic.run(2000);
  meta.advance(120_000);
  const events = await app.heard();
  const { messages, comments } = meta.truth();
  expect(Object.values(counted).reduce((sum, count) => sum + count)).toBe(2000);
  for (const what of ['write', 'files', 'react', 'edit', 'unsend', 'native', 'comment', 'edit-comment', 'hide-comment', 'delete-comment'])
    expect(counted[what]).toBeGreaterThan(10);

  const inbox = inboxOf(events);
  const shown = ({ text, edits, withdrawn, reaction }: { text: string; edits: number; withdrawn: boolean; reaction: string | null }) =>
    withdrawn ? 'withdrawn' : JSON.stringify([text, edits, reaction]);
  expect(messages.map((message) => shown(inbox.get(message.mid)!))).toEqual(messages.map(shown));
  expect(inbox.size).toBe(messages.length);

  const public_ = commentsOf(events);
  for (const { id, text, hidden, removed } of comments) {
    if (removed) expect(public_.get(id)).toMatchObject({ removed: true });
    else expect(public_.get(id)).toMatchObject({ text, hidden, removed: false });
  }
  const twins = comments.flatMap(({ twin }) => twin ?? []);
  expect(twins.length).toBeGreaterThan(0);
  expect(public_.size).toBe(comments.length + twins.length);
});

test('42: the truth tells of both sides of a chat and of comments, each as it finally stands', async () => {
  await start(3);
  const [page] = accounts as [MetaAccount];
  const ada = meta.customer('Ada Moss');
  const mid = meta.customerWrites(page, ada, 'Is it back?');
  meta.customerEdits(page, ada, mid, 'Is the lamp back?');
  meta.nativeReply(page, ada, 'Yes');
  const gone = meta.customerWrites(page, ada, 'never mind');
  meta.customerUnsends(page, ada, gone);
  const post = meta.addPost(page, { text: 'Spring' });
  const comment = meta.customerComments(page, post, ada, 'Price?');
  await app.post(page, `/${comment}/likes`);
  expect(meta.truth()).toMatchObject({
    messages: [
      { mid, by: 'customer', customer: 'Ada Moss', account: page.id, text: 'Is the lamp back?', edits: 1, withdrawn: false },
      { by: 'native-app', text: 'Yes' },
      { mid: gone, withdrawn: true },
    ],
    comments: [{ id: comment, author: 'Ada Moss', post: post.id, text: 'Price?', hidden: false, removed: false, likedByUs: true }],
  });
});

test('43: the same seed gives the same traffic', async () => {
  const ran = async () => {
    const counted = await (await start(5)).run(200);
    const truth = JSON.stringify([counted, meta.truth()]);
    await meta.stop();
    app.stop();
    return truth;
  };
  expect(await ran()).toBe(await ran());
});
