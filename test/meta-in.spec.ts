import { readdir, readFile, utimes } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Channel, Conversation, InboundEvent, List, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { MetaTeller, storyStart } from './meta-teller.js';
import { Outside } from './outside.js';

let outside: Outside;
let house: House;
let page: MetaTeller;
let instagram: MetaTeller;
let files: Server;
let base: string;
const served = new Map<string, { type: string; content: Buffer }>();

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  await outside.connect(house.api);
  page = new MetaTeller(outside.meta, outside.page);
  instagram = new MetaTeller(outside.meta, outside.instagram);
  files = createServer((request, answer) => {
    const file = served.get(request.url ?? '');
    if (!file) return answer.writeHead(404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined) return answer.writeHead(200, { 'content-type': file.type }).end(file.content);
    const range = `bytes ${from}-${to}/${file.content.length}`;
    return answer
      .writeHead(206, { 'content-type': file.type, 'content-range': range })
      .end(file.content.subarray(Number(from), Number(to) + 1));
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
}, 90_000);
afterAll(async () => {
  files?.close();
  await house?.stop();
  await outside?.stop();
}, 30_000);

let people = 7311000000000000;
const somebody = () => String(++people);
const at = (seconds: number) => new Date(storyStart + seconds * 1000).toISOString();
const conversations = (query = '') => house.api.all<Conversation>(`/conversations${query}`);
const messagesOf = ({ id }: Conversation) => house.api.all<Message>(`/conversations/${id}/messages`);

/** The conversation with this message in it, with all its messages, once a check of them passes. */
async function once(
  externalId: string,
  check: (messages: Message[], conversation: Conversation, message: Message) => void = () => undefined,
) {
  return eventually(async () => {
    for (const conversation of await conversations()) {
      const messages = await messagesOf(conversation);
      const message = messages.find((row) => row.externalId === externalId);
      if (!message) continue;
      // Both tell of the same moment.
      const { body: after } = await house.api.get<Conversation>(`/conversations/${conversation.id}`);
      expect(after.version).toBe(conversation.version);
      check(messages, conversation, message);
      return { conversation, messages, message };
    }
    throw new Error(`${externalId} is not here`);
  });
}

const ledger = async (state: string) => (await house.api.get<List<InboundEvent>>(`/inbound-events?state=${state}&limit=100`)).body.items;
const waiting = async () => (await ledger('ignored')).filter(({ reason }) => reason === 'It waits for its message.');
/** Ids of ledger rows whose payload holds these words. */
async function payloadsWith(words: string): Promise<string[]> {
  const rows = await house.api.all<InboundEvent>('/inbound-events');
  const found = rows.map(async ({ id }) => ((await (await house.api.raw(`/inbound-events/${id}/raw`)).text()).includes(words) ? [id] : []));
  return (await Promise.all(found)).flat();
}
/** Files in the store whose content holds these words. */
async function storedFiles(words: string): Promise<string[]> {
  const folder = join(house.ground.env.DATA_DIR!, 'attachments');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = paths.map(async (path) => ((await readFile(path)).includes(words) ? [path] : []));
  return (await Promise.all(found)).flat();
}
const read = ({ id }: Conversation) => house.api.put(`/conversations/${id}/read`, { unread: false });

describe('what is told of messages', () => {
  test('an edit shows the new words and keeps the old, and a question that changed has to be read again', async () => {
    const ada = somebody();
    await page.says(ada, 1, 'm_edit', { text: 'Is the brass lamp back?' });
    const { conversation } = await once('m_edit');
    await read(conversation);
    await house.api.patch(`/conversations/${conversation.id}`, { status: 'closed' });
    await page.chat(ada, 5, { message_edit: { mid: 'm_edit', text: 'Is the copper lamp back?', num_edit: '1' } });
    const { message, conversation: after } = await once('m_edit', (_all, { unread }) => expect(unread).toBe(true));
    expect(message).toMatchObject({ text: 'Is the copper lamp back?', originalText: 'Is the brass lamp back?', editedAt: at(5) });
    expect(after).toMatchObject({ preview: 'Is the copper lamp back?', status: 'closed' });
    const found = await conversations('?q=copper');
    expect(found.map(({ id }) => id)).toEqual([conversation.id]);
    expect(await conversations('?q=brass')).toEqual([]);
  });

  test('a change that comes before its message waits for it in the ledger, and is applied when it comes', async () => {
    const ada = somebody();
    const before = (await waiting()).length;
    await page.chat(ada, 9, { message_edit: { mid: 'm_early', text: 'second', num_edit: 2 } });
    await page.chat(ada, 8, { message_edit: { mid: 'm_early', text: 'first', num_edit: 1 } });
    await page.chat(ada, 10, { reaction: { mid: 'm_early', action: 'react', reaction: 'love', emoji: '❤️' } });
    await eventually(async () => expect(await waiting()).toHaveLength(before + 3));
    await page.says(ada, 1, 'm_early', { text: 'zeroth' });
    const { message } = await once('m_early', (_all, _conversation, { text }) => expect(text).toBe('second'));
    expect(message).toMatchObject({ originalText: 'zeroth', editedAt: at(9), reactions: [{ emoji: '❤️' }] });
    await eventually(async () => expect(await waiting()).toHaveLength(before));
  });

  test.each([
    ['after the message', false],
    ['before it', true],
  ])('what is unsent %s is gone from the conversation, its files, the search and the ledger', async (_when, first) => {
    const ada = somebody();
    const mid = `m_unsend_${first}`;
    served.set(`/${mid}.png`, { type: 'image/png', content: Buffer.concat([png, Buffer.from(mid)]) });
    const attachments = [{ type: 'image', payload: { url: `${base}/${mid}.png` } }];
    const said = () => page.says(ada, 1, mid, { text: `secret${first}`, attachments });
    const unsend = () => page.chat(ada, 4, { message: { mid, is_deleted: true } });
    await (first ? unsend() : said());
    if (!first) await once(mid, (_all, _c, { attachments: [file] }) => expect(file!.state).toBe('stored'));
    await page.chat(ada, 3, { message_edit: { mid, text: `secret${first} edited`, num_edit: 1 } });
    await (first ? said() : unsend());
    const { message, conversation } = await once(mid, (_all, _c, { deletedAt }) => expect(deletedAt).toBe(at(4)));
    expect(message).toMatchObject({ text: '', html: null, originalText: null, attachments: [], cards: [] });
    expect(conversation).toMatchObject({ preview: '', waitingSince: null });
    expect(await conversations(`?q=secret${first}`)).toEqual([]);
    await eventually(async () => expect(await payloadsWith(`secret${first}`)).toEqual([]));
    const [row] = await payloadsWith('"withdrawn":true');
    await house.api.post('/inbound-events/replay', { ids: [row] });
    await eventually(async () => {
      const again = (await ledger('ignored')).find(({ id }) => id === row);
      expect(again?.reason).toContain('taken back');
    });
    // Bytes are only removed when nobody stored the same a moment ago.
    const files = await storedFiles(mid);
    for (const file of files) await utimes(file, 0, 0);
    await eventually(async () => expect(await storedFiles(mid)).toEqual([]), 25_000);
    expect(files).toHaveLength(first ? 0 : 1);
    await page.chat(ada, 5, { message_edit: { mid, text: `secret${first} again`, num_edit: 2 } });
    await eventually(async () => expect(await payloadsWith('again')).toEqual([]));
    expect((await once(mid)).message.text).toBe('');
  });

  test('reactions bear names, count as the customer’s doing, and call nobody', async () => {
    const ada = somebody();
    await page.says(ada, 1, 'm_react', { text: 'Thanks' });
    const { conversation } = await once('m_react');
    await read(conversation);
    await house.api.patch(`/conversations/${conversation.id}`, { status: 'closed' });
    const react = (seconds: number, emoji: string | null) =>
      page.chat(ada, seconds, {
        reaction: { mid: 'm_react', action: emoji ? 'react' : 'unreact', ...(emoji && { reaction: 'other', emoji }) },
      });
    await react(20, '😂');
    await react(10, '❤️');
    const { message, conversation: after } = await once('m_react', (_all, _c, { reactions }) => expect(reactions).toHaveLength(1));
    expect(message.reactions[0]!.emoji).toBe('😂');
    expect(after).toMatchObject({ status: 'closed', unread: false });
    expect(new Date(after.replyWindow!.closesAt!).getTime()).toBe(storyStart + 20_000 + 24 * 3_600_000);
    await react(30, null);
    await once('m_react', (_all, _c, { reactions }) => expect(reactions).toEqual([]));
  });

  test('an answer and what it answers are tied in whichever order they come', async () => {
    const ada = somebody();
    await page.says(ada, 3, 'm_answer', { text: 'this one', reply_to: { mid: 'm_question' } });
    await once('m_answer', (_all, _c, { replyToMessageId }) => expect(replyToMessageId).toBeNull());
    await page.says(ada, 1, 'm_question', { text: 'Which?' });
    await page.says(ada, 5, 'm_later', { text: 'and that', reply_to: { mid: 'm_question' } });
    await once('m_later', (messages) => {
      const question = messages.find(({ externalId }) => externalId === 'm_question');
      expect(question).toBeDefined();
      expect(messages.map(({ replyToMessageId }) => replyToMessageId)).toEqual([null, question!.id, question!.id]);
    });
  });

  test('who comes from an ad without a word is shown, and nobody is called', async () => {
    const ada = somebody();
    await page.says(ada, 1, 'm_before_ad', { text: 'Hello' });
    const { conversation } = await once('m_before_ad');
    await read(conversation);
    await page.chat(ada, 60, { referral: { ref: 'spring', source: 'ADS', type: 'OPEN_THREAD', ad_id: '23850000000000111' } });
    const { messages, conversation: after } = await once('m_before_ad', (all) => expect(all).toHaveLength(2));
    expect(messages[1]!.cards).toMatchObject([{ kind: 'ad', facts: { 'Ad id': '23850000000000111' } }]);
    expect(after).toMatchObject({ unread: false, waitingSince: at(1), lastMessageAt: at(60) });
    expect(new Date(after.replyWindow!.closesAt!).getTime()).toBe(storyStart + 60_000 + 24 * 3_600_000);
  });
});

describe('what is told of chats', () => {
  test('an answer from another app shows who sent it, and nobody waits any more', async () => {
    const ada = somebody();
    await page.says(ada, 5, 'm_asks_more', { text: 'And the price?' });
    await page.says(ada, 1, 'm_asks', { text: 'Is it back?' });
    await page.says(ada, 3, 'm_native', { is_echo: true, app_id: 263902037430900, text: 'Yes' });
    const { messages, conversation } = await once('m_native', (all) => expect(all).toHaveLength(3));
    expect(messages[1]).toMatchObject({ direction: 'outbound', author: { type: 'agent', id: null, name: 'Meta Business Suite' } });
    expect(conversation.waitingSince).toBe(at(5));
    await page.says(ada, 7, 'm_native_2', { is_echo: true, app_id: 263902037430900, text: '49 euro' });
    await once('m_native_2', (_all, { waitingSince }) => expect(waitingSince).toBeNull());
  });

  test('replies are delivered and read up to where the customer got, also when that is told before anything else', async () => {
    const ada = outside.meta.customer('Ada Watermark');
    const mid = outside.meta.customerWrites(outside.page, ada, 'Hello there');
    const { conversation } = await once(mid);
    const reply = await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text: 'Good morning' });
    const sent = await eventually(async () => {
      const message = (await messagesOf(conversation)).find(({ id }) => id === reply.body.id)!;
      expect(message.delivery!.state).toBe('delivered');
      return message;
    });
    const customer = (await house.api.get<{ identities: Array<{ externalId: string }> }>(`/contacts/${conversation.contact.id}`)).body
      .identities[0]!.externalId;
    await page.chat(customer, 0, { timestamp: Date.now(), read: { watermark: Date.now() } });
    await once(sent.externalId!, (_all, _c, { delivery }) => expect(delivery).toMatchObject({ state: 'read', recipients: [] }));
    await page.chat(customer, 0, { delivery: { watermark: Date.now() } });
    await once(sent.externalId!, (_all, _c, { delivery }) => expect(delivery!.state).toBe('read'));
  });

  test('a chat that another app took over says so until it is given back, in whatever order that is told', async () => {
    const ada = somebody();
    const control = (seconds: number, owner: string | null) =>
      page.chat(ada, seconds, { pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: owner, metadata: '' } });
    await control(10, '263902037430900');
    await page.says(ada, 1, 'm_held', { text: 'Hello' });
    const { messages } = await once('m_held', (_all, { heldBy }) => expect(heldBy).toBe('Meta Business Suite'));
    expect(messages.map(({ kind, text }) => [kind, text])).toEqual([
      ['message', 'Hello'],
      ['event', 'Another app (Meta Business Suite) took this chat over'],
    ]);
    await control(30, null);
    await control(20, '263902037430900');
    const { messages: after } = await once('m_held', (_all, { heldBy }) => expect(heldBy).toBeNull());
    expect(after.at(-1)!.text).toBe('Another app (Meta Business Suite) gave this chat back');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await once('m_held')).conversation.heldBy).toBeNull();
  });
});

describe('comments', () => {
  const pageId = () => outside.page.id;
  const postId = (post: string) => `${pageId()}_${post}`;
  const comment = (post: string, id: string, from: string | null, message: string, parent?: string) => ({
    ...(from !== null && { from: { id: from, name: `Name of ${from}` } }),
    post: { id: postId(post), is_published: true, permalink_url: `https://facebook.example/${post}`, promotion_status: 'inactive' },
    ...{ message, post_id: postId(post), comment_id: `${post}_${id}`, parent_id: parent ? `${post}_${parent}` : postId(post) },
  });
  const own = (post: string, id: string, message: string, parent: string) => comment(post, id, pageId(), message, parent);

  test('under a post each top-level commenter has one conversation, and answers to them are in it, whoever wrote them', async () => {
    await page.feed(1, comment('71', 'a1', '501', 'Price please'));
    await page.feed(2, comment('71', 'b1', '502', 'Nice'));
    await page.feed(3, comment('71', 'b2', '502', 'same here', 'a1'));
    await page.feed(4, own('71', 'o1', '49 euro', 'a1'));
    await page.feed(5, comment('71', 'a2', '501', 'And shipping?'));
    const { conversation, messages } = await once('71_a2', (all) => expect(all).toHaveLength(4));
    expect(messages.map(({ text, author: { name }, direction }) => [text, name, direction])).toEqual([
      ['Price please', 'Name of 501', 'inbound'],
      ['same here', 'Name of 502', 'inbound'],
      ['49 euro', null, 'outbound'],
      ['And shipping?', 'Name of 501', 'inbound'],
    ]);
    expect(messages[1]!.replyToMessageId).toBe(messages[0]!.id);
    expect(conversation).toMatchObject({ kind: 'comment', contact: { name: 'Name of 501' }, waitingSince: at(5) });
    expect(conversation.source).toMatchObject({ postId: postId('71'), permalink: 'https://facebook.example/71', isAd: false });
    expect((await once('71_b1')).messages).toHaveLength(1);
  });

  test('answers that come before what they answer end where they belong', async () => {
    await page.feed(4, own('72', 'o1', '49 euro', 'a1'));
    await page.feed(3, comment('72', 'b2', '602', 'same here', 'a1'));
    await page.feed(5, comment('72', 'a2', '601', 'And shipping?'));
    await once('72_a2');
    await page.feed(1, comment('72', 'a1', '601', 'Price please'));
    const { conversation, messages } = await once('72_a1', (all) => expect(all).toHaveLength(4));
    expect(messages.map(({ text }) => text)).toEqual(['Price please', 'same here', '49 euro', 'And shipping?']);
    expect(conversation).toMatchObject({ contact: { name: 'Name of 601' }, waitingSince: at(5), messageCount: 4 });
  });

  test('an agent who has answered before the comment came keeps the conversation', async () => {
    await page.feed(3, comment('73', 'b2', '702', 'same here', 'a1'));
    const { conversation } = await once('73_b2');
    await house.api.put(`/conversations/${conversation.id}/assignment`, { assigneeId: house.api.me.id });
    await page.feed(1, comment('73', 'a1', '701', 'Price please'));
    const { conversation: after } = await once('73_a1', (all) => expect(all.filter(({ kind }) => kind === 'message')).toHaveLength(2));
    expect(after).toMatchObject({ id: conversation.id, contact: { name: 'Name of 701' }, assigneeId: house.api.me.id });
  });

  test('a comment whose author is not told is shown as such, in a conversation of its own', async () => {
    await page.feed(1, comment('74', 'x1', null, 'Who am I?'));
    await page.feed(2, comment('74', 'x2', null, 'And I?'));
    const [first, second] = [await once('74_x1'), await once('74_x2')];
    expect(first.conversation.id).not.toBe(second.conversation.id);
    expect(first.message.author).toMatchObject({ type: 'contact', name: null });
  });

  test('hidden, edited and removed comments are shown so, and a post that is gone marks what is under it', async () => {
    await page.feed(1, comment('75', 'a1', '801', 'Rubbish'));
    await page.feed(5, { ...comment('75', 'a1', '801', 'Rubbish'), verb: 'hide' });
    await page.feed(9, { ...comment('75', 'a1', '801', 'Sorry'), verb: 'edited' });
    await once('75_a1', (_all, _c, message) => expect(message).toMatchObject({ hidden: true, text: 'Sorry', originalText: 'Rubbish' }));
    await page.feed(20, { ...comment('75', 'a1', '801', ''), message: undefined, verb: 'remove' });
    const { conversation } = await once('75_a1', (_all, _c, message) => expect(message).toMatchObject({ text: '', deletedAt: at(20) }));
    expect(await payloadsWith('Rubbish')).toEqual([]);
    await page.change(30, 'feed', { item: 'post', verb: 'remove', from: { id: pageId() }, post_id: postId('75') });
    await once('75_a1', (_all, { source, version }) => {
      expect(source).toMatchObject({ removedAt: at(30), permalink: 'https://facebook.example/75' });
      expect(version).toBeGreaterThan(conversation.version);
    });
  });

  test.each([
    ['the post first', ['17900000000000321', '17900000000000399']],
    ['the ad first', ['17900000000000399', '17900000000000321']],
  ])('a comment that Instagram tells of twice, %s, is one, and answers to either copy join it', async (order, media) => {
    const [post, ad] = ['17900000000000321', '17900000000000399'];
    const id = (medium: string, name: string) => `${order.length}${medium.slice(-3)}${name}`;
    const author = `118000000000${order.length}01`;
    const said = (medium: string, name: string, text: string, more = {}) => ({
      ...{ id: id(medium, name), text, from: { id: author, username: `ada${order.length}` } },
      media: {
        id: medium,
        ...(medium === ad
          ? { media_product_type: 'AD', ad_id: '2385', ad_title: 'Spring lamps', original_media_id: post }
          : { media_product_type: 'FEED' }),
      },
      ...more,
    });
    for (const medium of media) await instagram.change(10, 'comments', said(medium, 'c1', 'ship to FI?'));
    await instagram.change(20, 'comments', said(media[1]!, 'r1', 'anybody?', { parent_id: id(media[1]!, 'c1') }));
    await instagram.change(30, 'comments', said(media[1]!, 'c2', 'hello?'));
    const { conversation, messages } = await once(id(media[1]!, 'c2'), (all) => expect(all).toHaveLength(3));
    expect(messages.map(({ text }) => text)).toEqual(['ship to FI?', 'anybody?', 'hello?']);
    expect(conversation.source).toMatchObject({ postId: ad, adId: '2385', adTitle: 'Spring lamps', isAd: true });
  });
});

describe('media', () => {
  test('what may be kept is copied and then served in parts; its type is what it is', async () => {
    served.set('/p.bin', { type: 'application/octet-stream', content: png });
    await page.says(somebody(), 1, 'm_photo', { attachments: [{ type: 'image', payload: { url: `${base}/p.bin` } }] });
    const { message, conversation } = await once('m_photo', (_all, _c, { attachments: [file] }) => expect(file!.state).toBe('stored'));
    const [file] = message.attachments;
    expect(file).toMatchObject({ contentType: 'image/png', size: png.length });
    expect(conversation.preview).not.toBe('');
    served.delete('/p.bin');
    const answer = await house.api.raw(`/attachments/${file!.id}`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(png);
    const part = await house.api.raw(`/attachments/${file!.id}`, { range: 'bytes=1-3' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, `bytes 1-3/${png.length}`, 'PNG']);
    const beyond = await house.api.raw(`/attachments/${file!.id}`, { range: 'bytes=9999-' });
    expect(beyond.status).toBe(416);
  });

  test('what may not be kept is passed on while its address lives, and said to be gone afterwards', async () => {
    const content = Buffer.concat([png, Buffer.alloc(1000)]);
    served.set('/story', { type: 'image/png', content });
    await instagram.says('1180000000000777', 1, 'aWdfStory', { attachments: [{ type: 'image', payload: { url: `${base}/story` } }] });
    const { message } = await once('aWdfStory');
    const [file] = message.attachments;
    expect(file!.state).toBe('linked');
    const shown = await house.api.raw(`/attachments/${file!.id}`);
    expect([shown.status, shown.headers.get('content-type'), shown.headers.get('cache-control')]).toEqual([
      200,
      'image/png',
      'private, no-store',
    ]);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(content);
    const part = await house.api.raw(`/attachments/${file!.id}`, { range: 'bytes=0-7' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 0-7/${content.length}`]);
    served.delete('/story');
    expect((await house.api.raw(`/attachments/${file!.id}`)).status).toBe(410);
    expect((await once('aWdfStory')).message.attachments[0]!.state).toBe('gone');
    expect((await house.api.raw(`/attachments/${file!.id}`)).status).toBe(410);
  });

  test('a file whose server cannot be reached for the moment is neither gone nor our fault', async () => {
    const url = 'http://127.0.0.1:9/story';
    await instagram.says('1180000000000778', 1, 'aWdfAway', { attachments: [{ type: 'image', payload: { url } }] });
    const [file] = (await once('aWdfAway')).message.attachments;
    const answer = await house.api.raw(`/attachments/${file!.id}`);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect((await once('aWdfAway')).message.attachments[0]!.state).toBe('linked');
  });

  test('a file whose address has died is gone, and one that is too large stays where it is', async () => {
    served.set('/huge', { type: 'video/mp4', content: Buffer.alloc(26 * 2 ** 20) });
    const attachments = ['dead', 'huge'].map((name) => ({ type: 'video', payload: { url: `${base}/${name}` } }));
    await page.says(somebody(), 1, 'm_dead', { attachments });
    await once('m_dead', (_all, _c, message) => expect(message.attachments.map(({ state }) => state)).toEqual(['gone', 'linked']));
    served.delete('/huge');
  });
});

test('what the ledger took in within a day is counted by connector and state, what nobody had a use for included', async () => {
  await page.change(1, 'feed', { item: 'like', verb: 'add', post_id: '1_2', from: { id: '5' } });
  await eventually(async () => {
    const metrics = await (await fetch(`${house.url}/metrics`)).text();
    expect(metrics).toMatch(/tributary_inbound_events_day\{connector="facebook",state="ignored"\} \d+/);
    expect(metrics).toMatch(/tributary_inbound_events_day\{connector="facebook",state="processed"\} \d+/);
  });
});

test('nothing that was told here was too much for us', async () => {
  expect(await ledger('quarantined')).toEqual([]);
  const channels = (await house.api.get<List<Channel>>('/channels')).body.items;
  expect(channels.map(({ type }) => type).toSorted()).toEqual(['email', 'facebook', 'instagram']);
});

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
