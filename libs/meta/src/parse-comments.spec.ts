import { readFile } from 'node:fs/promises';
import { MalformedPayload, type ChannelAccess, type InboundEvent, type MessageEvent } from '#libs/connector';
import { parseMeta } from './parse.js';
import { metaWebhook } from './webhook.js';

const options = { appId: '900100200300400', graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' };
const { split } = metaWebhook(options);
const channel: ChannelAccess = { id: 'c1', address: '@harbour.lamps', settings: {}, signingKey: Buffer.alloc(32, 1) };

function parsed(body: Buffer): InboundEvent[] {
  return split(body, new Date('2026-11-22T00:00:00Z')).flatMap(({ connector, event }) =>
    parseMeta(connector as 'facebook', options, event, channel),
  );
}
const events = async (fixture: string) => parsed(await readFile(new URL(`./fixtures/${fixture}.json`, import.meta.url)));
const changes = (field: string, value: unknown) =>
  parsed(
    Buffer.from(JSON.stringify({ object: 'page', entry: [{ id: '104400000000017', time: 1795305800, changes: [{ field, value }] }] })),
  );

const POST = '104400000000017_122100000000000555';
const COMMENT = '122100000000000555_990000000000000123';
const VISITOR_POST = '104400000000017_122100000000000600';
const ada = { scope: 'facebook-comment:104400000000017', id: '6780000000000510', name: 'Ada Moss' };
const told = new Date(1795305800000);
const unknownPost = {
  permalink: null,
  text: null,
  pictureUrl: null,
  adId: null,
  adTitle: null,
  isAd: false,
  isLive: false,
  publishedAt: null,
};

test('a comment directly under a post is a conversation of its author and that post', async () => {
  expect(await events('feed-comment')).toEqual([
    {
      type: 'message',
      direction: 'inbound',
      kind: 'comment',
      externalId: COMMENT,
      customer: ada,
      threadKeys: [{ rule: 'post-and-author', key: `comments:${POST}:6780000000000510` }],
      ownKeys: [`comment:${COMMENT}`, `comments:${POST}:6780000000000510`],
      subject: null,
      text: 'Price please',
      html: null,
      quotedText: null,
      sentAt: new Date(1795305640000),
      attachments: [],
      envelope: { comment: COMMENT, parent: null, post: POST },
      human: true,
      post: { ...unknownPost, id: POST, permalink: 'https://www.facebook.example/p/555' },
    },
  ]);
});

test('an answer belongs to the conversation of the comment above it', async () => {
  const id = '122100000000000555_990000000000000200';
  expect(await events('feed-reply')).toMatchObject([
    {
      externalId: id,
      customer: { id: '6780000000000511' },
      threadKeys: [{ rule: 'comment-reply', key: `comment:${COMMENT}` }],
      ownKeys: [`comment:${id}`],
      replyTo: COMMENT,
      envelope: { comment: id, parent: COMMENT, post: POST },
    },
  ]);
});

test('our own answer is outbound, and who is answered is found by the comment above', async () => {
  expect(await events('feed-our-reply')).toMatchObject([
    {
      direction: 'outbound',
      sentBy: null,
      text: '49 €, Ada',
      customer: { scope: ada.scope, id: `unknown:${COMMENT}`, name: null },
      threadKeys: [{ rule: 'comment-reply', key: `comment:${COMMENT}` }],
    },
  ]);
  expect(await events('feed-our-comment-on-a-visitors-post')).toMatchObject([
    { direction: 'outbound', threadKeys: [{ rule: 'comment-reply', key: `comment:${POST}` }], replyTo: POST },
  ]);
});

test.each([
  ['feed-comment-without-author', { scope: ada.scope, id: `unknown:${COMMENT}`, name: null }],
  ['feed-comment-author-without-name', { ...ada, name: null }],
])('%s is shown all the same', async (fixture, customer) => {
  expect(await events(fixture)).toMatchObject([{ text: 'Price please', customer }]);
});

test('a comment may be nothing but a picture', async () => {
  const linked = [{ filename: 'c.jpg', contentType: 'image/*', url: 'https://scontent.example/c.jpg', keep: true }];
  expect(await events('feed-photo-comment')).toMatchObject([{ text: '', linked }]);
});

test('a post that was never published on the Page is an ad', async () => {
  expect(await events('feed-comment-on-an-ad')).toMatchObject([{ post: { id: POST, isAd: true } }]);
});

const change = (of: string, what: object) => ({ type: 'change', of, key: expect.any(String), at: told, change: what });
test.each([
  ['feed-comment-edited', [change(COMMENT, { kind: 'edit', text: 'Price and size please', version: 1 })]],
  ['feed-comment-hidden', [change(COMMENT, { kind: 'hide', hidden: true })]],
  ['feed-comment-unhidden', [change(COMMENT, { kind: 'hide', hidden: false })]],
  ['feed-comment-removed', [change(COMMENT, { kind: 'withdraw' })]],
  ['feed-reaction-on-a-comment', [{ ...change(COMMENT, { kind: 'reaction', by: ada, emoji: '👍' }), at: new Date(1795305690000) }]],
  ['feed-reaction-taken-back', [{ ...change(COMMENT, { kind: 'reaction', by: ada, emoji: null }), at: new Date(1795305691000) }]],
  ['feed-our-like', [{ ...change(COMMENT, { kind: 'like', liked: true }), at: new Date(1795305692000) }]],
  [
    'feed-post-removed',
    [{ type: 'post', post: { id: VISITOR_POST }, removed: true, at: told }, change(VISITOR_POST, { kind: 'withdraw' })],
  ],
  ['feed-post-edited', [{ type: 'post', post: { id: POST, text: 'Lamps are back in stock' }, removed: false, at: told }]],
  [
    'feed-visitor-post-edited',
    [
      { type: 'post', post: { id: VISITOR_POST, text: 'Great shop!' }, removed: false, at: told },
      change(VISITOR_POST, { kind: 'edit', text: 'Great shop!', version: 1 }),
    ],
  ],
  [
    'feed-our-post',
    [{ type: 'post', post: { id: POST, text: 'Lamps are back', publishedAt: new Date(1795305700000) }, removed: false, at: told }],
  ],
])('%s: what became of a comment or a post', async (fixture, expected) => {
  expect(await events(fixture)).toEqual(expected);
});

test('what a visitor writes on the Page is a conversation, which comments of theirs below it join', async () => {
  expect(await events('feed-visitor-post')).toMatchObject([
    {
      kind: 'comment',
      direction: 'inbound',
      externalId: VISITOR_POST,
      text: 'Great shop',
      customer: ada,
      ownKeys: [`comment:${VISITOR_POST}`, `comments:${VISITOR_POST}:6780000000000510`],
      envelope: { post: VISITOR_POST },
      post: { id: VISITOR_POST, text: 'Great shop' },
    },
  ]);
});

test.each([
  ['mention-of-the-page-without-author', '300000000000001_300000000000009', 'ask @Harbour Lamps', 'In a comment', /^unknown:/],
  ['mention-of-the-page-in-a-post', '208800000000044_300000000000001', '@Harbour Lamps made this', 'In a post', /^6780000000000510$/],
])('%s is a conversation under the post of somebody else', async (fixture, externalId, text, where, author) => {
  expect(await events(fixture)).toMatchObject([
    { externalId, text, cards: [{ kind: 'mention', facts: { Where: where } }], customer: { id: expect.stringMatching(author) } },
  ]);
});

const adaOnInstagram = { scope: 'instagram:17841400000000931', id: '1180000000000777', name: 'ada.moss' };
test.each(['instagram-comment', 'instagram-comment-named-comment-id'])(
  '%s is a conversation of its author and that medium',
  async (fixture) => {
    const conversation = 'comments:17900000000000321:1180000000000777';
    expect(await events(fixture)).toMatchObject([
      {
        type: 'message',
        kind: 'comment',
        direction: 'inbound',
        externalId: '18011000000000654',
        text: 'how much?',
        customer: adaOnInstagram,
        threadKeys: [{ rule: 'post-and-author', key: conversation }],
        ownKeys: ['comment:18011000000000654', conversation],
        post: { ...unknownPost, id: '17900000000000321' },
        sentAt: new Date(fixture === 'instagram-comment' ? 1795305740000 : 1795305740123),
      },
    ]);
  },
);

test.each(['instagram-comment-on-the-entry', 'instagram-comment-on-the-entry-in-an-array'])(
  '%s is a comment as any other',
  async (fixture) => {
    expect(await events(fixture)).toMatchObject([{ externalId: '18011000000000658', customer: adaOnInstagram }]);
  },
);

test('an answer on Instagram belongs to the conversation of the comment above it', async () => {
  expect(await events('instagram-comment-reply')).toMatchObject([
    { direction: 'inbound', threadKeys: [{ rule: 'comment-reply', key: 'comment:18011000000000654' }], replyTo: '18011000000000654' },
  ]);
});

test.each(['instagram-our-reply', 'instagram-our-reply-under-a-scoped-id'])('%s is outbound', async (fixture) => {
  expect(await events(fixture)).toMatchObject([{ direction: 'outbound', sentBy: null, replyTo: '18011000000000654' }]);
});

test('a comment on a promoted post and its copy on the ad know each other', async () => {
  const [onAd, onPost, other] = (await Promise.all(
    ['instagram-comment-on-an-ad', 'instagram-comment-on-the-promoted-post', 'instagram-comment'].map(
      async (name) => (await events(name))[0],
    ),
  )) as MessageEvent[];
  expect(onAd!.post).toMatchObject({ id: '17900000000000399', isAd: true, adId: '23850000000000111', adTitle: 'Spring lamps' });
  expect(onAd!.copy).toEqual({ of: onPost!.copy!.of, place: '17900000000000399', withinMs: 600_000 });
  expect(onPost!.copy!.place).toBe('17900000000000321');
  expect(other!.copy!.of).not.toBe(onPost!.copy!.of);
});

test('comments of a live broadcast say so, and those without author are shown', async () => {
  expect(await events('instagram-live-comment')).toMatchObject([{ text: 'hi', post: { isLive: true } }]);
  expect(await events('instagram-comment-without-author')).toMatchObject([{ text: '?', customer: { id: 'unknown:18011000000000662' } }]);
});

test.each([
  [
    'instagram-mention-in-a-comment',
    '18011000000000701',
    { Where: 'In a comment', 'Media id': '17900000000000700', 'Comment id': '18011000000000701' },
  ],
  ['instagram-mention-in-a-caption', null, { Where: 'In a caption', 'Media id': '17900000000000700' }],
])('%s: only ids are told, by which it can be answered', async (fixture, comment, facts) => {
  expect(await events(fixture)).toMatchObject([
    {
      type: 'message',
      kind: 'comment',
      externalId: `mention:17900000000000700:${comment ?? 'caption'}`,
      text: '',
      customer: { id: expect.stringMatching(/^unknown:/) },
      cards: [{ kind: 'mention', facts }],
      post: { id: '17900000000000700' },
      envelope: { mentionIn: '17900000000000700', comment },
    },
  ]);
});

test.each([
  ['feed-our-comment-on-our-post', /answers nobody/],
  ['feed-reaction-on-a-post', /A reaction to a post/],
  ['feed-unknown-item', /rating add\.$/],
  ['feed-unknown-verb', /block\.$/],
])('%s is kept and not shown, and says in plain words what it is', async (fixture, reason) => {
  expect(await events(fixture)).toEqual([{ type: 'ignored', reason: expect.stringMatching(reason) }]);
});

test.each([
  ['a comment without an id', 'feed', { item: 'comment', post_id: '1', message: 'hi' }],
  ['a comment on nothing', 'feed', { item: 'comment', comment_id: '1_2', message: 'hi' }],
  ['a post without an id', 'feed', { item: 'post', message: 'hi' }],
  ['a comment without media', 'comments', { id: '1', text: 'hi' }],
  ['a mention in nothing', 'mentions', { comment_id: '1' }],
  ['a change without a value', 'feed', 'hi'],
])('%s is quarantined', (_, field, value) => expect(() => changes(field, value)).toThrow(MalformedPayload));
