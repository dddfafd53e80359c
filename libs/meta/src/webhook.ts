import { createHash } from 'node:crypto';
import { MalformedPayload, type WebhookPart, type WebhookSource } from '#libs/connector';
import { asId, asObject, parseJson, type JsonObject } from './json.js';
import type { MetaOptions } from './options.js';
import { sameSecret, signedByMeta } from './signature.js';

/** The lists an entry may hold; `standby` is `messaging` while another app owns the thread. */
const lists = ['messaging', 'standby', 'changes'];

/** The one webhook that Meta calls for all Pages and Instagram accounts of an app. */
export function metaWebhook({ appSecret, instagramAppSecret, verifyToken }: MetaOptions): WebhookSource {
  const secrets = [...new Set([appSecret, instagramAppSecret])].filter((secret) => secret !== undefined && secret !== '') as string[];
  return {
    kind: 'webhook',
    path: 'meta',
    maxBytes: 3 * 1024 * 1024,
    handshake(query) {
      const right = verifyToken && query['hub.mode'] === 'subscribe' && sameSecret(String(query['hub.verify_token']), verifyToken);
      return (right && query['hub.challenge']) || null;
    },
    verify: (body, headers) => signedByMeta(body, headers['x-hub-signature-256'], secrets),
    split,
  };
}

/** One part per element of every list of every entry, whatever it holds: what an element means is `parse`'s to find out. */
function split(body: Buffer, receivedAt: Date): WebhookPart[] {
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
  // entry.time is not in the key: it is the time of delivery, so another one when the element is delivered again.
  const key = createHash('sha256')
    .update(JSON.stringify([account, element]))
    .digest('hex');
  const payload = Buffer.from(JSON.stringify({ object, id: account, time: entry.time, [list]: element }));
  return { connector, account, event: { key, payload, context: { object, list }, receivedAt } };
}

const instagramId = /^1784\d{13}$/;

/**
 * Meta's pages disagree on how Instagram accounts that hang on a Page are named: by themselves, under `object: page`, or under
 * their Page's id. The account's own id decides, wherever it stands. Other objects go to an account that nobody has: unrouted.
 */
function addressOf(object: string, entry: JsonObject, element: unknown): { connector: string; account: string } {
  const id = asId(entry.id) ?? '';
  const { sender, recipient, message } = asObject(element) ?? {};
  const own = asId(asObject(asObject(message)?.is_echo ? sender : recipient)?.id) ?? '';
  const account = [id, own].find((candidate) => instagramId.test(candidate));
  if (account && (object === 'instagram' || object === 'page')) return { connector: 'instagram', account };
  if (object === 'instagram') return { connector: 'instagram', account: id };
  return { connector: 'facebook', account: object === 'page' ? id : `${object}:${id}` };
}
