import { MalformedPayload, type InboundEvent, type MessageEvent, type Post } from '#libs/connector';
import type { Beside } from './attachments.js';
import { commentMessage, ownComment } from './comment-message.js';
import { withoutBlanks } from './direct-message.js';
import type { CommentEnvelope } from './envelope.js';
import { graphTime } from './graph-time.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { commenter, idOf, ignored, isOurs, type Told } from './meta-event.js';
import { webAddress } from './web-address.js';

/** A comment as the `comments` edge of a post has it. */
export function readPagePostComment(told: Told, comment: JsonObject, post: JsonObject): InboundEvent {
  const [commentId, postId] = [asId(comment.id), asId(post.id)];
  if (!commentId || !postId) throw new MalformedPayload(`a comment without the id of its ${commentId ? 'post' : 'own'}`);
  const from = asObject(comment.from);
  const text = asText(comment.message) ?? '';
  const said = { text, ...withoutBlanks(attachmentOf(comment), text), post: postRead(post, postId) };
  const parentId = idOf(comment.parent) ?? null;
  const sentAt = graphTime(comment.created_time) ?? told.at;
  if (!isOurs(told, from)) return { ...commentMessage(commenter(told, from, commentId), { commentId, parentId, postId }, sentAt), ...said };
  const answered = parentId ?? (isOurs(told, asObject(post.from)) ? null : postId);
  if (!answered) return ignored('A comment of the Page itself that answers nobody.');
  return { ...ownComment(commenter(told, undefined, answered), { commentId, parentId: answered, postId }, sentAt), ...said };
}

/** What a visitor wrote on the Page. */
export function readVisitorsPost(told: Told, post: JsonObject): MessageEvent {
  const postId = asId(post.id);
  if (!postId) throw new MalformedPayload('a post without id');
  const text = asText(post.message) ?? '';
  const sentAt = graphTime(post.created_time) ?? told.at;
  const linked = pictureFile(post.full_picture);
  const envelope: CommentEnvelope = { post: postId };
  return {
    ...commentMessage(commenter(told, asObject(post.from), postId), { commentId: postId, parentId: null, postId }, sentAt),
    text,
    ...withoutBlanks({ linked, cards: [] }, text),
    post: postRead(post, postId),
    envelope: { ...envelope },
  };
}

function postRead(post: JsonObject, id: string): Post {
  return {
    id,
    permalink: webAddress(post.permalink_url),
    text: asText(post.message) ?? null,
    pictureUrl: webAddress(post.full_picture),
    adId: null,
    adTitle: null,
    isAd: post.is_published === false || post.promotion_status === 'active',
    isLive: false,
    publishedAt: graphTime(post.created_time) ?? null,
  };
}

/** A comment can have one picture, film, sticker or link beside its words. */
function attachmentOf({ attachment }: JsonObject): Beside {
  const one = asObject(attachment);
  if (!one) return { linked: [], cards: [] };
  const linked = pictureFile(asObject(asObject(one.media)?.image)?.src);
  const title = asText(one.title) ?? null;
  if (one.type === 'share') return { linked: [], cards: [{ kind: 'link', title, url: webAddress(one.url), facts: {} }] };
  return linked.length ? { linked, cards: [] } : { linked, cards: [{ kind: 'unsupported', title, url: webAddress(one.url), facts: {} }] };
}

function pictureFile(value: unknown) {
  const url = webAddress(value);
  return url ? [{ filename: 'photo', contentType: 'image/*', url, keep: true }] : [];
}
