import { MalformedPayload, type ChangeEvent, type InboundEvent, type MessageChange, type PostEvent } from '#libs/connector';
import { commentMessage } from './comment-message.js';
import { withoutBlanks } from './direct-message.js';
import type { CommentEnvelope } from './envelope.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { commenter, ignored, isOurs, momentOf, named, type Told } from './meta-event.js';
import { linkedFile, mentionCard, pagePost } from './page-comment.js';

/** Reads what was done with a post: the Page's own, which comments stand under, or a visitor's, which is a message itself. */
export function readPagePost(told: Told, value: JsonObject, isMention: boolean): InboundEvent[] {
  const postId = asId(value.post_id);
  if (!postId) throw new MalformedPayload('a post without post_id');
  const verb = asText(value.verb) ?? 'add';
  const ours = isOurs(told, asObject(value.from));
  if (verb === 'add') return [ours ? post(told, postId, value, false) : visitorsPost(told, postId, value, isMention)];
  // Whoever took it away is named, and not whose it was.
  if (verb === 'remove') return [post(told, postId, value, true), change(told, postId, 'remove', { kind: 'withdraw' })];
  if (verb === 'edited') {
    const text = asText(value.message) ?? '';
    return [post(told, postId, value, false), ...(ours ? [] : [change(told, postId, told.key, { kind: 'edit', text, version: 1 })])];
  }
  if (verb === 'hide' || verb === 'unhide') return [change(told, postId, told.key, { kind: 'hide', hidden: verb === 'hide' })];
  return [ignored(`Something done to a post that is not known here: ${named(verb)}.`)];
}

function post({ at }: Told, id: string, value: JsonObject, removed: boolean): PostEvent {
  const { permalink, isAd } = pagePost(id, value);
  const text = removed ? undefined : asText(value.message);
  const publishedAt = value.verb === 'add' ? momentOf(value.created_time) : undefined;
  const told = { ...(permalink && { permalink }), ...(text && { text }), ...(isAd && { isAd }), ...(publishedAt && { publishedAt }) };
  return { type: 'post', post: { id, ...told }, removed, at };
}

/** Comments below it by the same author join it; answers to it name the post as if it were a comment. */
function visitorsPost(told: Told, postId: string, value: JsonObject, isMention: boolean): InboundEvent {
  const author = commenter(told, asObject(value.from), postId);
  const text = asText(value.message) ?? '';
  const linked = [...photosOf(value), ...linkedFile(value.video, 'video', 'video/*')];
  const sentAt = momentOf(value.created_time) ?? told.at;
  const envelope: CommentEnvelope = { post: postId };
  return {
    ...commentMessage(author, { commentId: postId, parentId: null, postId }, sentAt),
    text,
    ...withoutBlanks({ linked, cards: isMention ? [mentionCard('In a post')] : [] }, text),
    post: { ...pagePost(postId, value), text: text || null, publishedAt: sentAt },
    envelope: { ...envelope },
  };
}

function photosOf({ photo, photos, link, item }: JsonObject) {
  const all = Array.isArray(photos) ? photos : [photo ?? (item === 'photo' ? link : undefined)];
  return all.flatMap((url: unknown) => linkedFile(url, 'photo', 'image/*'));
}

const change = ({ at }: Told, of: string, mark: string, what: MessageChange): ChangeEvent => ({
  type: 'change',
  of,
  key: `post-state:${of}:${mark}`,
  at,
  change: what,
});
