import type { Outgoing } from '#libs/connector';
import { findReply } from './find.js';
import { refusal, ScriptedGraph } from './scripted-graph.js';
import { fileOf, linesTo, replyOf } from './scripted-lines.js';

let graph: ScriptedGraph;
let lines: ReturnType<typeof linesTo>;
beforeEach(async () => {
  graph = await ScriptedGraph.start();
  lines = linesTo(graph.url);
});
afterEach(() => graph.stop());

const SINCE = new Date(Date.now() - 10_000);
/** Seconds after the commitment, in Graph's form. */
const at = (seconds: number) => new Date(SINCE.getTime() + seconds * 1000).toISOString().replace(/\.\d+Z$/, '+0000');
const find = (more: Partial<Outgoing>, name: keyof typeof lines = 'page') => findReply(replyOf(more), lines[name], SINCE);
const list = (data: object[], next = false) => ({
  body: { data, paging: { cursors: { after: 'QVFb' }, ...(next && { next: 'https://…' }) } },
});

describe('in a thread', () => {
  const thread = (messages: object[], next = false, node = '104') => {
    graph.answer(`GET ${node}/conversations`, list([{ id: 't_1' }]));
    graph.answer('GET t_1/messages', list(messages, next));
  };
  const ours = (more: object = {}) => ({ id: 'm_1', created_time: at(2), from: { id: '104' }, message: 'Hello', ...more });
  const image = { mime_type: 'image/jpeg', image_data: { url: 'https://…' } };

  test.each([
    ['what we wrote', [ours()], 'sent'],
    ['before the commitment', [ours({ created_time: at(-5) })], 'absent'],
    ['in the second of the commitment, cut', [ours({ created_time: at(-1) })], 'sent'],
    ['by the customer', [ours({ from: { id: '7311' } })], 'absent'],
    ['other words of ours', [ours({ message: 'Hello Ada' })], 'absent'],
    ['nothing', [], 'absent'],
    ['something of ours that cannot be read', [ours({ message: undefined })], 'unknown'],
    ['something that Meta withholds from us', [ours({ message: '', attachments: { data: [{ name: 'Media not available' }] } })], 'unknown'],
    ['the same words, who wrote them untold', [ours({ from: undefined })], 'unknown'],
    ['a picture of the customer’s', [ours({ from: { id: '7311' }, message: '', attachments: { data: [image] } })], 'absent'],
    ['something without a time', [ours({ created_time: undefined, message: 'x' })], 'unknown'],
  ])('%s: a text is %s', async (_, messages, state) => {
    thread(messages);
    expect(await find({})).toMatchObject({ state });
  });

  test.each([
    ['image/png', [image], 'sent'],
    ['image/png', [{ image_data: { url: 'https://…' } }], 'sent'],
    ['video/mp4', [{ video_data: { url: 'https://…' } }], 'sent'],
    ['application/pdf', [{ file_url: 'https://…' }], 'sent'],
    ['application/pdf', [image], 'absent'],
    ['audio/mpeg', [{ mime_type: 'audio/mpeg' }], 'sent'],
    ['audio/mpeg', [{ mime_type: 'video/mp4' }], 'unknown'],
    ['video/webm', [{ file_url: 'https://…' }], 'unknown'],
    ['image/png', [{ mime_type: 'application/pdf' }], 'absent'],
    ['image/png', [{ name: 'Media not available (privacy rules)' }], 'unknown'],
  ])('%s among %j: a file is %s', async (type, data, state) => {
    thread([ours({ message: '', attachments: { data } })]);
    expect(await find({ text: '', attachments: [fileOf(type)] })).toMatchObject({ state });
  });

  test('other white space and accents composed otherwise make no difference, other letters do', async () => {
    thread([ours({ message: 'He\u0301llo you\n' })]);
    expect(await find({ text: ' Héllo  you' })).toMatchObject({ state: 'sent' });
    expect(await find({ text: 'Hello you' })).toMatchObject({ state: 'absent' });
  });

  test('where the commitment was dated by a clock that was ahead, the same words from before are too much to be sure', async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    thread([ours()]);
    expect(await findReply(replyOf({}), lines.page, ahead)).toEqual({ state: 'unknown' });
    thread([ours({ message: 'Other words' })]);
    expect(await findReply(replyOf({}), lines.page, ahead)).toEqual({ state: 'absent' });
  }, 15_000);

  test('of several equal ones the latest is meant, as parts leave one after another', async () => {
    thread([ours({ id: 'm_2', created_time: at(3) }), ours({ id: 'm_3', created_time: at(5) }), ours()]);
    expect(await find({})).toEqual({ state: 'sent', externalId: 'm_3' });
  });

  test('what may lie beyond the readable messages is unknown, unless these reach back far enough', async () => {
    thread([ours({ message: 'other' })], true);
    expect(await find({})).toEqual({ state: 'unknown' });
    thread([ours({ message: 'other' }), ours({ created_time: at(-60) })], true);
    expect(await find({})).toEqual({ state: 'absent' });
  });

  test('Instagram is asked for its own threads, and no thread is no answer', async () => {
    thread([ours({ from: { id: '17841400000000931' } })], false, 'me');
    expect(await find({}, 'throughFacebook')).toMatchObject({ state: 'sent' });
    expect(graph.asked[0]!.query).toMatchObject({ platform: 'instagram', user_id: '7311' });
    graph.answer('GET me/conversations', list([]));
    expect(await find({}, 'throughFacebook')).toEqual({ state: 'unknown' });
  });

  test('what Meta cannot tell at the moment is asked once more', async () => {
    thread([ours()]);
    graph.answer('GET t_1/messages', refusal(2), list([ours()]));
    expect(await find({})).toMatchObject({ state: 'sent' });
    expect(graph.asked).toHaveLength(4);
  });

  test.each([
    [190, 463],
    [9000001, undefined],
    [368, undefined],
  ])('an error (%d) is no answer', async (code, subcode) => {
    thread([]);
    graph.answer('GET t_1/messages', refusal(code, subcode));
    expect(await find({})).toEqual({ state: 'unknown' });
  });
});

describe('under a post', () => {
  const onPage = { mode: 'public', to: { comment: '1_2' } };
  const onInstagram = { mode: 'public', to: { comment: '180' } };
  const ofPage = (more: object = {}) => ({ id: '1_9', created_time: at(2), from: { id: '104' }, message: 'Hello', ...more });
  const ofInstagram = (more: object = {}) => ({ id: '181', timestamp: at(2), username: 'harbour.lamps', text: 'Hello', ...more });

  test.each([
    [[ofPage()], 'sent'],
    [[ofPage({ from: { id: '678' } })], 'absent'],
    [[ofPage({ created_time: at(-10) })], 'absent'],
    [[ofPage({ message: 'x' })], 'absent'],
    [[ofPage({ from: undefined })], 'unknown'],
    [[], 'absent'],
  ])('%j on a Page: %s', async (comments, state) => {
    graph.answer('GET 1_2/comments', list(comments));
    expect(await find({ envelope: onPage })).toEqual(state === 'sent' ? { state, externalId: '1_9' } : { state });
  });

  test('a picture without words is told by being one', async () => {
    graph.answer('GET 1_2/comments', list([ofPage({ message: '', attachment: { type: 'photo' } })]));
    expect(await find({ envelope: onPage, text: '', attachments: [fileOf('image/png')] })).toMatchObject({ state: 'sent' });
  });

  test('a post is looked at from its top', async () => {
    graph.answer('GET 104_6/comments', list([ofPage()]));
    expect(await find({ envelope: { mode: 'public', to: { post: '104_6' } } })).toMatchObject({ state: 'sent' });
    expect(graph.asked[0]!.query).toMatchObject({ filter: 'toplevel', order: 'reverse_chronological' });
  });

  test.each([
    [ofInstagram(), 'sent'],
    [ofInstagram({ username: undefined, from: { id: '17841400000000931' } }), 'sent'],
    [ofInstagram({ username: undefined, from: { id: '2884', username: 'harbour.lamps' } }), 'sent'],
    [ofInstagram({ username: 'ada.moss' }), 'absent'],
    [ofInstagram({ timestamp: at(-10) }), 'absent'],
    [ofInstagram({ username: undefined }), 'unknown'],
  ])('%j on Instagram: %s', async (comment, state) => {
    graph.answer('GET me', { body: { username: 'harbour.lamps' } });
    graph.answer('GET 180/replies', list([comment]));
    expect(await find({ envelope: onInstagram }, 'throughInstagram')).toMatchObject({ state });
  });

  test('all pages are read, and more than are read is unknown', async () => {
    graph.answer('GET 17841400000000931', { body: { username: 'harbour.lamps' } });
    graph.answer('GET 180/replies', list([ofInstagram({ text: 'x' })], true), list([ofInstagram()]));
    expect(await find({ envelope: onInstagram }, 'throughFacebook')).toMatchObject({ state: 'sent' });
    expect(graph.asked.at(-1)!.query.after).toBe('QVFb');
    graph.answer('GET 180/replies', list([ofInstagram({ text: 'x', timestamp: at(-60) })], true));
    expect(await find({ envelope: onInstagram }, 'throughFacebook')).toEqual({ state: 'unknown' });
  });

  test('under the post of somebody else nothing can be read', async () => {
    const envelope = { mode: 'public', to: { mentionIn: '179', comment: null } };
    expect(await find({ envelope }, 'throughFacebook')).toEqual({ state: 'unknown' });
  });
});

describe('in private, after a comment', () => {
  const envelope = { mode: 'private', to: { comment: '1_2' }, author: '1180' };
  const message = (from: string) => ({ id: 'm_1', created_time: at(2), from: { id: from }, message: 'Hello' });

  test('the Page’s comment names the chat', async () => {
    graph.answer('GET 1_2', { body: { id: '1_2', can_reply_privately: false, private_reply_conversation: { id: 't_1' } } });
    graph.answer('GET t_1/messages', list([message('104')]));
    expect(await find({ envelope })).toEqual({ state: 'sent', externalId: 'm_1' });
  });

  test.each([
    [{ can_reply_privately: true }, 'absent'],
    [{ can_reply_privately: false }, 'unknown'],
    [{}, 'unknown'],
  ])('where it names none, %j decides: %s', async (comment, state) => {
    graph.answer('GET 1_2', { body: { id: '1_2', ...comment } });
    expect(await find({ envelope })).toEqual({ state });
  });

  test('on Instagram the author’s chat is read, as far as the author is known', async () => {
    graph.answer('GET me/conversations', list([{ id: 't_1' }]));
    graph.answer('GET t_1/messages', list([message('17841400000000931')]));
    expect(await find({ envelope }, 'throughInstagram')).toMatchObject({ state: 'sent' });
    expect(await find({ envelope: { mode: 'private', to: { comment: '1_2' } } }, 'throughInstagram')).toEqual({ state: 'unknown' });
  });
});
