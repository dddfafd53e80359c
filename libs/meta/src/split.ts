import { MalformedPayload, type WebhookPart } from '#libs/connector';
import { identify } from './identify.js';
import { asObject, parseJson, type JsonObject } from './json.js';
import { momentOf } from './meta-event.js';
import { addressOf } from './routing.js';

/** The lists an entry may hold; `standby` is `messaging` while another app owns the thread. */
const lists = ['messaging', 'standby', 'changes'];

/** One part per element of every list of every entry, whatever it holds: what an element means is `parse`'s to find out. */
export function split(body: Buffer, receivedAt: Date): WebhookPart[] {
  const document = parsed(body);
  // Some of Meta's own samples wrap the body in an array.
  return (Array.isArray(document) ? document : [document]).flatMap((envelope) => partsOf(envelope, receivedAt));
}

function parsed(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch (error) {
    throw new MalformedPayload(`not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function partsOf(value: unknown, receivedAt: Date): WebhookPart[] {
  const envelope = asObject(value);
  if (!envelope || !Array.isArray(envelope.entry)) throw new MalformedPayload('not a Meta webhook: there is no entry[]');
  const object = String(envelope.object);
  return envelope.entry.flatMap((value: unknown) => {
    const entry = asObject(value) ?? { value };
    return elementsOf(entry).map(([list, element]) => part(object, entry, list, element, receivedAt));
  });
}

/** Instagram Login's docs put a comment's `field` and `value` on the entry itself; what is unknown is kept whole. */
function elementsOf(entry: JsonObject): [string, unknown][] {
  const elements = lists.flatMap((list) =>
    Array.isArray(entry[list]) ? entry[list].map((element: unknown): [string, unknown] => [list, element]) : [],
  );
  if (entry.field !== undefined) elements.push(['changes', { field: entry.field, value: entry.value }]);
  return elements.length || lists.some((list) => Array.isArray(entry[list])) ? elements : [['entry', entry]];
}

function part(object: string, entry: JsonObject, list: string, element: unknown, receivedAt: Date): WebhookPart {
  const { connector, account } = addressOf(object, entry, element);
  const payload = Buffer.from(JSON.stringify({ object, id: account, time: entry.time, [list]: element }));
  return {
    connector,
    account,
    event: {
      ...identify(account, element, momentOf(entry.time)),
      payload,
      context: { object, list },
      receivedAt: happened(entry, element, receivedAt),
    },
  };
}

/** When Meta got to know of it: a message has a time of its own, a change that of its entry. No clock of theirs makes it come later than it came. */
function happened(entry: JsonObject, element: unknown, receivedAt: Date): Date {
  const told = momentOf(asObject(element)?.timestamp) ?? momentOf(entry.time);
  return told && told < receivedAt ? told : receivedAt;
}
