import { MalformedPayload, type InboundEvent, type Post } from '#libs/connector';
import { graphTime } from './graph-time.js';
import { instagramComment } from './instagram-comment.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { idOf, type Told } from './meta-event.js';
import { webAddress } from './web-address.js';

/** A comment as the `comments` edge of a medium has it, or one of its `replies`. */
export function readInstagramMediaComment(
  told: Told,
  comment: JsonObject,
  media: JsonObject,
  parentId: string | null,
  own: string[],
): InboundEvent {
  const [commentId, postId] = [asId(comment.id), asId(media.id)];
  if (!commentId || !postId) throw new MalformedPayload(`a comment without the id of its ${commentId ? 'media' : 'own'}`);
  const from = asObject(comment.from) ?? (asText(comment.username) ? { username: comment.username } : undefined);
  const ours = [idOf(from), asText(from?.username)].some((name) => name !== undefined && own.includes(name));
  const author = ours ? { id: told.account } : from;
  const place = { commentId, parentId: asId(comment.parent_id) ?? parentId, postId };
  const sentAt = graphTime(comment.timestamp) ?? told.at;
  return instagramComment(told, author, place, asText(comment.text) ?? '', sentAt, {
    post: mediaRead(media, postId),
    originalMediaId: postId,
  });
}

function mediaRead(media: JsonObject, id: string): Post {
  return {
    id,
    permalink: webAddress(media.permalink),
    text: asText(media.caption) ?? null,
    pictureUrl: webAddress(media.thumbnail_url) ?? webAddress(media.media_url),
    adId: null,
    adTitle: null,
    isAd: media.media_product_type === 'AD',
    isLive: media.media_product_type === 'LIVE',
    publishedAt: graphTime(media.timestamp) ?? null,
  };
}
