import { chatIn } from './element.js';
import { asId, asObject, type JsonObject } from './json.js';
import { idOf } from './meta-event.js';

const INSTAGRAM_ID = /^1784\d{13}$/;

/**
 * Whose an element is. Meta's pages disagree on how Instagram accounts that hang on a Page are named: by themselves, under
 * `object: page`, or under their Page's id. The account's own id decides, wherever it stands. Other objects go to an account
 * that nobody has: unrouted.
 */
export function addressOf(object: string, entry: JsonObject, element: unknown): { connector: 'facebook' | 'instagram'; account: string } {
  const id = asId(entry.id) ?? '';
  const { sender, recipient, message } = chatIn(element) ?? {};
  const own = idOf(asObject(message)?.is_echo ? sender : recipient) ?? '';
  const account = [id, own].find((candidate) => INSTAGRAM_ID.test(candidate));
  if (account && (object === 'instagram' || object === 'page')) return { connector: 'instagram', account };
  if (object === 'instagram') return { connector: 'instagram', account: id };
  return { connector: 'facebook', account: object === 'page' ? id : `${object}:${id}` };
}
