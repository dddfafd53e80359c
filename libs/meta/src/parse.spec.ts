import { readFile } from 'node:fs/promises';
import { MalformedPayload, type InboundEvent } from '#libs/connector';
import { parseMeta } from './parse.js';
import { metaWebhook } from './webhook.js';

const { split } = metaWebhook({ graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' });
const appId = '900100200300400';
const arrived = new Date('2026-11-22T00:00:00Z');

async function parts(fixture: string) {
  return split(await readFile(new URL(`./fixtures/${fixture}.json`, import.meta.url)), arrived);
}
async function events(fixture: string): Promise<InboundEvent[]> {
  return (await parts(fixture)).flatMap(({ connector, event }) => parseMeta(connector, appId, event));
}

test('a Messenger text is a message of its chat, every id a string', async () => {
  expect(await events('messenger-text')).toEqual([
    {
      type: 'message',
      direction: 'inbound',
      kind: 'dm',
      externalId: 'm_1',
      customer: { scope: 'facebook:104400000000017', id: '7311000000000042', name: null },
      threadKeys: [{ rule: 'dm-thread', key: 'dm:7311000000000042' }],
      ownKeys: ['dm:7311000000000042'],
      subject: null,
      text: '¿Tallér 1/2 abierto? 😀',
      html: null,
      quotedText: null,
      sentAt: new Date(1795305600000),
      attachments: [],
      envelope: {},
      human: true,
    },
  ]);
});

test.each([
  ['quick-reply-tap', 'Yes'],
  ['two-attachments-no-text', '[image] https://scontent.example/a.jpg\n[file] https://cdn.example/invoice.pdf'],
  ['sticker-twice', '[image] https://scontent.example/like.png'],
  ['shared-link-with-text', 'https://shop.example/l/4\n[link] Lamp 4 https://l.example/4'],
  ['shared-link-old-form-null-payload', '[link] Lamp 4 https://l.example/4'],
  ['location-old-form', '[location] Pin 60.1, 24.9 https://maps.example'],
  ['unknown-attachment-type', '[hologram] Lamp\n[attachment]'],
  ['empty-text', '[a message without text]'],
  ['postback-in-standby-without-payload-or-mid', 'Get started'],
  ['standby-text', 'anyone?'],
  ['instagram-text', 'hola'],
  ['instagram-story-mention', '[mentioned us in a story] https://lookaside.example/?asset_id=2'],
  ['instagram-view-once', '[view-once photo or video]'],
  ['instagram-unsupported', '[a message that only the app itself can show]'],
])('%s: nothing the customer said is lost', async (fixture, text) => {
  expect(await events(fixture)).toMatchObject([{ type: 'message', direction: 'inbound', text }]);
});

test('a reply to our story names the story beside the words', async () => {
  expect(await events('instagram-story-reply')).toMatchObject([
    { text: 'love it', quotedText: '[story] https://lookaside.example/?asset_id=3' },
  ]);
});

test('ids beyond 2^53 keep their digits when they come as JSON numbers', async () => {
  expect((await parts('numeric-ids-beyond-2-53'))[0]).toMatchObject({ connector: 'facebook', account: '104400000000017' });
  expect(await events('numeric-ids-beyond-2-53')).toMatchObject([
    { customer: { scope: 'facebook:104400000000017', id: '98110000000000423' } },
  ]);
});

test.each([
  ['echo-of-our-send', '0197a1b2-7f3a'],
  ['echo-of-another-app-with-our-mark', undefined],
  ['echo-typed-in-page-inbox', undefined],
  ['instagram-echo', undefined],
])('%s is outbound and belongs to the chat of its recipient', async (fixture, deliveryId) => {
  const [event] = await events(fixture);
  expect(event).toMatchObject({
    type: 'message',
    direction: 'outbound',
    customer: { id: expect.stringMatching(/^(7311000000000042|1180000000000777)$/) },
  });
  expect((event as { deliveryId?: string }).deliveryId).toBe(deliveryId);
});

test.each([
  ['delivery', 'delivery'],
  ['read', 'read'],
  ['reaction', 'reaction'],
  ['policy-enforcement-no-sender', 'policy_enforcement'],
  ['unknown-event', 'hologram_call'],
  ['feed-comment', 'feed'],
  ['dashboard-test', 'messages'],
  ['instagram-unsent', 'unsending a message'],
  ['instagram-to-itself', 'a message the account wrote to itself'],
  ['instagram-edit-without-sender', 'message_edit'],
  ['instagram-comment-on-the-entry-in-an-array', 'comments'],
])('%s is kept but not shown yet, and says what it is', async (fixture, what) => {
  expect(await events(fixture)).toEqual([{ type: 'ignored', reason: `${what}: not shown yet` }]);
});

test.each(['no-sender', 'user-ref-sender'])('%s: words of nobody are quarantined, not dropped', async (fixture) => {
  await expect(events(fixture)).rejects.toThrow(MalformedPayload);
});

test('a message without a time was sent when it arrived', async () => {
  expect(await events('no-timestamp')).toMatchObject([{ sentAt: arrived }]);
});

test.each(['instagram-text', 'instagram-under-object-page', 'instagram-under-page-id'])(
  '%s goes to the Instagram account',
  async (fixture) => {
    expect(await parts(fixture)).toMatchObject([{ connector: 'instagram', account: '17841400000000931' }]);
    expect(await events(fixture)).toMatchObject([{ customer: { scope: 'instagram:17841400000000931', id: '1180000000000777' } }]);
  },
);
