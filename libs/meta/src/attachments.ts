import type { Card, LinkedFile } from '#libs/connector';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { webAddress } from './web-address.js';

/** What came beside a message's text. */
export interface Beside {
  linked: LinkedFile[];
  cards: Card[];
}

/** An attachment as the readers below want it. */
interface Attachment {
  type: string;
  payload: JsonObject;
  title: string | null;
  url: string | null;
}

/**
 * Files and cards of a message's attachments, kinds that Meta adds later included. `keep` is false where Meta's terms forbid to
 * store people's media (Instagram); what they share of others is never kept.
 */
export function attachmentsOf(message: JsonObject, keep: boolean): Beside {
  const beside: Beside = { linked: [], cards: [] };
  const stickers = new Set<string>();
  for (const attachment of (Array.isArray(message.attachments) ? message.attachments : []).map(opened)) {
    const sticker = stickerOf(attachment, message);
    if (sticker && stickers.has(sticker)) continue;
    if (sticker) stickers.add(sticker);
    const { linked, cards } = describe(sticker ? { ...attachment, type: 'sticker' } : attachment, keep);
    beside.linked.push(...linked);
    beside.cards.push(...cards);
  }
  return beside;
}

/** Old forms had title and url beside the type; the payload may be null or missing. */
function opened(value: unknown): Attachment {
  const attachment = asObject(value) ?? {};
  const payload = asObject(attachment.payload) ?? {};
  return {
    type: asText(attachment.type) ?? '',
    payload,
    title: asText(payload.title) ?? asText(attachment.title) ?? null,
    url: webAddress(payload.url) ?? webAddress(attachment.url),
  };
}

/** Until autumn 2026 a sticker came as an image, for a while as both; whichever it is, its id or address is the same. */
function stickerOf({ type, payload, url }: Attachment, message: JsonObject): string | null {
  const id = asId(payload.sticker_id) ?? (type === 'image' || type === 'sticker' ? asId(message.sticker_id) : undefined);
  return id ?? (type === 'sticker' ? url : null);
}

function describe(attachment: Attachment, keep: boolean): Beside {
  const { type, payload, title, url } = attachment;
  if (Object.hasOwn(media, type)) return ofMedia(attachment, keep);
  if (Object.hasOwn(shared, type)) return ofShared(attachment);
  const card = Object.hasOwn(cards, type) ? cards[type]!(attachment) : {};
  const whole: Card = { kind: 'unsupported', title, url, facts: kindFact(type, payload), ...card };
  return { linked: [], cards: [whole] };
}

const media: Record<string, Pick<LinkedFile, 'filename' | 'contentType'>> = {
  image: { filename: 'photo', contentType: 'image/*' },
  video: { filename: 'video', contentType: 'video/*' },
  audio: { filename: 'voice message', contentType: 'audio/*' },
  file: { filename: 'file', contentType: 'application/octet-stream' },
  sticker: { filename: 'sticker', contentType: 'image/*' },
};

/** Media without an address, e.g. for reasons of privacy, is told of all the same. */
function ofMedia({ type, title, url }: Attachment, keep: boolean): Beside {
  const { filename, contentType } = media[type]!;
  if (!url) return { linked: [], cards: [{ kind: 'unsupported', title, url: null, facts: { What: filename } }] };
  return { linked: [{ filename: nameIn(url) ?? filename, contentType, url, keep }], cards: [] };
}

/** The last part of an address where it looks like the name of a file. */
export function nameIn(url: string): string | undefined {
  const last = decoded(new URL(url).pathname.split('/').at(-1) ?? '');
  return /^[^\p{Cc}/\\]{1,100}\.[a-z0-9]{2,5}$/iu.test(last) ? last : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What Meta tells of a story's address: nothing. */
export const pictureOrVideo = 'image/*, video/*';

const shared: Record<string, { kind: Card['kind']; filename: string; contentType: string }> = {
  post: { kind: 'post', filename: 'shared post', contentType: 'image/*' },
  ig_post: { kind: 'post', filename: 'shared post', contentType: 'image/*' },
  share: { kind: 'post', filename: 'shared post', contentType: 'image/*' },
  reel: { kind: 'reel', filename: 'shared reel', contentType: 'video/*' },
  ig_reel: { kind: 'reel', filename: 'shared reel', contentType: 'video/*' },
  story_mention: { kind: 'story-mention', filename: 'story', contentType: pictureOrVideo },
};

/** No lasting address is given, only that of the picture or film itself, which dies within days. */
function ofShared({ type, payload, title, url }: Attachment): Beside {
  const { kind, filename, contentType } = shared[type]!;
  const card: Card = { kind, title, url: null, facts: facts({ 'Reel id': payload.reel_video_id, 'Post id': payload.id }) };
  return { linked: url ? [{ filename, contentType, url, keep: false }] : [], cards: [card] };
}

const cards: Record<string, (attachment: Attachment) => Partial<Card>> = {
  fallback: ({ title, url }) => ({ kind: title || url ? 'link' : 'unsupported', facts: {} }),
  ephemeral: () => ({ kind: 'view-once', facts: {} }),
  unsupported_type: () => ({ facts: {} }),
  location: ({ payload }) => ({ kind: 'location', facts: placeIn(payload) }),
  template: templateCard,
  appointment_booking: ({ payload, title }) => ({
    kind: 'template',
    title: title ?? 'Appointment',
    facts: facts({
      ...{ Status: payload.status, From: readableTime(payload.start_time), Until: readableTime(payload.end_time) },
      Booking: payload.booking_id,
    }),
  }),
};

function placeIn({ coordinates }: JsonObject): Record<string, string> {
  const { lat, long } = asObject(coordinates) ?? {};
  return lat === undefined || long === undefined ? {} : { Coordinates: `${String(lat)}, ${String(long)}` };
}

/** Told in seconds since 1970, or in words, which stay as they are. */
function readableTime(time: unknown): unknown {
  const at = new Date(typeof time === 'number' ? time * 1000 : NaN);
  return Number.isNaN(at.getTime()) ? time : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A product that somebody shared, or what an automat wrote: its first element speaks for it. */
function templateCard({ payload, title, url }: Attachment): Partial<Card> {
  const product = asObject(payload.product);
  const elements = product?.elements ?? payload.elements;
  const first = asObject(Array.isArray(elements) ? elements[0] : undefined) ?? {};
  return {
    kind: product ? 'product' : 'template',
    title: title ?? asText(first.title) ?? asText(payload.text) ?? null,
    url: url ?? webAddress(first.item_url) ?? webAddress(first.url),
    facts: facts({ Details: first.subtitle, 'Product id': first.id ?? first.retailer_id }),
  };
}

const kindFact = (type: string, { id }: JsonObject) => facts({ What: /^[\w -]{1,60}$/.test(type) ? type : undefined, Id: id });

/** Facts for a card: ids and texts that are there. */
export function facts(all: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => {
      const text = asId(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
