import type { Cursor } from './source.js';

/** Where a conversation takes place: a mail thread, a private chat, or under a public post. */
export type ConversationKind = 'email' | 'dm' | 'comment';

/** One connected account as its connector sees it: our id, our address there, and the settings with their secrets. */
export interface ChannelAccess<S = object> {
  id: string;
  address: string;
  settings: S;
  /** Signs ids that leave the house and must come back untouched (reply tokens, Message-IDs): at least 32 secret bytes. */
  signingKey: Buffer;
}

/** Which account settings belong to. `externalId` is unique per connector: the same account cannot be connected twice. */
export interface Account {
  externalId: string;
  address: string;
  /** Another id under which the platform may send this account's events. */
  alias?: string;
}

/** One live check made when a channel is connected, in words an admin understands. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** How an answer under a public post travels: for everybody to read, or to the commenter alone. */
export const replyModes = ['public', 'private'] as const;
export type ReplyMode = (typeof replyModes)[number];

export const moderations = ['hide', 'unhide', 'like', 'unlike', 'delete'] as const;
/** What may be done to somebody's comment. */
export type Moderation = (typeof moderations)[number];

/** What the reply box may offer. The web asks this and never for a platform's name. */
export interface Capabilities {
  html: boolean;
  subject: boolean;
  cc: boolean;
  attachments: boolean;
  /** The longest text of one message, or null where the platform knows no limit. */
  maxLength: number | null;
  lengthUnit: 'characters' | 'bytes';
  /** Whether a longer text, or text beside files, leaves as several messages, as {@link Connector.split} says. */
  splits: boolean;
  /** Content types of files that can be sent, e.g. `image/png`, `image/*`; empty for any. */
  fileTypes: string[];
  /** Bytes of the largest file that can be sent; null where the platform knows no limit. */
  maxFileBytes: number | null;
  /** The emoji that we may react with; empty for none. */
  reactions: string[];
  /** Whether the customer can be shown that we type, and that we have read. */
  typing: boolean;
  moderation: Moderation[];
}

/**
 * Sign-in at the provider in the browser instead of a password typed in: the OAuth 2.0 authorization code flow with
 * PKCE (RFC 6749 §4.1, RFC 7636). `ticket` is what must be kept between the two steps, secret.
 */
export interface SignIn<S extends object = object> {
  /** The providers this installation is registered with. */
  providers: Array<{ id: string; label: string }>;
  begin(request: { provider: string; redirectUri: string; state: string; address?: string }): Promise<{ url: string; ticket: Cursor }>;
  /**
   * Trades the provider's answer for settings that replace or fill in those of a channel, or for the accounts it opens, to
   * choose from. Throws a `rejected` or `auth` {@link ConnectorError}.
   */
  finish(callback: URL, ticket: Cursor): Promise<{ settings: Partial<S>; address: string | null; accounts?: GrantedAccount<S>[] }>;
  /** The id of the provider whose sign-in these settings hold; null for a password. */
  usedBy(settings: S): string | null;
}

/** An account that a sign-in opens. `missing` says in plain words what was not granted; with `usable` false it cannot be connected like that. */
export interface GrantedAccount<S extends object = object> {
  account: Account;
  /** Its name, for people. */
  label: string;
  usable: boolean;
  missing: string[];
  settings: S;
}

/**
 * Somebody at the platform took back what they granted us (`deauthorised`), or wants what we hold of them gone (`delete-data`).
 * `userId` is their id with our app, as {@link Connector.grantedBy} tells it; it is nobody's id in a conversation.
 */
export interface Notice {
  kind: 'deauthorised' | 'delete-data';
  userId: string;
  at: Date;
}

/** Someone as their platform shows them; the picture's address may run out. */
export interface Profile {
  name: string | null;
  pictureUrl: string | null;
}

/** How a connected account is doing, asked every quarter of an hour and on demand. */
export interface Upkeep {
  /** Until when the sign-in is good as far as the platform tells; null when it does not run out. */
  expiresAt: Date | null;
  /** Whether the platform sends us its events. */
  subscribed: boolean;
  /** Events were not sent for a while and are again: what came meanwhile has to be fetched. */
  missedEvents: boolean;
  /** What is missing, in plain words, each with what to do. */
  complaints: string[];
  /** Share of the platform's call quota that is used, 1 for all; null when it was not told. `regainAt`: when calls are possible again. */
  usage: { share: number; regainAt: Date | null } | null;
  /** Settings that the platform tells by itself, such as the account's user name, as they are now. */
  learnt?: object;
}
