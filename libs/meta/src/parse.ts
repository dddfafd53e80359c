import { inMemory, MalformedPayload, type ChannelAccess, type InboundEvent, type RawEvent } from '#libs/connector';
import { readChatEvent } from './chat-event.js';
import { chatIn } from './element.js';
import { readInstagramComment, readMention } from './instagram-comment.js';
import { asId, asObject, asText, parseJson, type JsonObject } from './json.js';
import { ignored, momentOf, named, type Told } from './meta-event.js';
import type { MetaOptions } from './options.js';
import { readPageFeed } from './page-feed.js';
import { parseRead } from './read-event.js';

/** Reads what was kept of a webhook, or what was read from Graph. */
export function parseMeta(
  connector: Told['connector'],
  { appId, instagramAppId }: MetaOptions,
  event: RawEvent,
  channel: ChannelAccess,
): InboundEvent[] {
  const payload = payloadOf(event);
  const told: Told = {
    connector,
    account: asId(payload.id) ?? '',
    username: usernameOf(channel),
    ownApps: [appId, instagramAppId].filter((id) => id !== undefined),
    key: event.key,
    at: momentOf(payload.time) ?? event.receivedAt,
  };
  if (payload.read !== undefined) return parseRead(told, payload);
  const chat = chatIn(payload.standby ?? payload.messaging ?? payload.changes);
  if (chat) return readChatEvent(told, chat, payload.standby !== undefined);
  return readChange(told, asObject(payload.changes));
}

/** Told at the sign-in; accounts connected by hand may be known by their id only. */
function usernameOf({ address, settings }: ChannelAccess): string {
  const known = asText((settings as { username?: unknown }).username) ?? address;
  return known.replace(/^@/, '').toLowerCase();
}

function payloadOf(event: RawEvent): JsonObject {
  try {
    const payload = asObject(parseJson(inMemory(event.payload).toString('utf8')));
    if (payload) return payload;
  } catch (error) {
    throw new MalformedPayload(`not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new MalformedPayload('not a JSON object');
}

type ReadChange = (told: Told, value: JsonObject) => InboundEvent | InboundEvent[];

const fields: Record<string, ReadChange> = {
  feed: (told, value) => readPageFeed(told, value, false),
  mention: (told, value) => readPageFeed(told, value, true),
  comments: (told, value) => readInstagramComment(told, value, false),
  live_comments: (told, value) => readInstagramComment(told, value, true),
  mentions: readMention,
};

function readChange(told: Told, change: JsonObject | undefined): InboundEvent[] {
  const field = asText(change?.field);
  if (field === undefined) return [ignored('An entry of a kind that is not known here.')];
  if (!Object.hasOwn(fields, field)) return [ignored(`A change of a kind that is not known here: ${named(field)}.`)];
  const value = asObject(change?.value);
  if (!value) throw new MalformedPayload(`a change of ${field} without a value`);
  return [fields[field]!(told, value)].flat();
}
