import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Audit, ChannelAccess, InboundEvent, RawEvent } from '#libs/connector';
import { auditInstagram, auditPage } from './audit.js';
import { instagramLine, pageLine } from './line.js';
import { parseMeta } from './parse.js';

const now = new Date('2026-11-22T12:00:00Z');
const channel: ChannelAccess = { id: 'c1', address: '@harbour.lamps', settings: {}, signingKey: Buffer.alloc(32, 1) };
const PAGE = '104400000000017';
const IGID = '17841400000000931';

type Answer = { status?: number; body: unknown };
type Graph = Record<string, (query: URLSearchParams) => unknown>;

/** Graph as far as `answers` goes, by path; all else is gone (100/33). Every call is noted. */
let answers: Graph = {};
const calls: string[] = [];
let server: Server;

beforeEach(async () => {
  calls.length = 0;
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://graph');
    const path = decodeURIComponent(pathname.replace(/^\/v26\.0\//, ''));
    calls.push(`${path}${searchParams.get('after') ? ` after ${searchParams.get('after')}` : ''} limit ${searchParams.get('limit') ?? ''}`);
    const answer = answers[path]?.(searchParams) ?? refusal(100, 33);
    const { status, body } = isAnswer(answer) ? answer : { status: 200, body: answer };
    response.writeHead(status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close().closeAllConnections());

const isAnswer = (answer: unknown): answer is Answer => typeof answer === 'object' && answer !== null && 'status' in answer;
const refusal = (code: number, error_subcode?: number): Answer => ({
  status: 400,
  body: { error: { message: 'no', type: 'OAuthException', code, error_subcode } },
});
const list = (data: unknown[], after?: string) => ({
  data,
  paging: { cursors: { before: 'b', after }, ...(after && { next: 'https://elsewhere/' }) },
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const options = () => ({ appId: '1', graphUrl: url(), instagramGraphUrl: url(), graphVersion: 'v26.0' });

/** What is shown of comments, by id. */
type Shown = Record<string, { text: string; hidden: boolean }>;

/** What is stored beside the audit, by key. */
interface Kept {
  audit: Audit;
  events: RawEvent[];
  parsed: InboundEvent[];
}

async function run(connector: 'facebook' | 'instagram', stored: string[] = [], shown: Shown = {}): Promise<Kept> {
  const keys = new Set(stored);
  const events: RawEvent[] = [];
  const context = {
    channel,
    cursor: null,
    spool: '',
    signal: new AbortController().signal,
    stored: async (ids: string[]) => new Map(ids.filter((id) => keys.has(`message:${id}`)).map((id) => [id, 1])),
    shown: async () => new Map(Object.entries(shown)),
    store: async (given: RawEvent[]) => {
      const fresh = given.filter(({ key }) => !keys.has(key));
      for (const event of fresh) {
        keys.add(event.key);
        events.push(event);
      }
      return fresh.map(({ key }) => key);
    },
  };
  const audit =
    connector === 'facebook'
      ? await auditPage(context, pageLine(options(), { pageId: PAGE, pageAccessToken: 'EAAtoken' }), now)
      : await auditInstagram(context, instagramLine(options(), { accountId: IGID, accessToken: 'IGAAtoken', via: 'instagram' }), now);
  return { audit, events, parsed: events.flatMap((event) => parseMeta(connector, options(), event, channel)) };
}

const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString().replace(/\.\d+Z/, '+0000');
const ada = { name: 'Ada Moss', id: '7311000000000042' };
const page = { name: 'Harbour Lamps', id: PAGE };
const thread = (id: string, hours: number) => ({ id, updated_time: hoursAgo(hours), participants: { data: [ada, page] } });
const message = (id: string, hours: number, more: object = {}) => ({
  id,
  created_time: hoursAgo(hours),
  from: ada,
  to: { data: [page] },
  message: id,
  ...more,
});
const noComments: Graph = {
  [`${PAGE}/feed`]: () => list([]),
  [`${PAGE}/visitor_posts`]: () => list([]),
  [`${PAGE}/ads_posts`]: () => list([]),
};

test('what was missed comes in under the keys of webhooks, oldest first, and what is younger than a day as news', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: () => list([thread('t_2', 2), thread('t_1', 30)]),
    't_1/messages': () => list([message('m_2', 30, { from: page, to: { data: [ada] } }), message('m_1', 31)]),
    't_2/messages': () => list([message('m_4', 2), message('m_3', 3)]),
  };
  const { audit, events, parsed } = await run('facebook', ['message:m_3']);
  expect(events.map(({ key, platformId, backfill }) => [key, platformId, backfill])).toEqual([
    ['message:m_1', 'm_1', true],
    ['message:m_2', 'm_2', true],
    ['message:m_4', 'm_4', false],
  ]);
  expect(parsed).toMatchObject([
    { externalId: 'm_1', direction: 'inbound', text: 'm_1', customer: { scope: `facebook:${PAGE}`, id: ada.id, name: null } },
    { externalId: 'm_2', direction: 'outbound', sentBy: null, customer: { id: ada.id }, ownKeys: [`dm:${ada.id}`] },
    { externalId: 'm_4', direction: 'inbound', sentAt: new Date('2026-11-22T10:00:00Z') },
  ]);
  expect(audit).toMatchObject({ there: 4, here: 1, reimported: 3 });
  expect(audit.missing).toContainEqual({
    platformId: 'm_1',
    key: 'message:m_1',
    place: 'Messenger',
    receivedAt: new Date('2026-11-21T05:00:00Z'),
  });
});

test('what was written a moment ago is left to its webhook if that came, and else taken in so that the webhook still counts', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: () => list([thread('t_1', 0)]),
    't_1/messages': () => list([message('m_2', 0.01), message('m_1', 0.02)]),
  };
  const { audit, events } = await run('facebook', ['message:m_1']);
  expect(events.map(({ key, platformId }) => [key, platformId])).toEqual([['message:m_2:read-early', 'm_2']]);
  expect(audit).toMatchObject({ there: 2, here: 1, reimported: 1 });
});

test('short and empty pages do not end a list, a cursor is used on our own address, and older chats are left alone', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: (query) =>
      ({
        '': list([thread('t_1', 1)], 'A'),
        A: list([], 'B'),
        B: list([thread('t_2', 2), thread('t_3', 24 * 40)], 'C'),
        C: list([thread('t_4', 24 * 50)], 'D'),
      })[query.get('after') ?? ''],
    't_1/messages': () => list([message('m_1', 1)]),
    't_2/messages': () => list([message('m_2', 2), message('m_0', 24 * 31)]),
  };
  const { events } = await run('facebook');
  expect(events.map(({ key }) => key)).toEqual(['message:m_2', 'message:m_1']);
  expect(calls.filter((call) => call.startsWith(`${PAGE}/conversations`))).toHaveLength(4);
});

test('where Meta cannot put together so many, fewer are asked for', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: (query) => (Number(query.get('limit')) > 1 ? refusal(2) : list([thread('t_1', 1)])),
    't_1/messages': () => list([message('m_1', 1)]),
  };
  expect((await run('facebook')).events.map(({ key }) => key)).toEqual(['message:m_1']);
});

test('a message that cannot be opened hides no other, and one without a sender is not taken in', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: () => list([thread('t_1', 1)]),
    't_1/messages': (query) =>
      query.get('fields') === 'id,created_time'
        ? list(['m_1', 'm_2', 'm_3'].map((id) => ({ id, created_time: hoursAgo(1) })))
        : refusal(9000001),
    m_1: () => message('m_1', 1),
    m_2: () => refusal(9000001),
    m_3: () => ({ id: 'm_3', created_time: hoursAgo(1) }),
  };
  expect((await run('facebook')).events.map(({ key }) => key)).toEqual(['message:m_1']);
});

test('everything that a read tells of a message is shown as a webhook would have told it', async () => {
  const link = 'https://lookaside.example/s';
  const told = [
    {
      attachments: {
        data: [
          {
            id: '9',
            mime_type: 'image/jpeg',
            name: 'a.jpg',
            image_data: { url: 'https://scontent.example/a.jpg', render_as_sticker: false },
          },
          { id: '8', mime_type: 'application/pdf', name: 'invoice.pdf', file_url: 'https://cdn.example/invoice.pdf' },
        ],
      },
      message: '',
    },
    { attachments: { data: [{ id: '7', name: 'Media not available (privacy rules)' }] }, message: '' },
    {
      message: 'love it',
      story: { reply_to: { link, id: '321' } },
      reactions: {
        data: [
          { reaction: 'love', users: [page] },
          { reaction: 'wow', users: [ada] },
        ],
      },
    },
    { message: '', story: { mention: { link, id: '322' } } },
    { message: '', sticker: 'https://scontent.example/like.png' },
    { message: 'see', shares: { data: [{ link: 'https://shop.example', name: 'Shop' }] }, reply_to: { mid: 'm_0' } },
    { message: '', is_unsupported: true },
  ];
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: () => list([thread('t_1', 1)]),
    't_1/messages': () => list(told.map((more, i) => message(`m_${i}`, 10 - i, more))),
  };
  const { parsed } = await run('facebook');
  expect(parsed).toMatchObject([
    {
      linked: [
        { filename: 'a.jpg', contentType: 'image/jpeg', keep: true },
        { filename: 'invoice.pdf', contentType: 'application/pdf', keep: true },
      ],
      text: '',
    },
    { cards: [{ kind: 'unsupported', title: 'Media not available (privacy rules)' }] },
    { text: 'love it', cards: [{ kind: 'story-reply', facts: { 'Story id': '321' } }], linked: [{ url: link, keep: false }] },
    { type: 'change', of: 'm_2', change: { kind: 'reaction', by: null, emoji: '❤️' } },
    { type: 'change', of: 'm_2', change: { kind: 'reaction', by: { id: ada.id }, emoji: '😮' } },
    { cards: [{ kind: 'story-mention' }], linked: [{ url: link, keep: false }] },
    { linked: [{ filename: 'sticker' }] },
    { text: 'see', replyTo: 'm_0', cards: [{ kind: 'link', title: 'Shop', url: 'https://shop.example' }] },
    { cards: [{ kind: 'unsupported' }] },
  ]);
});

const POST = `${PAGE}_555`;
const post = {
  id: POST,
  message: 'Lamps are back',
  from: page,
  created_time: hoursAgo(50),
  permalink_url: 'https://www.facebook.example/p/555',
  full_picture: 'https://scontent.example/p.jpg',
  is_published: true,
};
const bo = { id: '6780000000000511', name: 'Bo Lind' };
const comment = (id: string, hours: number, more: object = {}) => ({ id, message: id, from: bo, created_time: hoursAgo(hours), ...more });

test('comments, answers, posts of visitors and comments on ads of a Page come in, and hidden ones are told of', async () => {
  answers = {
    [`${PAGE}/conversations`]: () => list([]),
    [`${PAGE}/feed`]: () => list([post]),
    [`${PAGE}/visitor_posts`]: () => list([{ ...post, id: `${PAGE}_600`, message: 'Great shop', from: bo }]),
    [`${PAGE}/ads_posts`]: () => list([{ ...post, id: `${PAGE}_700`, is_published: false }]),
    [`${POST}/comments`]: () => list([comment('555_1', 5), comment('555_2', 4, { parent: { id: '555_1' }, from: page, is_hidden: true })]),
    [`${PAGE}_600/comments`]: () => list([comment('600_1', 3, { from: page })]),
    [`${PAGE}_700/comments`]: () => list([comment('700_1', 2, { from: undefined })]),
  };
  const { parsed, audit } = await run('facebook');
  expect(audit).toMatchObject({ there: 5, here: 0, reimported: 5 });
  expect(parsed).toHaveLength(6);
  expect(parsed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        externalId: '555_1',
        ownKeys: ['comment:555_1', `comments:${POST}:${bo.id}`],
        customer: { scope: `facebook-comment:${PAGE}`, ...bo },
        post: expect.objectContaining({ id: POST, text: 'Lamps are back', permalink: 'https://www.facebook.example/p/555', isAd: false }),
      }),
      expect.objectContaining({ externalId: '555_2', direction: 'outbound', replyTo: '555_1' }),
      { type: 'change', of: '555_2', key: expect.any(String), at: now, change: { kind: 'hide', hidden: true } },
      expect.objectContaining({ externalId: `${PAGE}_600`, text: 'Great shop', envelope: { post: `${PAGE}_600` } }),
      expect.objectContaining({ externalId: '600_1', direction: 'outbound', replyTo: `${PAGE}_600` }),
      expect.objectContaining({
        externalId: '700_1',
        customer: expect.objectContaining({ id: 'unknown:700_1' }),
        post: expect.objectContaining({ isAd: true }),
      }),
    ]),
  );
});

test('where a comment stands otherwise than it is shown, that is told of; where it does not, nothing is', async () => {
  answers = {
    ...noComments,
    [`${PAGE}/conversations`]: () => list([]),
    [`${PAGE}/feed`]: () => list([post]),
    [`${POST}/comments`]: () =>
      list([
        comment('555_1', 5, { message: 'as it was', is_hidden: false }),
        comment('555_2', 4, { message: 'the same ', is_hidden: true }),
        comment('555_3', 3, { message: 'Caf\u00e9' }),
        comment('555_4', 3, { is_hidden: false }),
      ]),
  };
  const shown = {
    '555_1': { text: 'edited', hidden: true },
    '555_2': { text: 'the same', hidden: true },
    '555_3': { text: 'Cafe\u0301', hidden: true },
  };
  const stored = ['1', '2', '3', '4'].map((id) => `comment:555_${id}`);
  const { parsed, audit } = await run('facebook', stored, shown);
  expect(audit).toMatchObject({ there: 4, here: 4, reimported: 0 });
  const change = { type: 'change', of: '555_1', key: expect.any(String), at: now };
  expect(parsed).toEqual([
    { ...change, change: { kind: 'edit', text: 'as it was', version: null } },
    { ...change, change: { kind: 'hide', hidden: false } },
  ]);
});

test('without the right to read ads, or to read comments at all, the rest is read; without a sign-in nothing is called read', async () => {
  answers = {
    [`${PAGE}/conversations`]: () => refusal(10),
    [`${PAGE}/feed`]: () => list([post]),
    [`${PAGE}/visitor_posts`]: () => refusal(200),
    [`${PAGE}/ads_posts`]: () => refusal(100),
    [`${POST}/comments`]: () => list([comment('555_1', 5)]),
  };
  expect((await run('facebook')).events.map(({ key }) => key)).toEqual(['comment:555_1']);
  answers = { ...answers, [`${POST}/comments`]: () => refusal(190, 463) };
  await expect(run('facebook')).rejects.toMatchObject({ kind: 'auth' });
});

const igAda = { id: '1180000000000777', username: 'ada.moss' };
const igUs = { id: '28970000000000402', username: 'harbour.lamps' };

test('through Instagram Login the account is known by its other id as well, and its media are only shown', async () => {
  answers = {
    me: () => igUs,
    'me/conversations': () => list([{ id: 'thread', updated_time: hoursAgo(1), participants: { data: [igAda, igUs] } }]),
    'thread/messages': () =>
      list([
        message('aWdf2', 1, { from: igUs, to: { data: [igAda] } }),
        message('aWdf1', 2, { from: igAda, to: undefined, message: '', shares: { data: [{ link: 'https://lookaside.example/x' }] } }),
      ]),
    'me/media': () => list([]),
  };
  const { parsed } = await run('instagram');
  expect(parsed).toMatchObject([
    {
      externalId: 'aWdf1',
      direction: 'inbound',
      customer: { scope: `instagram:${IGID}`, id: igAda.id },
      linked: [{ keep: false }],
      cards: [{ kind: 'post' }],
    },
    { externalId: 'aWdf2', direction: 'outbound', customer: { id: igAda.id } },
  ]);
});

test('comments on Instagram media come in with their answers, however many, and are the same as pushed', async () => {
  const igComment = (id: string, hours: number, more: object = {}) => ({
    id,
    text: id,
    timestamp: hoursAgo(hours),
    username: 'ada.moss',
    from: igAda,
    ...more,
  });
  answers = {
    me: () => igUs,
    'me/conversations': () => list([]),
    'me/media': () =>
      list([
        {
          id: '321',
          caption: 'Glow',
          permalink: 'https://www.instagram.example/p/321',
          timestamp: hoursAgo(60),
          media_product_type: 'FEED',
        },
        { id: '300', timestamp: hoursAgo(24 * 60) },
      ]),
    '321/comments': () =>
      list([
        igComment('1', 9, { replies: list([igComment('2', 8, { from: igUs, username: 'harbour.lamps' })]) }),
        igComment('3', 7, { hidden: true, replies: list([igComment('4', 6)], 'more') }),
      ]),
    '3/replies': (query) => (query.get('after') ? list([igComment('5', 5)]) : list([igComment('4', 6)], 'more')),
  };
  const { parsed, audit } = await run('instagram');
  expect(audit).toMatchObject({ there: 5, reimported: 5 });
  expect(parsed.filter(({ type }) => type === 'message')).toMatchObject([
    {
      externalId: '1',
      customer: { scope: `instagram:${IGID}`, id: igAda.id, name: 'ada.moss' },
      threadKeys: [{ key: `comments:321:${igAda.id}` }],
      post: { id: '321', text: 'Glow', permalink: 'https://www.instagram.example/p/321' },
    },
    { externalId: '3' },
    { externalId: '2', direction: 'outbound', replyTo: '1' },
    { externalId: '4', replyTo: '3' },
    { externalId: '5', replyTo: '3' },
  ]);
  expect(parsed).toContainEqual({ type: 'change', of: '3', key: expect.any(String), at: now, change: { kind: 'hide', hidden: true } });
  const pushed = {
    object: 'instagram',
    id: IGID,
    time: 1,
    changes: { field: 'comments', value: { id: '1', text: '1', from: igAda, media: { id: '321' } } },
  };
  const [live] = parseMeta(
    'instagram',
    options(),
    { key: 'comment:1', payload: Buffer.from(JSON.stringify(pushed)), context: {}, receivedAt: now },
    channel,
  );
  const [read] = parsed;
  expect(live).toMatchObject({ copy: (read as { copy?: object }).copy, ownKeys: (read as { ownKeys?: string[] }).ownKeys });
});
