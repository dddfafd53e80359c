import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError, type Found, type Outgoing } from '#libs/connector';
import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';

/** A send that broke off may still be on its way through Meta for this long. */
const SETTLE_MS = 3000;
/** Graph's times are whole seconds, cut. */
const ROUNDING_MS = 1000;
/** Meta opens only the newest 20 messages of a thread. */
const READABLE = '20';

type Wanted = Pick<Outgoing, 'text' | 'envelope'>;

/**
 * Looks for our text in the customer's thread as Meta keeps it, since the moment of commitment. `absent` only if every message
 * of that time could be read; an unreadable or missing thread is `unknown`.
 */
export async function findDirect({ text, envelope }: Wanted, line: Line, since: Date): Promise<Found> {
  await sleep(Math.max(0, since.getTime() + SETTLE_MS - Date.now()));
  try {
    const thread = await threadWith(String(envelope.recipient), line);
    return thread ? await searchThread(thread, { text, envelope }, line, since) : { state: 'unknown' };
  } catch (error) {
    if (error instanceof ConnectorError) return { state: 'unknown' };
    throw error;
  }
}

async function threadWith(customer: string, { access, node, platform }: Line): Promise<string | undefined> {
  const query = { platform, user_id: customer, fields: 'id' };
  const { body } = await callGraph(access, { method: 'GET', path: `${node}/conversations`, query });
  return asId(rows(body)[0]?.id);
}

async function searchThread(thread: string, { text, envelope }: Wanted, { access }: Line, since: Date): Promise<Found> {
  const query = { fields: 'id,created_time,from,message', limit: READABLE };
  const { body, at } = await callGraph(access, { method: 'GET', path: `${encodeURIComponent(thread)}/messages`, query });
  // `since` is by our clock: moved onto Meta's, so that a clock that is off hides nothing.
  const from = since.getTime() + (at.getTime() - Date.now()) - 2 * ROUNDING_MS;
  const messages = rows(body).map(readMessage);
  const recent = messages.filter(({ sentAt }) => !(sentAt < from));
  const ours = recent.find(
    (message) => message.from !== envelope.recipient && message.text !== undefined && squeezed(message.text) === squeezed(text),
  );
  if (ours?.id) return { state: 'sent', externalId: ours.id };
  const complete = recent.length < messages.length || !asObject(body.paging)?.next;
  const readable = recent.every((message) => message.text !== undefined && !Number.isNaN(message.sentAt));
  return { state: complete && readable ? 'absent' : 'unknown' };
}

function readMessage(row: JsonObject): { id?: string; from?: string; text?: string; sentAt: number } {
  const text = typeof row.message === 'string' ? row.message : undefined;
  return { id: asText(row.id), from: asId(asObject(row.from)?.id), text, sentAt: Date.parse(String(row.created_time)) };
}

const rows = (body: JsonObject): JsonObject[] => (Array.isArray(body.data) ? body.data.map((row: unknown) => asObject(row) ?? {}) : []);

const squeezed = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();
