import type { InboundEvent } from '#libs/connector';
import { asText, type JsonObject } from './json.js';
import { ignored, named, type Told } from './meta-event.js';
import { readPageComment } from './page-comment.js';
import { readPagePost } from './page-post.js';
import { readPageReaction } from './page-reaction.js';

/** What a Page publishes, and visitors write on it; all have `post_id`. */
export const postItems = ['album', 'link', 'photo', 'post', 'share', 'status', 'story', 'video'];

/** Reads one `feed` change of a Page, or one `mention` of it elsewhere, which has the same shape. */
export function readPageFeed(told: Told, value: JsonObject, isMention: boolean): InboundEvent[] {
  const item = asText(value.item) ?? '';
  if (item === 'comment') return readPageComment(told, value, isMention);
  if (item === 'reaction' || item === 'like') return [readPageReaction(told, value)];
  if (postItems.includes(item)) return readPagePost(told, value, isMention);
  return [ignored(`Something on the Page that is not known here: ${named(item)} ${named(asText(value.verb) ?? '')}.`)];
}
