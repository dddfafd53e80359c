import type { ConnectorError, Outgoing } from '#libs/connector';
import type { Line } from './line.js';
import { refusal, ScriptedGraph } from './scripted-graph.js';
import { fileOf, linesTo, replyOf } from './scripted-lines.js';
import { sendReply } from './send.js';

let graph: ScriptedGraph;
let lines: ReturnType<typeof linesTo>;
beforeEach(async () => {
  graph = await ScriptedGraph.start();
  lines = linesTo(graph.url);
  for (const node of ['104', 'me']) graph.answer(`POST ${node}/messages`, { body: { recipient_id: '7311', message_id: 'm_1' } });
});
afterEach(() => graph.stop());

const send = (more: Partial<Outgoing>, line: Line = lines.page) => sendReply(replyOf(more), line);
const failure = (more: Partial<Outgoing>, line?: Line) =>
  send(more, line).then(
    () => null,
    (error: ConnectorError) => error,
  );
const bodies = (path = '104/messages') => graph.asked.filter((asked) => asked.path === path).map(({ body }) => body);

test('a text on Messenger carries our mark, on Instagram it does not', async () => {
  expect(await send({})).toEqual({ externalId: 'm_1' });
  await send({}, lines.throughInstagram);
  const message = { recipient: { id: '7311' }, message: { text: 'Hello' } };
  expect(bodies()).toEqual([{ ...message, messaging_type: 'RESPONSE', message: { text: 'Hello', metadata: 'tributary:d-1' } }]);
  expect(bodies('me/messages')).toEqual([message]);
});

test('the human agent tag is set only when the window asks for it', async () => {
  for (const line of [lines.page, lines.throughInstagram]) await send({ windowMode: 'human_agent' }, line);
  const tagged = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  expect([bodies(), bodies('me/messages')]).toEqual([[expect.objectContaining(tagged)], [expect.objectContaining(tagged)]]);
});

test.each([3, 10, 100])(
  'where the app was not granted the tag (%d) that is what the agent reads, and the channel stays connected',
  async (code) => {
    graph.refuse('POST 104/messages', code);
    expect(await failure({ windowMode: 'human_agent' })).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('after 24 hours'),
      action: expect.stringContaining('Human Agent'),
    });
  },
);

describe('a message that answers a certain one', () => {
  const envelope = { mode: null, to: { id: '7311' }, replyTo: 'm_0' };

  test('names it', async () => {
    await send({ envelope });
    expect(bodies()).toEqual([expect.objectContaining({ reply_to: { mid: 'm_0' } })]);
  });

  test.each([[undefined], [33]])('goes without when Meta does not know it (100/%p)', async (subcode) => {
    graph.answer('POST 104/messages', refusal(100, subcode), { body: { message_id: 'm_2' } });
    expect(await send({ envelope })).toEqual({ externalId: 'm_2' });
    expect(bodies().map((body) => 'reply_to' in (body as object))).toEqual([true, false]);
  });

  test.each([
    [1, 1357046],
    [10, 2018278],
    [551, undefined],
  ])('is not sent again for any other reason (%d/%p)', async (code, subcode) => {
    graph.refuse('POST 104/messages', code, subcode);
    await failure({ envelope });
    expect(bodies()).toHaveLength(1);
  });
});

describe.each([
  ['page', '104', '104/message_attachments', {}],
  ['throughFacebook', 'me', 'me/message_attachments', { platform: 'instagram' }],
  ['throughInstagram', 'me', 'me/messageattachments', {}],
] as const)('a file from a %s', (name, node, uploads, query) => {
  const url = 'https://inbox.example/media/abc';

  test.each([
    ['image/png', 'image'],
    ['image/heic', 'file'],
    ['video/mp4', 'video'],
    ['audio/mp4; codecs="mp4a"', 'audio'],
    ['application/pdf', 'file'],
  ])('%s is laid ready, and then sent as %s by its id', async (type, kind) => {
    graph.answer(`POST ${uploads}`, { body: { attachment_id: '1601' } });
    const seen: number[] = [];
    const committing = () => Promise.resolve(void seen.push(graph.asked.length));
    expect(await send({ text: '', attachments: [fileOf(type, url)], committing }, lines[name])).toMatchObject({ externalId: 'm_1' });
    const [upload, message] = graph.asked;
    expect(upload).toMatchObject({ path: uploads, query });
    expect(upload!.body).toContain('bytes of a lamp');
    expect(upload!.body).toContain(`{"attachment":{"type":"${kind}","payload":{"is_reusable":true}}}`);
    expect(message!.body).toMatchObject({ message: { attachment: { type: kind, payload: { attachment_id: '1601' } } } });
    expect(seen).toEqual([1]);
  });

  test.each([
    [100, undefined],
    [100, 33],
    [3, undefined],
    [2500, undefined],
  ])('goes by our link where uploads are not to be had (%d/%p)', async (code, subcode) => {
    graph.refuse(`POST ${uploads}`, code, subcode);
    await send({ text: '', attachments: [fileOf('image/png', url)] }, lines[name]);
    const payload = { url, is_reusable: true };
    expect(bodies(`${node}/messages`)).toEqual([
      expect.objectContaining({ message: expect.objectContaining({ attachment: { type: 'image', payload } }) }),
    ]);
    expect(await failure({ text: '', attachments: [fileOf('image/png')] }, lines[name])).toMatchObject({
      kind: 'rejected',
      outcome: 'not-sent',
    });
  });

  test.each([
    [100, 2018047, 'rejected'],
    [100, 2018109, 'rejected'],
    [200, undefined, 'rejected'],
    [190, 460, 'auth'],
    [1, undefined, 'unavailable'],
    [613, undefined, 'rate-limited'],
  ])('that Meta does not take (%d/%p) is %s, named, and surely not sent', async (code, subcode, kind) => {
    graph.refuse(`POST ${uploads}`, code, subcode);
    let committed = false;
    const committing = () => Promise.resolve(void (committed = true));
    const error = await failure({ text: '', attachments: [fileOf('image/png', url, 'lamp.png')], committing }, lines[name]);
    expect(error).toMatchObject({ kind, outcome: 'not-sent', message: expect.stringContaining('“lamp.png”') });
    expect([committed, bodies(`${node}/messages`)]).toEqual([false, []]);
  });

  test('whose upload breaks off leaves nothing open either', async () => {
    graph.answer(`POST ${uploads}`, 'drop');
    expect(await failure({ text: '', attachments: [fileOf('image/png', url)] }, lines[name])).toMatchObject({
      kind: 'unavailable',
      outcome: 'not-sent',
    });
  });
});

describe('a private answer to a comment', () => {
  const envelope = { mode: 'private', to: { comment: '1_2' } };

  test.each([
    ['page', '104', { scope: 'facebook:104', id: '7311', name: null }],
    ['throughFacebook', 'me', { scope: 'instagram:17841400000000931', id: '7311', name: null }],
    ['throughInstagram', 'me', { scope: 'instagram:17841400000000931', id: '7311', name: null }],
  ] as const)('of a %s opens the chat with its author', async (name, node, person) => {
    expect(await send({ envelope, windowMode: 'private' }, lines[name])).toEqual({
      externalId: 'm_1',
      opened: { person, ownKeys: ['dm:7311'] },
    });
    expect(bodies(`${node}/messages`)).toEqual([expect.objectContaining({ recipient: { comment_id: '1_2' } })]);
  });

  test('to a visitor’s post names the post; without an id of the author nothing is opened', async () => {
    graph.answer('POST 104/messages', { body: { message_id: 'm_3' } });
    expect(await send({ envelope: { mode: 'private', to: { post: '104_6' } } })).toEqual({ externalId: 'm_3' });
    expect(bodies()).toEqual([expect.objectContaining({ recipient: { post_id: '104_6' } })]);
  });

  test.each([
    [10900, undefined],
    [10903, undefined],
    [100, 2534025],
    [100, 33],
  ])('that is not possible any more is refused for good (%d/%p)', async (code, subcode) => {
    graph.refuse('POST 104/messages', code, subcode);
    expect(await failure({ envelope })).toMatchObject({ kind: 'rejected', outcome: 'not-sent', noPrivateReply: true });
  });

  test.each([
    [100, 2534013],
    [2534013, undefined],
  ])('of which there were too many waits (%d/%p)', async (code, subcode) => {
    graph.refuse('POST 104/messages', code, subcode);
    expect(await failure({ envelope })).toMatchObject({ kind: 'rate-limited', noPrivateReply: false });
  });
});

test.each([
  [10, 2018300, 'page', '104'],
  [100, 2534037, 'throughInstagram', 'me'],
] as const)('a chat that another app holds is told as such (%d/%d)', async (code, subcode, name, node) => {
  graph.refuse(`POST ${node}/messages`, code, subcode);
  expect(await failure({}, lines[name])).toMatchObject({ kind: 'rejected', heldByOther: true });
});

test('an answer without an id leaves open what happened', async () => {
  graph.answer('POST 104/messages', { body: {} });
  expect(await failure({})).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
});

describe('a public answer', () => {
  const envelope = { mode: 'public', to: { comment: '1_2' } };
  const picture = fileOf('image/png', 'https://inbox.example/media/abc');

  test.each([
    ['page', { comment: '1_2' }, '1_2/comments', { body: { message: 'Hello' } }],
    ['page', { post: '104_6' }, '104_6/comments', { body: { message: 'Hello' } }],
    ['throughFacebook', { comment: '18011' }, '18011/replies', { query: { message: 'Hello' } }],
    ['throughInstagram', { comment: '18011' }, '18011/replies', { query: { message: 'Hello' } }],
    ['throughInstagram', { post: '179' }, '179/comments', { query: { message: 'Hello' } }],
    [
      'throughFacebook',
      { mentionIn: '179', comment: '180' },
      '17841400000000931/mentions',
      { query: { media_id: '179', comment_id: '180', message: 'Hello' } },
    ],
    [
      'throughFacebook',
      { mentionIn: '179', comment: null },
      '17841400000000931/mentions',
      { query: { media_id: '179', message: 'Hello' } },
    ],
  ] as const)('of a %s to %j is one call, without fields', async (name, to, path, call) => {
    graph.answer(`POST ${path}`, { body: { id: '1_9' } });
    expect(await send({ envelope: { mode: 'public', to } }, lines[name])).toEqual({ externalId: '1_9', ownKeys: ['comment:1_9'] });
    expect(graph.asked).toEqual([{ method: 'POST', path, query: {}, body: '', ...call }]);
  });

  test('has a picture by our link, or as an unpublished photo laid ready before the commitment', async () => {
    graph.answer('POST 1_2/comments', { body: { id: '1_9' } });
    graph.answer('POST 104/photos', { body: { id: '555' } });
    await send({ envelope, attachments: [picture] });
    const seen: number[] = [];
    await send({
      envelope,
      text: '',
      attachments: [fileOf('image/png')],
      committing: () => Promise.resolve(void seen.push(graph.asked.length)),
    });
    expect(bodies('1_2/comments')).toEqual([{ message: 'Hello', attachment_url: picture.url }, { attachment_id: '555' }]);
    expect(String(bodies('104/photos')[0])).toMatch(/name="published"\r\n\r\nfalse/);
    expect(seen).toEqual([2]);
  });

  test.each([
    [1, undefined, 'unavailable', 'unknown'],
    [1, 1357046, 'unavailable', 'unknown'],
    [20, 1772107, 'unavailable', 'unknown'],
    [100, 33, 'rejected', 'not-sent'],
    [368, undefined, 'rate-limited', 'not-sent'],
    [506, undefined, 'rejected', 'not-sent'],
  ])('is written at most once: %d/%p is %s, %s', async (code, subcode, kind, outcome) => {
    graph.refuse('POST 1_2/comments', code, subcode);
    expect(await failure({ envelope })).toMatchObject({ kind, outcome });
    expect(graph.asked).toHaveLength(1);
  });

  test('that was not committed is not written', async () => {
    await expect(send({ envelope, committing: () => Promise.reject(new Error('database gone')) })).rejects.toThrow('database gone');
    expect(graph.asked).toEqual([]);
  });
});
