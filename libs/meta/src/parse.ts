import { inMemory, MalformedPayload, type InboundEvent, type RawEvent } from '#libs/connector';
import { attachmentLines } from './attachment-lines.js';
import { asId, asObject, asText, parseJson, type JsonObject } from './json.js';

const ECHO_OF_OURS = /^tributary:([\w-]{1,64})$/;

/** What our sends carry as `metadata`; Messenger hands it back in their echoes. */
export const echoMark = (deliveryId: string) => `tributary:${deliveryId}`;

/** What a payload of either connector is about. */
interface Direct {
  connector: string;
  appId?: string;
  account: string;
  element: JsonObject;
  event: RawEvent;
}

/** Reads one element of a webhook. Messages and button taps become messages; everything else is kept in the ledger until we show it. */
export function parseMeta(connector: string, appId: string | undefined, event: RawEvent): InboundEvent[] {
  const payload = payloadOf(event);
  const account = asId(payload.id) ?? '';
  const element = asObject(payload.messaging ?? payload.standby);
  if (!element) return [ignored(whatElse(payload))];
  const direct: Direct = { connector, appId, account, element, event };
  const message = asObject(element.message);
  if (message) return [readMessage(direct, message)];
  const postback = asObject(element.postback);
  if (postback) return [readPostback(direct, postback)];
  return [ignored(kindOf(element))];
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

function readMessage(direct: Direct, message: JsonObject): InboundEvent {
  if (message.is_deleted) return ignored('unsending a message');
  const outbound = message.is_echo === true;
  const { sender, recipient } = direct.element;
  if (!outbound && asId(asObject(sender)?.id) === direct.account) return ignored('a message the account wrote to itself');
  const customer = asId(asObject(outbound ? recipient : sender)?.id);
  const mid = asText(message.mid);
  if (!customer || !mid)
    throw new MalformedPayload(`a message without ${mid ? `the id of its ${outbound ? 'recipient' : 'sender'}` : 'mid'}`);
  const deliveryId = outbound ? ownDelivery(direct, message) : undefined;
  const story = asText(asObject(asObject(message.reply_to)?.story)?.url);
  const words = { text: textOf(message), quotedText: story ? `[story] ${story}` : null };
  return {
    ...messageEvent(direct, customer, mid),
    ...words,
    direction: outbound ? 'outbound' : 'inbound',
    ...(deliveryId && { deliveryId }),
  };
}

/** A tap on a button, an ice breaker or "Get started": its title is what the customer said. While another app owns the thread the payload is withheld. */
function readPostback(direct: Direct, postback: JsonObject): InboundEvent {
  const customer = asId(asObject(direct.element.sender)?.id);
  if (!customer) throw new MalformedPayload('a postback without the id of its sender');
  const mid = asText(postback.mid) ?? `postback:${direct.event.key}`;
  const text = asText(postback.title) ?? asText(postback.payload) ?? '[button]';
  return { ...messageEvent(direct, customer, mid), text, direction: 'inbound' };
}

function messageEvent({ connector, account, element, event }: Direct, id: string, externalId: string) {
  const thread = `dm:${id}`;
  return {
    type: 'message' as const,
    kind: 'dm' as const,
    externalId,
    customer: { scope: `${connector}:${account}`, id, name: null },
    threadKeys: [{ rule: 'dm-thread', key: thread }],
    ownKeys: [thread],
    subject: null,
    html: null,
    quotedText: null,
    sentAt: timeOf(element.timestamp) ?? event.receivedAt,
    attachments: [],
    envelope: {},
    human: true,
  };
}

/** Whatever the customer sent, in words: text first, then a line for each thing that came with it. */
function textOf(message: JsonObject): string {
  const lines = [asText(message.text), ...attachmentLines(message)].filter((line) => line !== undefined);
  if (lines.length) return lines.join('\n');
  return message.is_unsupported ? '[a message that only the app itself can show]' : '[a message without text]';
}

/** Metadata is anybody's to set, so an echo of another app never counts as ours. */
function ownDelivery({ appId }: Direct, { app_id, metadata }: JsonObject): string | undefined {
  const sender = asId(app_id);
  if (appId && sender && sender !== appId) return undefined;
  return ECHO_OF_OURS.exec(asText(metadata) ?? '')?.[1];
}

/** Milliseconds, as a number or (in dashboard tests) a string. */
function timeOf(timestamp: unknown): Date | undefined {
  const time = new Date(Number(timestamp));
  return timestamp && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** The one key of an element that is not its address names what happened: `read`, `delivery`, `reaction` … */
const kindOf = (element: JsonObject) =>
  Object.keys(element).find((key) => !['sender', 'recipient', 'timestamp'].includes(key)) ?? 'an empty event';

const whatElse = ({ changes }: JsonObject) => asText(asObject(changes)?.field) ?? 'an unknown entry';

const ignored = (what: string): InboundEvent => ({ type: 'ignored', reason: `${what}: not shown yet` });
