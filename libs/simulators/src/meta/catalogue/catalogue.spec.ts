import { startMetaPlatform, type MetaPlatform } from '../platform.js';
import { startReceiver, type Receiver } from '../receiver.js';
import { hubSignature } from '../wire.js';
import type { MetaAccount } from '../world.js';
import { catalogueNames, type CatalogueName } from './catalogue.js';

const secret = 'sim-app-secret-0001';
let meta: MetaPlatform;
let page: MetaAccount;
let instagram: MetaAccount;
let hook: Receiver;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: secret, verifyToken: 'v', now: () => 1795305600123 });
  page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps', subscribed: true });
  instagram = meta.addInstagramAccount({ id: '17841400000000931', username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  hook = await startReceiver();
  await meta.subscribe({ callbackUrl: hook.url });
});
afterEach(async () => {
  await meta.stop();
  hook.stop();
});

/** The event as it was posted, and the object of its body. Instagram's account hangs on a Page, so no field is closed to it. */
async function posted(
  name: CatalogueName,
  account = /^instagram/.test(name) ? instagram : page,
): Promise<[string, Record<string, unknown>]> {
  page.subscribedFields =
    'messages message_echoes message_deliveries message_reads message_reactions message_edits messaging_postbacks messaging_referrals messaging_handovers messaging_optins messaging_policy_enforcement messaging_account_linking standby feed mention horoscope'.split(
      ' ',
    );
  const ada = meta.customer('Ada Moss');
  meta.emitFromCatalogue(name, account, ada, { of: 'm_SIM0001', comment: '122100000000000555_990000000000000123' });
  await meta.settled();
  const { body, headers } = hook.received.at(-1)!;
  expect(headers['x-hub-signature-256']).toBe(hubSignature(secret, body));
  return [(JSON.parse(body) as { object: string }).object, hook.events().at(-1)!];
}

test('22: every event of the catalogue is posted, signed, to the object and with the list it belongs to', async () => {
  expect(catalogueNames.length).toBeGreaterThan(100);
  for (const name of catalogueNames) {
    const before = hook.received.length;
    const [object, event] = await posted(name);
    expect([name, hook.received.length]).toEqual([name, before + 1]);
    expect(object).toBe(/^instagram/.test(name) ? 'instagram' : 'page');
    const { entry } = JSON.parse(hook.received.at(-1)!.body) as { entry: Record<string, unknown>[] };
    expect(Object.keys(entry[0]!)).toContain('field' in event ? 'changes' : 'messaging');
  }
});

test.each([
  ['messenger/sticker', { message: { attachments: [{ type: 'sticker', payload: { url: 'https://scontent.sim/like.png' } }] } }],
  ['messenger/sticker-before-august-2026', { message: { attachments: [{ type: 'image' }] } }],
  ['instagram/shared-post-before-april-2026', { message: { attachments: [{ type: 'share' }] } }],
  ['instagram/view-once', { message: { attachments: [{ type: 'ephemeral' }] } }],
  ['messenger/unsend', { message: { mid: 'm_SIM0001', is_deleted: true } }],
  ['messenger/delivery-without-mids', { delivery: { watermark: 1795305600123 } }],
  [
    'feed/edit',
    { field: 'feed', value: { verb: 'edited', comment_id: '122100000000000555_990000000000000123', message: 'Price and size please' } },
  ],
  ['feed/ad-comment', { value: { post: { is_published: false, promotion_status: 'active' } } }],
  ['instagram-comments/ad-comment', { value: { media: { media_product_type: 'AD', original_media_id: '17900000000000321' } } }],
  ['odd/joined-emoji', { message: { text: '👩‍👩‍👧‍👦🏳️‍🌈👍🏽 1️⃣' } }],
] as [CatalogueName, object][])('22: %s has the shape of the reference', async (name, shape) => {
  expect((await posted(name))[1]).toMatchObject(shape);
});

test('22: what is missing is missing: the sender of an Instagram edit, the author of a comment, the payload of a postback', async () => {
  expect(Object.keys((await posted('instagram/edit-of-nobody'))[1])).toEqual(['timestamp', 'message_edit']);
  expect((await posted('feed/comment-without-author'))[1].value).not.toHaveProperty('from');
  expect((await posted('messenger/postback-without-payload'))[1].postback).not.toHaveProperty('payload');
  expect((await posted('odd/no-sender'))[1]).not.toHaveProperty('sender');
});

test('22: numbers that Meta writes without quotes keep all their digits', async () => {
  await posted('instagram/shared-reel-other-name');
  expect(hook.received.at(-1)!.body).toContain('"reel_video_id":17900000000000444,');
  await posted('messenger/shared-post');
  expect(hook.received.at(-1)!.body).toContain('"id":122100000000000555}');
});

test('22: a long text has just 2000 characters', async () => {
  const [, event] = await posted('odd/long-text');
  expect((event.message as { text: string }).text).toHaveLength(2000);
});

test('22: a customer’s new message is in the thread then', async () => {
  const ada = meta.customer('Ada Moss');
  const mid = meta.emitFromCatalogue('messenger/text', page, ada);
  meta.emitFromCatalogue('messenger/echo', page, ada);
  meta.emitFromCatalogue('messenger/unsend', page, ada);
  expect(meta.transcript(page, ada)).toMatchObject([{ mid, text: 'Is the brass lamp back?', by: 'customer' }]);
});
