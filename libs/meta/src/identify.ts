import type { RawEvent } from '#libs/connector';
import { chatIn } from './element.js';
import { commentKey, commentStateKey, digest, editKey, messageKey, reactionKey, turnAt, unsendKey } from './event-keys.js';
import { instagramCommentId } from './instagram-comment.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { idOf } from './meta-event.js';
import { postItems } from './page-feed.js';

/** The ledger key of an element; `platformId` names the message or comment whose words it carries. */
type Identity = Pick<RawEvent, 'key' | 'platformId'>;

/** What makes two elements of an account the same; for kinds without a name of their own it is all they say. `told` is when Meta says it sent them. */
export function identify(account: string, element: unknown, told?: Date): Identity {
  const whole = { key: digest([account, element]) };
  const chat = chatIn(element);
  if (chat) return ofChat(chat, whole);
  const { field, value } = asObject(element) ?? {};
  return ofChange(account, asText(field) ?? '', asObject(value) ?? {}, { ...whole, told });
}

function ofChat(element: JsonObject, whole: Identity): Identity {
  const { message, postback, message_edit, reaction } = element;
  const [said, edit, felt] = [asObject(message) ?? asObject(postback), asObject(message_edit), asObject(reaction)];
  const mid = asText((said ?? edit ?? felt)?.mid);
  if (!mid) return whole;
  if (said) return said.is_deleted === true ? { key: unsendKey(mid) } : { ...ofMessage(element, said, mid, whole), platformId: mid };
  if (edit) return typeof edit.text === 'string' ? { key: editKey(mid, edit), platformId: mid } : whole;
  return felt ? { key: reactionKey(element, felt) } : whole;
}

/** A message that lacks its people cannot be shown: it must not stand in the way of the same one when it is read later on. */
function ofMessage({ sender, recipient }: JsonObject, { is_echo }: JsonObject, mid: string, whole: Identity): Identity {
  return idOf(is_echo === true ? recipient : sender) ? { key: messageKey(mid) } : whole;
}

function ofChange(account: string, field: string, value: JsonObject, { told, ...whole }: Identity & { told?: Date }): Identity {
  if (field === 'comments' || field === 'live_comments') return added(instagramCommentId(value), asObject(value.media)?.id, whole);
  if (field !== 'feed' && field !== 'mention') return whole;
  const [item, verb, commentId, postId] = [value.item, value.verb ?? 'add', value.comment_id, value.post_id].map(asId);
  if (item === 'comment' && commentId) return ofPageComment(commentId, verb ?? 'add', value, { ...whole, told });
  if (!postId || !item || !postItems.includes(item) || idOf(value.from) === account) return whole;
  if (verb === 'add') return added(postId, postId, whole);
  // Like a comment it may be hidden, shown and hidden again.
  const turn = { key: verb === 'remove' ? whole.key : digest([whole.key, turnAt(told)]) };
  return value.message === undefined ? turn : { ...turn, platformId: postId };
}

function ofPageComment(id: string, verb: string, value: JsonObject, { told, ...whole }: Identity & { told?: Date }): Identity {
  if (verb === 'add') return added(id, value.post_id, whole);
  return { key: commentStateKey(id, verb, value, told), ...(verb !== 'remove' && { platformId: id }) };
}

/** As with messages: one that does not say what it stands under cannot be shown. */
function added(id: string | undefined, postId: unknown, whole: Identity): Identity {
  if (!id) return whole;
  return { key: asId(postId) ? commentKey(id) : whole.key, platformId: id };
}
