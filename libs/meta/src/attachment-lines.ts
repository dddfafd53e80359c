import { asId, asObject, asText, type JsonObject } from './json.js';

/**
 * One readable line per attachment: `[image] https://…`. Kinds that Meta adds later, view-once media without an address and
 * old forms with title and url beside the type all come out as something a person can read.
 */
export function attachmentLines(message: JsonObject): string[] {
  const attachments = Array.isArray(message.attachments) ? message.attachments : [];
  const seen = new Set<string>();
  return attachments.flatMap((value: unknown) => {
    const { type, url, words } = describe(asObject(value) ?? {});
    // Stickers came both as an image and as a sticker while Meta changed over.
    if (url && seen.has(url)) return [];
    if (url) seen.add(url);
    return [[`[${type}]`, ...words, url].filter(Boolean).join(' ')];
  });
}

function describe(attachment: JsonObject): { type: string; url?: string; words: (string | undefined)[] } {
  const payload = asObject(attachment.payload) ?? {};
  const { lat, long } = asObject(payload.coordinates) ?? {};
  const place = lat !== undefined && long !== undefined ? `${String(lat)}, ${String(long)}` : undefined;
  return {
    type: kinds[asText(attachment.type) ?? ''] ?? asText(attachment.type) ?? 'attachment',
    url: asText(payload.url) ?? asText(attachment.url),
    words: [asText(payload.title) ?? asText(attachment.title), place, asId(payload.booking_id)],
  };
}

/** Meta's names that would tell an agent nothing. */
const kinds: Record<string, string> = {
  fallback: 'link',
  ephemeral: 'view-once photo or video',
  ig_reel: 'reel',
  ig_post: 'post',
  story_mention: 'mentioned us in a story',
  unsupported_type: 'something only the app itself can show',
};
