import { attached, fromCustomer, message, type Recipe } from './scene.js';

/** What parsers break at: nothing of it is forbidden. */
export const odd = {
  'unknown-attachment': attached({ type: 'hologram', payload: { url: 'https://scontent.sim/h.holo', depth: 3 } }),
  'attachment-without-payload': attached({ type: 'image' }),
  'unknown-event': fromCustomer(() => ({ mood_ring: { colour: 'teal' } })),
  'no-sender': ({ sides, now, mid }) => ({ recipient: sides.recipient, timestamp: now, message: { mid, text: 'who am I?' } }),
  'user-ref-sender': ({ sides, now, mid }) => ({
    ...{ sender: { user_ref: 'ref-1' }, recipient: sides.recipient, timestamp: now },
    message: { mid, text: 'from the plug-in' },
  }),
  'null-sender-name': message(() => ({ text: 'Hi', from: { name: null } })),
  'empty-text': message(() => ({ text: '' })),
  'no-content': message(() => ({})),
  'long-text': message(() => ({ text: `${'lamp '.repeat(399)}lamps` })),
  'right-to-left': message(() => ({ text: 'هل عاد المصباح النحاسي؟ \u200f(مقاس 2)' })),
  'joined-emoji': message(() => ({ text: '👩‍👩‍👧‍👦🏳️‍🌈👍🏽 1️⃣' })),
  'lone-surrogate': message(() => ({ text: 'half an emoji \ud83d' })),
  'links-and-escapes': message(() => ({ text: 'https://shop.sim/a?b=1&c=<d>%20"e"\\f@g\u2028/h' })),
  'string-timestamp': ({ sides, now, mid }) => ({ ...sides, timestamp: String(now), message: { mid, text: 'in words' } }),
  'unknown-field': (scene) => ({ field: 'horoscope', value: { item: 'star', verb: 'rise', time: scene.now } }),
} satisfies Record<string, Recipe>;
