import { MalformedPayload, type InboundEvent, type MessageChange, type RawEvent } from '#libs/connector';
import { commentKey, earlyReadKey, messageKey } from './event-keys.js';
import { graphTime } from './graph-time.js';
import { asId, asText, asObject, type JsonObject } from './json.js';
import { ignored, named, type Told } from './meta-event.js';
import { readChatMessage } from './read-chat-message.js';
import { readInstagramMediaComment } from './read-instagram-comment.js';
import { readPagePostComment, readVisitorsPost } from './read-page-comment.js';

const DAY_MS = 86_400_000;
/** Meta pushes within seconds, and tries again at once when we were away. */
const PUSHED_WITHIN_MS = 5 * 60_000;

/** Something as Graph has it on request, for the ledger. Its shape is never that of a webhook. */
export type Reading =
  | { read: 'message'; id: string; own: string[]; thread: JsonObject; message: JsonObject; apart?: string[] }
  | { read: 'page-comment'; id: string; post: JsonObject; comment: JsonObject }
  | { read: 'page-post'; id: string; post: JsonObject }
  | { read: 'instagram-comment'; id: string; own: string[]; media: JsonObject; parentId: string | null; comment: JsonObject }
  | { read: 'state'; id: string; of: string; text?: string; hidden?: boolean; at: string };

/**
 * What was read, as the ledger keeps it: under the key that the same thing has when it is pushed. What is younger than a day
 * comes in as if it had just happened, because nobody has seen it yet; the rest as history. Undefined for what has no id or time.
 */
export function rawReading(reading: Reading, now: Date): RawEvent | undefined {
  const [key, platformId, receivedAt] = identityOf(reading, now);
  if (!key || !receivedAt) return undefined;
  const payload = Buffer.from(JSON.stringify(reading));
  const backfill = now.getTime() - receivedAt.getTime() >= DAY_MS;
  return { key, ...(platformId && { platformId }), payload, context: { via: 'read' }, receivedAt, backfill };
}

function identityOf(reading: Reading, now: Date): [key?: string, platformId?: string, at?: Date] {
  switch (reading.read) {
    case 'message': {
      const id = asText(reading.message.id);
      const at = graphTime(reading.message.created_time);
      if (!id || !at) return [];
      return [now.getTime() - at.getTime() < PUSHED_WITHIN_MS ? earlyReadKey(id) : messageKey(id), id, at];
    }
    case 'page-post':
    case 'page-comment': {
      const node = reading.read === 'page-post' ? reading.post : reading.comment;
      const id = asId(node.id);
      return id ? [commentKey(id), id, graphTime(node.created_time)] : [];
    }
    case 'instagram-comment': {
      const id = asId(reading.comment.id);
      return id ? [commentKey(id), id, graphTime(reading.comment.timestamp)] : [];
    }
    case 'state':
      return [`state:${reading.of}:${reading.at}`, reading.of, new Date(reading.at)];
  }
}

/** Makes events of what was read: the same that a webhook would have given. */
export function parseRead(told: Told, reading: JsonObject): InboundEvent[] {
  const [own, thread, message, post, comment, media] = ['own', 'thread', 'message', 'post', 'comment', 'media'].map(
    (part) => reading[part],
  );
  const ownIds = idsIn(own);
  const apart = reading.apart === undefined ? {} : { apart: idsIn(reading.apart) };
  switch (reading.read) {
    case 'message':
      return readChatMessage(told, { message: given(message), thread: given(thread), own: ownIds, ...apart });
    case 'page-comment':
      return [readPagePostComment(told, given(comment), given(post))];
    case 'page-post':
      return [readVisitorsPost(told, given(post))];
    case 'instagram-comment':
      return [readInstagramMediaComment(told, given(comment), given(media), asId(reading.parentId) ?? null, ownIds)];
    case 'state':
      return stateRead(told, reading);
    default:
      return [ignored(`Something read that is not known here: ${named(asText(reading.read) ?? '')}.`)];
  }
}

const idsIn = (list: unknown): string[] => (Array.isArray(list) ? list : []).flatMap((id: unknown) => asId(id) ?? []);

function given(part: unknown): JsonObject {
  const object = asObject(part);
  if (!object) throw new MalformedPayload('a part of what was read is missing');
  return object;
}

function stateRead({ key, at }: Told, { of: id, text, hidden }: JsonObject): InboundEvent[] {
  const of = asId(id);
  if (!of) throw new MalformedPayload('the state of something without id');
  const changes: MessageChange[] = [
    ...(typeof text === 'string' ? [{ kind: 'edit' as const, text, version: null }] : []),
    ...(typeof hidden === 'boolean' ? [{ kind: 'hide' as const, hidden }] : []),
  ];
  return changes.map((change) => ({ type: 'change', of, key: `${key}:${change.kind}`, at, change }));
}
