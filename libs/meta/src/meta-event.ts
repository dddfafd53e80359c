import type { IgnoredEvent, Person } from '#libs/connector';
import { asId, asObject, type JsonObject } from './json.js';

/** Which account an event is about, and what decides whether something in it is our own doing. */
export interface Told {
  connector: 'facebook' | 'instagram';
  /** Page id, or the Instagram account's own id (IGID). */
  account: string;
  /** The Instagram account's user name in lower case: ids of its own comments may be scoped ones. */
  username: string | null;
  /** The ids of the apps this installation speaks for. */
  ownApps: string[];
  /** The ledger key of the payload. */
  key: string;
  /** When Meta sent it, for what has no time of its own. */
  at: Date;
}

/** Someone in a private chat: a PSID is good for one Page, an IGSID for one Instagram account. */
export const chatPartner = ({ connector, account }: Pick<Told, 'connector' | 'account'>, id: string): Person => ({
  scope: `${connector}:${account}`,
  id,
  name: null,
});

/** Who wrote a comment. Authors on Facebook have other ids than in Messenger; `from` is left out of many comments: then nobody but the comment tells them apart. */
export function commenter(
  { connector, account }: Pick<Told, 'connector' | 'account'>,
  from: JsonObject | undefined,
  commentId: string,
): Person {
  const scope = connector === 'facebook' ? `facebook-comment:${account}` : `instagram:${account}`;
  const name = [from?.name, from?.username].find((value): value is string => typeof value === 'string' && value !== '');
  return { scope, id: asId(from?.id) ?? `unknown:${commentId}`, name: name ?? null };
}

/** Whether a comment's `from` is the account itself. */
export function isOurs({ account, username }: Pick<Told, 'account' | 'username'>, from: JsonObject | undefined): boolean {
  const theirName = typeof from?.username === 'string' ? from.username.toLowerCase() : null;
  return asId(from?.id) === account || (theirName !== null && theirName === username);
}

/** The id in a `sender`, `recipient` or the like. */
export const idOf = (value: unknown): string | undefined => asId(asObject(value)?.id);

// In seconds this is the year 2286, in milliseconds 1970.
const FIRST_IN_MILLISECONDS = 1e10;

/** A moment as Meta's webhooks tell it, by number or string: in milliseconds for chats, in seconds for changes, and not always as documented. */
export function momentOf(value: unknown): Date | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return undefined;
  const moment = new Date(number < FIRST_IN_MILLISECONDS ? number * 1000 : number);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

export const ignored = (reason: string): IgnoredEvent => ({ type: 'ignored', reason });

/** A name out of a payload, fit to be shown: never a value somebody may have typed. */
export const named = (key: string): string => (/^[A-Za-z0-9_.-]{1,60}$/.test(key) ? key : 'something without a proper name');
