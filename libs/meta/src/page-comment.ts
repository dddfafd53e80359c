import { MalformedPayload, type ChangeEvent, type InboundEvent, type LinkedFile, type MessageChange, type Post } from '#libs/connector';
import { nameIn } from './attachments.js';
import { commentMessage, ownComment } from './comment-message.js';
import { withoutBlanks } from './direct-message.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { commenter, ignored, isOurs, momentOf, named, type Told } from './meta-event.js';
import { webAddress } from './web-address.js';

/** Reads what was done with a comment on a Page's post, or with one elsewhere that mentions the Page. */
export function readPageComment(told: Told, value: JsonObject, isMention: boolean): InboundEvent[] {
  const commentId = asId(value.comment_id);
  if (!commentId) throw new MalformedPayload('a comment without comment_id');
  const verb = asText(value.verb) ?? 'add';
  if (verb === 'add') return [added(told, value, commentId, isMention)];
  const change = stateOf(verb, value);
  return [change ? changed(told, commentId, change) : ignored(`Something done to a comment that is not known here: ${named(verb)}.`)];
}

function added(told: Told, value: JsonObject, commentId: string, isMention: boolean): InboundEvent {
  const postId = asId(value.post_id);
  if (!postId) throw new MalformedPayload('a comment without post_id');
  const from = asObject(value.from);
  const sentAt = momentOf(value.created_time) ?? told.at;
  const said = { text: asText(value.message) ?? '', ...besideOf(value, isMention), post: pagePost(postId, value) };
  const parentId = parentOf(value, postId);
  if (!isOurs(told, from)) return { ...commentMessage(commenter(told, from, commentId), { commentId, parentId, postId }, sentAt), ...said };
  const answered = parentId ?? (isVisitorsPost(value) ? postId : null);
  if (!answered) return ignored('A comment of the Page itself that answers nobody.');
  return { ...ownComment(commenter(told, undefined, answered), { commentId, parentId: answered, postId }, sentAt), ...said };
}

/** A comment directly under the post has the post for its parent. */
export function parentOf({ parent_id }: JsonObject, postId: string): string | null {
  const parent = asId(parent_id);
  return parent === undefined || parent === postId ? null : parent;
}

// What others publish on a Page has this status type; there the Page's own comment is an answer.
const isVisitorsPost = ({ post }: JsonObject) => asObject(post)?.status_type === 'wall_post';

/** What a comment event tells of the post above; an ad may be marked only by never having been published on the Page. */
export function pagePost(postId: string, { post }: JsonObject): Post {
  const { permalink_url, is_published, promotion_status } = asObject(post) ?? {};
  return {
    id: postId,
    permalink: webAddress(permalink_url),
    text: null,
    pictureUrl: null,
    adId: null,
    adTitle: null,
    isAd: is_published === false || promotion_status === 'active',
    isLive: false,
    publishedAt: null,
  };
}

function besideOf(value: JsonObject, isMention: boolean) {
  const linked = [...linkedFile(value.photo, 'photo', 'image/*'), ...linkedFile(value.video, 'video', 'video/*')];
  const cards = isMention ? [mentionCard('In a comment')] : [];
  return withoutBlanks({ linked, cards }, asText(value.message));
}

export const mentionCard = (where: string) => ({ kind: 'mention' as const, title: null, url: null, facts: { Where: where } });

/** A picture or film that somebody put on the Page. */
export function linkedFile(value: unknown, filename: string, contentType: string): LinkedFile[] {
  const url = webAddress(value);
  return url ? [{ filename: nameIn(url) ?? filename, contentType, url, keep: true }] : [];
}

function stateOf(verb: string, value: JsonObject): MessageChange | undefined {
  if (verb === 'hide' || verb === 'unhide') return { kind: 'hide', hidden: verb === 'hide' };
  if (verb === 'remove') return { kind: 'withdraw' };
  // No number tells edits apart: the later one holds.
  if (verb === 'edited' || verb === 'edit') return { kind: 'edit', text: asText(value.message) ?? '', version: 1 };
  return undefined;
}

/** `created_time` is the comment's own; when something was done to it only the delivery tells. */
const changed = (told: Told, of: string, change: MessageChange): ChangeEvent => ({
  type: 'change',
  of,
  key: told.key,
  at: told.at,
  change,
});
