import { attached, echo, fromCustomer, message, type Recipe } from './scene.js';

const image = { type: 'image', payload: { url: 'https://scontent.sim/a.jpg?oe=6A9F0000' } };
const file = { type: 'file', payload: { url: 'https://cdn.sim/invoice.pdf?oe=6A9F0000' } };
const pageInbox = 263902037430900n;
const poster = { ref: 'poster7', source: 'SHORTLINK', type: 'OPEN_THREAD' };

/** Messenger: elements of `messaging`, or of `standby` while another app holds the thread. */
export const messenger = {
  text: message(() => ({ text: 'Is the brass lamp back?' })),
  'quick-reply': message(() => ({ text: 'Yes', quick_reply: { payload: 'CONFIRM_Y' } })),
  reply: message(({ of }) => ({ text: 'this one', reply_to: { mid: of, is_self_reply: true } })),
  'reply-to-unknown': message(() => ({ text: 'and that one?', reply_to: { mid: 'm_never_seen' } })),
  image: attached(image),
  video: attached({ type: 'video', payload: { url: 'https://video.sim/v.mp4?oe=6A9F0000' } }),
  audio: attached({ type: 'audio', payload: { url: 'https://cdn.sim/voice.mp4?oe=6A9F0000' } }),
  file: attached(file),
  'several-attachments': attached(image, file, image),
  sticker: attached({ type: 'sticker', payload: { url: 'https://scontent.sim/like.png', sticker_id: 369239263222822n } }),
  'sticker-before-august-2026': message(() => ({
    sticker_id: 369239263222822n,
    attachments: [{ type: 'image', payload: { url: 'https://scontent.sim/like.png', sticker_id: 369239263222822n } }],
  })),
  'sticker-in-transition': attached(
    { type: 'image', payload: { url: 'https://scontent.sim/like.png', sticker_id: 369239263222822n } },
    { type: 'sticker', payload: { url: 'https://scontent.sim/like.png', sticker_id: 369239263222822n } },
  ),
  'shared-link': message(() => ({
    text: 'https://shop.sim/l/4',
    attachments: [{ type: 'fallback', payload: { url: 'https://l.sim/4', title: 'Lamp 4' } }],
  })),
  'shared-link-old': attached({ type: 'fallback', title: 'Lamp 4', url: 'https://l.sim/4', payload: null }),
  'shared-link-empty': attached({ type: 'fallback' }),
  'shared-reel': attached({ type: 'reel', payload: { url: 'https://video.sim/r.mp4', title: 'Glow', reel_video_id: 812000000000077n } }),
  'shared-instagram-reel': attached({
    type: 'ig_reel',
    payload: { url: 'https://video.sim/r.mp4', title: 'Glow', reel_video_id: 812000000000078n },
  }),
  'shared-post': attached({ type: 'post', payload: { url: 'https://scontent.sim/p.jpg', title: 'Sale', id: 122100000000000555n } }),
  location: attached({ type: 'location', title: 'Pin', url: 'https://maps.sim', payload: { coordinates: { lat: 60.1, long: 24.9 } } }),
  'shared-product': attached({
    type: 'template',
    payload: {
      product: {
        elements: [{ id: '88', retailer_id: 'L88', image_url: 'https://scontent.sim/88.jpg', title: 'Pier lamp', subtitle: '49 €' }],
      },
    },
  }),
  appointment: attached({
    type: 'appointment_booking',
    payload: { booking_id: '5', status: 'CONFIRMED', start_time: 1795392000, end_time: 1795395600, timezone: 'Europe/Helsinki' },
  }),
  'ad-first-message': message(() => ({
    text: 'Price?',
    referral: {
      ...{ ref: 'spring', ad_id: '23850000000000111', source: 'ADS', type: 'OPEN_THREAD' },
      ads_context_data: {
        ad_title: 'Spring lamps',
        photo_url: 'https://scontent.sim/ad.jpg',
        post_id: '122100000000000999',
        product_id: '88',
      },
    },
  })),
  'shop-product-message': message(() => ({ text: 'Is this one in stock?', referral: { product: { id: '88' } } })),
  referral: fromCustomer(() => ({ referral: poster })),
  echo: echo(({ appId }) => ({ app_id: appId, metadata: 'outbox:7f3a', text: 'Yes, two left.' })),
  'echo-page-inbox': echo(() => ({ app_id: pageInbox, text: 'Written by hand.' })),
  'echo-template': echo(({ appId }) => ({
    app_id: appId,
    attachments: [{ type: 'template', payload: { template_type: 'button', text: 'Which one?' } }],
  })),
  'echo-fallback': echo(({ appId }) => ({ app_id: appId, attachments: [{ type: 'fallback', title: '', url: '', payload: null }] })),
  delivery: ({ sides, of, now }) => ({ ...sides, delivery: { mids: [of], watermark: now } }),
  'delivery-without-mids': ({ sides, now }) => ({ ...sides, delivery: { watermark: now } }),
  read: fromCustomer(({ now }) => ({ read: { watermark: now } })),
  postback: fromCustomer(({ mid }) => ({ postback: { mid, title: 'Get started', payload: 'GS', referral: poster } })),
  'postback-without-payload': fromCustomer(({ mid }) => ({ postback: { mid, title: 'Get started' } })),
  reaction: fromCustomer(({ of }) => ({ reaction: { mid: of, action: 'react', reaction: 'love', emoji: '❤️' } })),
  'reaction-other': fromCustomer(({ of }) => ({ reaction: { mid: of, action: 'react', reaction: 'other', emoji: '🪔' } })),
  unreact: fromCustomer(({ of }) => ({ reaction: { mid: of, action: 'unreact' } })),
  edit: fromCustomer(({ of }) => ({ message_edit: { mid: of, text: 'Is the copper lamp back?', num_edit: 1 } })),
  'edit-counted-in-words': fromCustomer(({ of }) => ({ message_edit: { mid: of, text: 'Is the steel lamp back?', num_edit: '2' } })),
  unsend: fromCustomer(({ of }) => ({ message: { mid: of, is_deleted: true } })),
  optin: fromCustomer(() => ({ optin: { ref: 'checkbox', user_ref: 'ref-1' } })),
  'policy-enforcement': ({ sides, now }) => ({
    recipient: sides.recipient,
    timestamp: now,
    policy_enforcement: { action: 'block', reason: 'Too many unsolicited messages.' },
  }),
  'account-linking': fromCustomer(() => ({ account_linking: { status: 'linked', authorization_code: 'abc' } })),
} satisfies Record<string, Recipe>;
