import { createHash } from 'node:crypto';
import { asId, asText, type JsonObject } from './json.js';
import { idOf } from './meta-event.js';

// The same for a thing that was pushed to us and for the same thing read later: what came by one way need not come by the other.

export const messageKey = (mid: string) => `message:${mid}`;
export const unsendKey = (mid: string) => `unsend:${mid}`;
export const commentKey = (commentId: string) => `comment:${commentId}`;

/** Two edits may bear the same number, and one edit may come twice. */
export const editKey = (mid: string, { num_edit, text }: JsonObject) => `edit:${mid}:${asId(num_edit) ?? ''}:${digest([text])}`;

export const reactionKey = ({ sender, timestamp }: JsonObject, { mid, action, emoji, reaction }: JsonObject) =>
  ['reaction', asText(mid), idOf(sender), asText(action), asText(emoji) ?? asText(reaction) ?? '', asId(timestamp)].join(':');

/** What became of a comment; Meta gives these events no id and no time of their own. */
export const commentStateKey = (commentId: string, verb: string, { message, photo, video }: JsonObject = {}) =>
  verb === 'remove' ? `comment-state:${commentId}:remove` : `comment-state:${commentId}:${verb}:${digest([message, photo, video])}`;

/** SHA-256 of a value as JSON, in hexadecimal. */
export const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
