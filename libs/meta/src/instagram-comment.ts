import { MalformedPayload, type InboundEvent, type MessageEvent, type Post } from '#libs/connector';
import { facts } from './attachments.js';
import { commentMessage, ownComment } from './comment-message.js';
import { withoutBlanks } from './direct-message.js';
import type { CommentEnvelope } from './envelope.js';
import { digest } from './event-keys.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { commenter, idOf, ignored, isOurs, type Told } from './meta-event.js';

const COPIES_WITHIN_MS = 600_000;

/** The id of a comment: Meta's reference calls it `id`, one of its samples `comment_id`. */
export const instagramCommentId = ({ id, comment_id }: JsonObject): string | undefined => asId(id) ?? asId(comment_id);

/** Reads a `comments` or `live_comments` change, which tells no time but its own. Edits, hiding and deletion are never told. */
export function readInstagramComment(told: Told, value: JsonObject, isLive: boolean): InboundEvent {
  const commentId = instagramCommentId(value);
  const media = asObject(value.media) ?? {};
  const postId = asId(media.id);
  if (!commentId || !postId) throw new MalformedPayload(`a comment without the id of its ${commentId ? 'media' : 'own'}`);
  const text = asText(value.text) ?? '';
  const place = { commentId, parentId: asId(value.parent_id) ?? null, postId };
  const event = instagramComment(told, asObject(value.from), place, text, told.at, {
    post: instagramPost(media, postId, isLive),
    originalMediaId: asId(media.original_media_id) ?? postId,
  });
  return event.type === 'message' ? { ...event, roughTime: true } : event;
}

/** A comment on the account's media, however it came to us. */
export function instagramComment(
  told: Pick<Told, 'connector' | 'account' | 'username'>,
  from: JsonObject | undefined,
  place: { commentId: string; parentId: string | null; postId: string },
  text: string,
  sentAt: Date,
  { post, originalMediaId }: { post: Post; originalMediaId: string },
): InboundEvent {
  const { commentId, parentId, postId } = place;
  const said = { text, ...withoutBlanks({ linked: [], cards: [] }, text), post, ...copyOf(from, text, originalMediaId, postId) };
  if (!isOurs(told, from)) return { ...commentMessage(commenter(told, from, commentId), place, sentAt), ...said };
  if (!parentId) return ignored('A comment of the account itself that answers nobody.');
  return { ...ownComment(commenter(told, undefined, parentId), { commentId, parentId, postId }, sentAt), ...said };
}

function instagramPost({ media_product_type, ad_id, ad_title }: JsonObject, id: string, isLive: boolean): Post {
  return {
    id,
    permalink: null,
    text: null,
    pictureUrl: null,
    adId: asId(ad_id) ?? null,
    adTitle: asText(ad_title) ?? null,
    isAd: media_product_type === 'AD' || asId(ad_id) !== undefined,
    isLive: isLive || media_product_type === 'LIVE',
    publishedAt: null,
  };
}

/** A comment on a promoted post may come twice, under two ids: once of the post and once of the ad that is its copy. */
function copyOf(from: JsonObject | undefined, text: string, originalMediaId: string, place: string): Pick<MessageEvent, 'copy'> {
  const author = idOf(from);
  return author === undefined ? {} : { copy: { of: digest([originalMediaId, author, text]), place, withinMs: COPIES_WITHIN_MS } };
}

/**
 * Reads a `mentions` change: somebody named the account under media of others, or in a caption. Meta tells ids only, neither
 * author nor words; an answer goes by the same ids.
 */
export function readMention(told: Told, value: JsonObject): MessageEvent {
  const mediaId = asId(value.media_id);
  if (!mediaId) throw new MalformedPayload('a mention without media_id');
  const commentId = asId(value.comment_id) ?? null;
  const id = `mention:${mediaId}:${commentId ?? 'caption'}`;
  const card = { kind: 'mention' as const, title: null, url: null };
  const envelope: CommentEnvelope = { mentionIn: mediaId, comment: commentId };
  return {
    ...commentMessage(commenter(told, undefined, id), { commentId: id, parentId: null, postId: mediaId }, told.at),
    cards: [
      {
        ...card,
        facts: { Where: commentId ? 'In a comment' : 'In a caption', ...facts({ 'Media id': mediaId, 'Comment id': commentId }) },
      },
    ],
    post: instagramPost({}, mediaId, false),
    envelope: { ...envelope },
  };
}
