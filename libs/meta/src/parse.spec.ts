import { readFile } from 'node:fs/promises';
import { MalformedPayload, type ChannelAccess, type InboundEvent } from '#libs/connector';
import { parseMeta } from './parse.js';
import { metaWebhook } from './webhook.js';

const options = { appId: '900100200300400', graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' };
const { split } = metaWebhook(options);
const arrived = new Date('2026-11-22T00:00:00Z');
const channel: ChannelAccess = { id: 'c1', address: '@harbour.lamps', settings: {}, signingKey: Buffer.alloc(32, 1) };

async function parts(fixture: string) {
  return split(await readFile(new URL(`./fixtures/${fixture}.json`, import.meta.url)), arrived);
}
async function events(fixture: string): Promise<InboundEvent[]> {
  return (await parts(fixture)).flatMap(({ connector, event }) => parseMeta(connector as 'facebook', options, event, channel));
}

const ada = { scope: 'facebook:104400000000017', id: '7311000000000042', name: null };
const adaOnInstagram = { scope: 'instagram:17841400000000931', id: '1180000000000777', name: null };
const sent = new Date(1795305600000);
const card = (kind: string, title: string | null, url: string | null, facts = {}) => ({ kind, title, url, facts });
const file = (filename: string, contentType: string, url: string, keep: boolean) => ({ filename, contentType, url, keep });

test('a Messenger text is a message of its chat, every id a string', async () => {
  expect(await events('messenger-text')).toEqual([
    {
      type: 'message',
      direction: 'inbound',
      kind: 'dm',
      externalId: 'm_1',
      customer: ada,
      threadKeys: [{ rule: 'dm-thread', key: 'dm:7311000000000042' }],
      ownKeys: ['dm:7311000000000042'],
      subject: null,
      text: '¿Tallér 1/2 abierto? 😀',
      html: null,
      quotedText: null,
      sentAt: sent,
      attachments: [],
      envelope: {},
      human: true,
      copy: { of: expect.any(String), place: 'pushed', withinMs: 2000 },
    },
  ]);
});

const CDN = 'https://lookaside.example/ig_messaging_cdn/';
test.each([
  [
    'two-attachments-no-text',
    '',
    [
      file('a.jpg', 'image/*', 'https://scontent.example/a.jpg', true),
      file('invoice.pdf', 'application/octet-stream', 'https://cdn.example/invoice.pdf', true),
    ],
  ],
  [
    'every-kind-of-file',
    'all of it',
    [
      file('a.jpg', 'image/*', 'https://scontent.example/a.jpg?oe=6A9F0000', true),
      file('video', 'video/*', 'https://video.example/v?oe=1', true),
      file('clip.mp4', 'audio/*', 'https://cdn.example/clip.mp4?oe=1', true),
      file('Rechnung N° 1.pdf', 'application/octet-stream', 'https://cdn.example/Rechnung%20N%C2%B0%201.pdf?oe=1', true),
    ],
  ],
  ['sticker-new', '', [file('like.png', 'image/*', 'https://scontent.example/like.png', true)]],
  ['sticker-old', '', [file('like.png', 'image/*', 'https://scontent.example/like.png', true)]],
  ['sticker-twice', '', [file('like.png', 'image/*', 'https://scontent.example/like.png', true)]],
  ['instagram-image', '', [file('photo', 'image/*', `${CDN}?asset_id=1&signature=Ab`, false)]],
])('%s: files are linked, on Instagram never to be kept', async (fixture, text, linked) => {
  const [event] = await events(fixture);
  expect(event).toMatchObject({ type: 'message', direction: 'inbound', text, linked });
  expect(event).not.toHaveProperty('cards');
});

test.each([
  ['shared-link-with-text', 'https://shop.example/l/4', card('link', 'Lamp 4', 'https://l.example/4')],
  ['shared-link-old-form-null-payload', '', card('link', 'Lamp 4', 'https://l.example/4')],
  ['location-old-form', '', card('location', 'Pin', 'https://maps.example', { Coordinates: '60.1, 24.9' })],
  ['product-template', '', card('product', 'Lamp 4', null, { Details: '49 EUR', 'Product id': '88' })],
  [
    'appointment',
    '',
    card('template', 'Appointment', null, {
      Status: 'CONFIRMED',
      From: '2026-12-01T10:00:00+0000',
      Until: '2026-12-01T10:30:00+0000',
      Booking: 'b1',
    }),
  ],
  [
    'appointment-in-seconds',
    '',
    card('template', 'Appointment', null, {
      Status: 'CONFIRMED',
      From: '2026-12-01 10:00 UTC',
      Until: '2026-12-01 10:30 UTC',
      Booking: 'b1',
    }),
  ],
  ['image-without-address', '', card('unsupported', null, null, { What: 'photo' })],
  ['empty-text', '', card('unsupported', null, null)],
  ['shared-link-without-anything', '', card('unsupported', null, null)],
  ['quick-reply-tap', 'Yes', card('button', 'Yes', null, { 'Button value': 'CONFIRM_Y' })],
  ['instagram-postback', 'Opening hours', card('button', 'Opening hours', null, { 'Button value': 'HOURS' })],
  ['instagram-view-once', '', card('view-once', null, null)],
  ['instagram-unsupported', '', card('unsupported', null, null)],
  ['instagram-unsupported-type', '', card('unsupported', null, 'https://lookaside.example/x')],
  ['message-from-a-product-page', 'In oak?', card('product', null, null, { 'Product id': '88' })],
  [
    'first-message-after-an-ad',
    'Price?',
    card('ad', 'Spring lamps', null, {
      'Ad id': '23850000000000111',
      'Post id': '122100000000000999',
      'Product id': '88',
      Reference: 'spring',
      Source: 'ADS',
    }),
  ],
])('%s: what is no file is a card', async (fixture, text, expected) => {
  const [event] = await events(fixture);
  expect(event).toMatchObject({ type: 'message', direction: 'inbound', text, cards: [expected] });
  expect(event).not.toHaveProperty('linked');
});

test.each([
  [
    'instagram-reel',
    card('reel', 'Glow', null, { 'Reel id': '17900000000000444' }),
    file('shared reel', 'video/*', `${CDN}?asset_id=4&signature=Ae`, false),
  ],
  [
    'instagram-post',
    card('post', 'Sale', null, { 'Post id': '17900000000000445' }),
    file('shared post', 'image/*', `${CDN}?asset_id=5&signature=Af`, false),
  ],
  ['instagram-share-before-april-2026', card('post', null, null), file('shared post', 'image/*', `${CDN}?asset_id=6&signature=Ag`, false)],
  [
    'instagram-story-mention',
    card('story-mention', null, null),
    file('story', 'image/*, video/*', 'https://lookaside.example/?asset_id=2', false),
  ],
  [
    'instagram-story-reply',
    card('story-reply', null, null, { 'Story id': '17900000000000321' }),
    file('the story it answers', 'image/*, video/*', 'https://lookaside.example/?asset_id=3', false),
  ],
])('%s: what somebody shares is a card, and shown for as long as its address lives', async (fixture, expected, shown) => {
  expect(await events(fixture)).toMatchObject([{ cards: [expected], linked: [shown] }]);
});

test('what somebody shares of others on Messenger is not kept either', async () => {
  expect(await events('shared-reel-and-post')).toMatchObject([
    {
      cards: [
        card('reel', 'Glow', null, { 'Reel id': '812000000000077' }),
        card('post', 'Sale', null, { 'Post id': '122100000000000555' }),
      ],
      linked: [
        { url: 'https://video.example/r.mp4', keep: false },
        { url: 'https://scontent.example/p.jpg', keep: false },
      ],
    },
  ]);
});

test('an address that a browser must not open is none', async () => {
  const attachments = [
    { type: 'fallback', payload: { title: 'Click', url: 'javascript:alert(1)' } },
    { type: 'image', payload: { url: 'file:///etc/passwd' } },
  ];
  const element = { sender: { id: '7' }, recipient: { id: '1' }, timestamp: 1, message: { mid: 'm_1', attachments } };
  const payload = Buffer.from(JSON.stringify({ object: 'page', id: '1', messaging: element }));
  const [event] = parseMeta('facebook', options, { key: 'k', payload, context: {}, receivedAt: arrived }, channel);
  expect(event).toMatchObject({ cards: [card('link', 'Click', null), card('unsupported', null, null, { What: 'photo' })] });
  expect(event).not.toHaveProperty('linked');
});

test('attachments of kinds that are not known yet, and of none, are told of', async () => {
  expect(await events('unknown-attachment-type')).toMatchObject([
    { text: '', cards: [card('unsupported', 'Lamp', null, { What: 'hologram' }), card('unsupported', null, null)] },
  ]);
});

test.each([
  ['reply-to-a-message', 'm_1'],
  ['instagram-inline-reply', 'aWdfZAG1SIM02'],
])('%s names the message it answers', async (fixture, replyTo) => {
  expect(await events(fixture)).toMatchObject([{ type: 'message', replyTo }]);
});

test('a first tap brings the button and where the customer came from', async () => {
  expect(await events('postback-with-referral')).toMatchObject([
    {
      externalId: 'm_11',
      text: 'Get started',
      cards: [
        card('button', 'Get started', null, { 'Button value': 'GS' }),
        card('referral', null, null, { Reference: 'poster7', Source: 'SHORTLINK' }),
      ],
    },
  ]);
});

test.each([
  ['referral-alone', card('referral', null, null, { Reference: 'poster7', Source: 'SHORTLINK' }), ada],
  ['referral-of-an-ad-alone', card('ad', 'Spring lamps', null, { 'Ad id': '23850000000000111', Reference: 'spring', Source: 'ADS' }), ada],
  ['instagram-referral', card('referral', null, null, { Reference: 'poster7', Source: 'IGME-SOURCE-LINK' }), adaOnInstagram],
])('%s: who only came by an ad or a link has said nothing', async (fixture, expected, customer) => {
  const externalId = `referral:${customer.id}:1795305600000`;
  expect(await events(fixture)).toMatchObject([{ type: 'message', spoken: false, text: '', externalId, customer, cards: [expected] }]);
});

test('ids beyond 2^53 keep their digits when they come as JSON numbers', async () => {
  expect((await parts('numeric-ids-beyond-2-53'))[0]).toMatchObject({ connector: 'facebook', account: '104400000000017' });
  expect(await events('numeric-ids-beyond-2-53')).toMatchObject([
    { customer: { scope: 'facebook:104400000000017', id: '98110000000000423' } },
  ]);
});

test.each([
  ['echo-of-our-send', '0197a1b2-7f3a', null],
  ['echo-of-our-app-without-mark', undefined, null],
  ['echo-of-another-app-with-our-mark', undefined, 'another app'],
  ['echo-of-an-unknown-app', undefined, 'another app'],
  ['echo-typed-in-page-inbox', undefined, 'Meta Business Suite'],
  ['instagram-echo', undefined, null],
])('%s is outbound, belongs to the chat of its recipient, and says who sent it', async (fixture, deliveryId, sentBy) => {
  const [event] = await events(fixture);
  expect(event).toMatchObject({ type: 'message', direction: 'outbound', customer: fixture === 'instagram-echo' ? adaOnInstagram : ada });
  expect(event).toEqual(expect.objectContaining(deliveryId ? { deliveryId } : { sentBy }));
  expect(event).not.toHaveProperty(deliveryId ? 'sentBy' : 'deliveryId');
});

const change = (of: string, what: object) => ({ type: 'change', of, key: expect.any(String), at: expect.any(Date), change: what });
test.each([
  ['reaction', change('m_10', { kind: 'reaction', by: ada, emoji: '❤️' })],
  ['reaction-without-emoji', change('m_10', { kind: 'reaction', by: ada, emoji: '😠' })],
  ['reaction-taken-back', change('m_10', { kind: 'reaction', by: ada, emoji: null })],
  ['reaction-of-ours', change('m_1', { kind: 'reaction', by: null, emoji: '❤️' })],
  ['instagram-reaction', change('aWdfZAG1SIM09', { kind: 'reaction', by: adaOnInstagram, emoji: '❤️' })],
  ['edit', change('m_1', { kind: 'edit', text: 'Is the copper lamp back?', version: 1 })],
  ['edit-numbered-by-text', change('m_1', { kind: 'edit', text: 'Is the tin lamp back?', version: 2 })],
  ['instagram-edit', change('aWdfZAG1SIM04', { kind: 'edit', text: 'love it!', version: 1 })],
  ['instagram-edit-without-sender-that-says-something', change('aWdfZAG1SIM04', { kind: 'edit', text: 'love it!!', version: 2 })],
  ['unsent', change('m_1', { kind: 'withdraw' })],
  ['instagram-unsent', change('aWdfZAG1SIM01', { kind: 'withdraw' })],
])('%s changes a message', async (fixture, expected) => {
  expect(await events(fixture)).toEqual([expected]);
});

const receipt = (state: string, of: unknown, at: number) => ({
  type: 'receipt',
  state,
  of,
  recipient: null,
  at: new Date(at),
  error: null,
});
const until = (at: number) => ({ threadKey: 'dm:7311000000000042', until: new Date(at) });
test.each([
  ['delivery', [receipt('delivered', 'm_10', 1795305611000), receipt('delivered', until(1795305611000), 1795305611000)]],
  ['delivery-without-mids', [receipt('delivered', until(1795305611000), 1795305611000)]],
  ['read', [receipt('read', until(1795305611500), 1795305612000)]],
  ['instagram-seen', [{ ...receipt('read', 'aWdfZAG1SIM09', 1795305631000), andEarlier: true }]],
])('%s says how far the customer has got', async (fixture, expected) => {
  expect(await events(fixture)).toEqual(expected);
});

const control = (holder: string | null) => ({ type: 'control', threadKey: 'dm:7311000000000042', holder });
test.each([
  ['pass-thread-control', control('Meta Business Suite')],
  ['take-thread-control', control(null)],
  ['control-released-to-nobody', control(null)],
])('%s says who holds the chat', async (fixture, expected) => {
  expect(await events(fixture)).toEqual([{ ...expected, at: sent }]);
});

test.each([
  ['standby-text', { direction: 'inbound', text: 'anyone?' }, 'another app'],
  ['standby-echo-of-the-page-inbox', { direction: 'outbound', sentBy: 'Meta Business Suite' }, 'Meta Business Suite'],
  ['postback-in-standby-without-payload-or-mid', { direction: 'inbound', text: 'Get started' }, 'another app'],
])('%s is taken in although another app holds the chat', async (fixture, message, holder) => {
  expect(await events(fixture)).toMatchObject([message, control(holder)]);
});

test.each([
  ['request-thread-control', /asks for the chat/],
  ['app-roles', /part that an app has/],
  ['policy-enforcement-no-sender', /Meta warned the Page/],
  ['optin', /agreed to get messages/],
  ['unknown-event', /not known here: hologram_call\.$/],
  ['unknown-event-with-a-name-like-words', /not known here: something without a proper name\.$/],
  ['dashboard-test', /dashboard/],
  ['instagram-to-itself', /wrote to itself/],
  ['instagram-edit-without-sender', /says nothing new/],
  ['instagram-edit-that-never-was-with-text', /says nothing new/],
  ['instagram-story-insights', /not known here: story_insights\.$/],
])('%s is kept and not shown, and says in plain words what it is', async (fixture, reason) => {
  expect(await events(fixture)).toEqual([{ type: 'ignored', reason: expect.stringMatching(reason) }]);
});

test.each(['no-sender', 'user-ref-sender'])('%s: words of nobody are quarantined, not dropped', async (fixture) => {
  await expect(events(fixture)).rejects.toThrow(MalformedPayload);
});

test('a message without a time was sent when its entry says', async () => {
  expect(await events('no-timestamp')).toMatchObject([{ sentAt: new Date(1795305600123) }]);
});

test.each(['instagram-text', 'instagram-under-object-page', 'instagram-under-page-id', 'message-inside-a-change'])(
  '%s goes to the Instagram account',
  async (fixture) => {
    expect(await parts(fixture)).toMatchObject([{ connector: 'instagram', account: '17841400000000931' }]);
    expect(await events(fixture)).toMatchObject([{ text: 'hola', customer: adaOnInstagram }]);
  },
);
