import { createHash } from 'node:crypto';
import { asId, asText, type JsonObject } from './json.js';
import { idOf } from './meta-event.js';

// The same for a thing that was pushed to us and for the same thing read later: what came by one way need not come by the other.

export const messageKey = (mid: string) => `message:${mid}`;

const EARLY = ':read-early';

/** Of a message that was read while its webhook may still be under way, which tells its time to the millisecond and must be taken in too. */
export const earlyReadKey = (mid: string) => `message:${mid}${EARLY}`;

export const isEarlyRead = (key: string): boolean => key.endsWith(EARLY);
export const unsendKey = (mid: string) => `unsend:${mid}`;
export const commentKey = (commentId: string) => `comment:${commentId}`;

/** Two edits may bear the same number, and one edit may come twice. */
export const editKey = (mid: string, { num_edit, text }: JsonObject) => `edit:${mid}:${asId(num_edit) ?? ''}:${digest([text])}`;

export const reactionKey = ({ sender, timestamp }: JsonObject, { mid, action, emoji, reaction }: JsonObject) =>
  ['reaction', asText(mid), idOf(sender), asText(action), asText(emoji) ?? asText(reaction) ?? '', asId(timestamp)].join(':');

/**
 * What became of a comment. Meta gives these events no id and no time but that of the delivery, which may be another one when
 * they are delivered again. So what is told again soon is taken for the same, and later for a new turn: hidden, shown, and
 * hidden once more. Where that guess is wrong, the next audit sees how the comment stands.
 */
export const commentStateKey = (commentId: string, verb: string, { message, photo, video }: JsonObject, told: Date | undefined) =>
  verb === 'remove'
    ? `comment-state:${commentId}:remove`
    : `comment-state:${commentId}:${verb}:${digest([message, photo, video])}:${turnAt(told)}`;

/** Of what has no time of its own but may come about again: the ten minutes in which it was told. */
export const turnAt = (told: Date | undefined) => Math.floor((told?.getTime() ?? 0) / 600_000);

/** SHA-256 of a value as JSON, in hexadecimal. */
export const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
