import { MalformedPayload, type ChangeEvent, type IgnoredEvent } from '#libs/connector';
import { emojiOf } from './emoji.js';
import { editKey, reactionKey, unsendKey } from './event-keys.js';
import { asText, type JsonObject } from './json.js';
import { chatPartner, idOf, ignored, momentOf, type Told } from './meta-event.js';

/** A reaction given or taken back; by our side when the account itself is the sender. */
export function readReaction(told: Told, element: JsonObject, reaction: JsonObject): ChangeEvent {
  const mid = asText(reaction.mid);
  const by = idOf(element.sender);
  if (!mid || !by) throw new MalformedPayload(`a reaction without the id of its ${mid ? 'sender' : 'message'}`);
  const emoji = reaction.action === 'unreact' ? null : emojiOf(reaction.emoji, reaction.reaction);
  return {
    type: 'change',
    of: mid,
    key: reactionKey(element, reaction),
    at: momentOf(element.timestamp) ?? told.at,
    change: { kind: 'reaction', by: by === told.account ? null : chatPartner(told, by), emoji },
  };
}

/** An edit holds the whole new text. Instagram also tells of edits that never were: `num_edit` 0, no text, no sender. */
export function readEdit(told: Told, element: JsonObject, edit: JsonObject): ChangeEvent | IgnoredEvent {
  const mid = asText(edit.mid);
  if (!mid) throw new MalformedPayload('an edit without mid');
  const version = Number(edit.num_edit ?? 1);
  if (typeof edit.text !== 'string' || !(version > 0)) return ignored('An edit that says nothing new.');
  return {
    type: 'change',
    of: mid,
    key: editKey(mid, edit),
    at: momentOf(element.timestamp) ?? told.at,
    change: { kind: 'edit', text: edit.text, version },
  };
}

/** Unsent: the message comes again with nothing but its id. */
export function readUnsend(told: Told, element: JsonObject, message: JsonObject): ChangeEvent {
  const mid = asText(message.mid);
  if (!mid) throw new MalformedPayload('an unsent message without mid');
  return { type: 'change', of: mid, key: unsendKey(mid), at: momentOf(element.timestamp) ?? told.at, change: { kind: 'withdraw' } };
}
