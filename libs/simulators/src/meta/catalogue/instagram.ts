import { attached, echo, fromCustomer, message, type Recipe } from './scene.js';

const cdn = (asset: number) => `https://lookaside.sim/ig_messaging_cdn/?asset_id=${asset}&signature=Ab`;

/** Instagram's direct messages: elements of `messaging` or `standby`. */
export const instagram = {
  text: message(() => ({ text: 'hola' })),
  image: attached({ type: 'image', payload: { url: cdn(1) } }),
  video: attached({ type: 'video', payload: { url: cdn(11) } }),
  voice: attached({ type: 'audio', payload: { url: cdn(12) } }),
  file: attached({ type: 'file', payload: { url: cdn(13) } }),
  'story-mention': attached({ type: 'story_mention', payload: { url: cdn(2) } }),
  'story-reply': message(() => ({ text: 'love it', reply_to: { story: { id: '17900000000000321', url: cdn(3) } } })),
  reply: message(({ of }) => ({ text: 'that one', reply_to: { mid: of } })),
  'shared-reel': attached({ type: 'ig_reel', payload: { reel_video_id: '17900000000000444', title: 'Glow', url: cdn(4) } }),
  'shared-reel-other-name': attached({ type: 'reel', payload: { reel_video_id: 17900000000000444n, title: 'Glow', url: cdn(4) } }),
  'shared-post': attached({ type: 'ig_post', payload: { id: '17900000000000555', title: 'Sale', url: cdn(5) } }),
  'shared-post-before-april-2026': attached({ type: 'share', payload: { url: cdn(5) } }),
  'view-once': attached({ type: 'ephemeral' }),
  unsupported: message(() => ({ is_unsupported: true })),
  'unsupported-typed': attached({ type: 'unsupported_type', payload: { url: cdn(6) } }),
  unsend: fromCustomer(({ of }) => ({ message: { mid: of, is_deleted: true } })),
  echo: echo(() => ({ text: 'Yes' })),
  'to-itself': ({ sides, now, mid }) => ({
    ...{ sender: sides.recipient, recipient: sides.recipient, timestamp: now },
    message: { mid, text: 'a note to self', is_self: true, is_echo: true },
  }),
  reaction: fromCustomer(({ of }) => ({ reaction: { mid: of, action: 'react', reaction: 'love', emoji: '❤️' } })),
  unreact: fromCustomer(({ of }) => ({ reaction: { mid: of, action: 'unreact' } })),
  seen: fromCustomer(({ of }) => ({ read: { mid: of } })),
  postback: fromCustomer(({ mid }) => ({ postback: { mid, title: 'Opening hours', payload: 'HOURS' } })),
  referral: fromCustomer(() => ({ referral: { ref: 'poster7', source: 'IGME-SOURCE-LINK', type: 'OPEN_THREAD' } })),
  'ad-first-message': message(() => ({
    text: 'Price?',
    referral: {
      ...{ ref: 'spring', ad_id: '23850000000000111', source: 'ADS', type: 'OPEN_THREAD' },
      ads_context_data: { ad_title: 'Spring lamps', photo_url: 'https://scontent.sim/ad.jpg' },
    },
  })),
  edit: fromCustomer(({ of }) => ({ message_edit: { mid: of, text: 'love it!', num_edit: 1 } })),
  'edit-of-nobody': ({ now, of }) => ({ timestamp: now, message_edit: { mid: of, num_edit: 0 } }),
} satisfies Record<string, Recipe>;
