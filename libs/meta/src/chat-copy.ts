import type { MessageEvent } from '#libs/connector';
import { digest } from './event-keys.js';
import { graphTime } from './graph-time.js';
import { asText, type JsonObject } from './json.js';

/** Webhooks tell milliseconds, Graph whole seconds, cut. */
const WITHIN_MS = 2000;
/** How long a webhook may be under way without anything being wrong. */
const UNDER_WAY_MS = 60_000;

/**
 * Meta promises nowhere that a message has the same id when it is read as when it was pushed. So it is known by its words as
 * well: what one side said in a chat, once pushed and once read, within two seconds, is one message. Of messages without words
 * the number of files counts. `apart` are the ids of others that were read with it, which it surely is not.
 */
export function chatCopy(event: MessageEvent, place: 'pushed' | 'read', apart?: string[]): Required<Pick<MessageEvent, 'copy'>> {
  const { ownKeys, direction, text, linked = [] } = event;
  const said = text.normalize('NFC').replace(/\s+/g, ' ').trim() || linked.length;
  return { copy: { of: digest([ownKeys, direction, said]), place, withinMs: WITHIN_MS, ...(apart && { apart }) } };
}

/**
 * The ids of the messages read with one that are so near to it in time that they could be taken for each other. Undefined where
 * not all of these were read: beyond the `most` that Meta opens, and while webhooks of just now may be under way. Such a
 * message is known by its id alone, because nothing may be lost where ids agree.
 */
export function apartFrom(message: JsonObject, together: JsonObject[], most: number, now: number): string[] | undefined {
  const at = timeOf(message);
  const oldest = together.length < most ? -Infinity : Math.min(...together.map(timeOf));
  if (!(now - at > UNDER_WAY_MS && at - oldest > 2 * WITHIN_MS)) return undefined;
  const near = together.filter((other) => other !== message && Math.abs(timeOf(other) - at) <= 2 * WITHIN_MS);
  return near.flatMap(({ id }) => asText(id) ?? []);
}

const timeOf = ({ created_time }: JsonObject): number => graphTime(created_time)?.getTime() ?? NaN;
