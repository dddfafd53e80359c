import type { Readable } from 'node:stream';
import type { RefusedRecipient } from './connector-error.js';

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

/** Bytes too many to hold in memory: a file of this machine. `size` in bytes. */
export interface FileContent {
  path: string;
  size: number;
}

/** Bytes in memory, or in a file where they may be too many for that. */
export type Content = Buffer | FileContent;

/** Something a platform handed over, as it came. */
export interface RawEvent {
  /** The same for the same thing handed over twice, different for different things of one channel. */
  key: string;
  /** The platform's own name for it (a Message-ID), by which an audit finds it; need not be unique. */
  platformId?: string;
  payload: Content;
  /** What the platform said about the payload beside it, e.g. a mail's folder and UID. */
  context: Record<string, string>;
  /** When the platform says it received it. */
  receivedAt: Date;
  /** History fetched later on: yields to live traffic, raises no notifications. */
  backfill?: boolean;
}

/** Opaque JSON that tells a watcher where it was; saved in the transaction that stores the events before it. */
export type Cursor = Record<string, unknown>;

export interface WatchContext<S = object> {
  channel: ChannelAccess<S>;
  /** What was stored last, at first what `begin` gave. */
  cursor: Cursor | null;
  /** Aborted when the channel is paused, removed, taken over by another process, or the app stops. */
  signal: AbortSignal;
  /** A directory for payloads that are files; `store` takes them over, what is left behind is removed. */
  spool: string;
  /** Resolves once events and cursor are durable; only then may the watcher go on. */
  store(events: RawEvent[], cursor: Cursor): Promise<void>;
  /** Tell that the platform was reached and everything there was taken in; `complaint` names what an admin has to see to all the same. */
  healthy(progress?: { done: number; total: number }, complaint?: string): void;
}

/** A platform we ask. `watch` runs until the signal aborts; it throws a `ConnectorError` when the line is lost and is then started anew with backoff. */
export interface WatchSource<S = object> {
  kind: 'watch';
  /** Where to begin, or with `saved` where to go on under new settings. Asked while these are being stored, so that nothing is missed that comes before the first look. */
  begin(settings: S, saved: Cursor | null): Promise<Cursor>;
  watch(context: WatchContext<S>): Promise<void>;
}

/** A look at everything a platform holds for a channel, compared with what we stored. */
export interface AuditContext<S = object> {
  channel: ChannelAccess<S>;
  /** How far the watcher has read. What lies beyond is not missing yet. */
  cursor: Cursor | null;
  spool: string;
  /** Aborted when the app stops; the audit then rejects. */
  signal: AbortSignal;
  /** How many stored events of the channel have each of these {@link RawEvent.platformId}s; ids nobody stored are left out. */
  stored(platformIds: string[]): Promise<Map<string, number>>;
  /** What is shown here of messages by these ids; those that are not here, or were taken back, are left out. */
  shown(platformIds: string[]): Promise<Map<string, { text: string; hidden: boolean }>>;
  /** Stores what is not there yet and resolves with the keys that were new. */
  store(events: RawEvent[]): Promise<string[]>;
}

/** What an audit found. `missing` names what had not been stored, `reimported` counts what of it is stored now. */
export interface Audit {
  /** Things the platform holds that are ours to have. */
  there: number;
  /** How many of them were stored before the audit. */
  here: number;
  missing: Array<{ platformId: string | null; place: string; receivedAt: Date; key: string | null }>;
  reimported: number;
}

/** A door of our own where servers of the platform bring events, e.g. an SMTP port that mail is forwarded to. */
export interface Door<S extends object = object> {
  /** Begins to listen. Resolves with how to close it again; rejects when it cannot listen. */
  open(context: {
    /** Those of these accounts that a connected channel has, with its settings as they are stored. */
    known(accounts: string[]): Promise<Array<{ account: string; settings: S }>>;
    spool: string;
    /** Resolves once the events are durable. */
    store(parts: WebhookPart[]): Promise<void>;
  }): Promise<() => Promise<void>>;
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

/** One event out of a webhook body, addressed to an account of the named connector. */
export interface WebhookPart {
  connector: string;
  account: string;
  event: RawEvent;
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

/** A platform that calls us at `/webhooks/<path>`. Connectors may share one source object. */
export interface WebhookSource {
  kind: 'webhook';
  /** What else the platform posts below `path`, by its last segment: reads a notice, or null when its signature is wrong. */
  notices?: Record<string, (body: Buffer) => Notice | null>;
  path: string;
  /** Larger bodies are refused with 413. */
  maxBytes: number;
  /** The text to answer a subscription handshake with, or null to refuse it. */
  handshake(query: Record<string, string>): string | null;
  /** Checks the signature over the bytes as they came. */
  verify(body: Buffer, headers: Record<string, string | undefined>): boolean;
  /** Takes a body apart without understanding it. Throws `MalformedPayload` when it is no such body at all. */
  split(body: Buffer, receivedAt: Date): WebhookPart[];
}

/** Someone as a platform knows them. `scope` says within what the id is unique: `email`, or a Page's or account's own ids. */
export interface Person {
  scope: string;
  id: string;
  name: string | null;
}

/** A key under which a message may be found again, and the rule that made it, e.g. `in-reply-to`. */
export interface ThreadKey {
  rule: string;
  key: string;
}

/** A file that lies at the platform. `keep`: it may be copied here; else it may only be shown for as long as its address lives. */
export interface LinkedFile {
  filename: string;
  /** As far as it can be told beforehand, e.g. `image/*`; `image/*, video/*` where it is one of both. */
  contentType: string;
  url: string;
  keep: boolean;
}

export interface ParsedAttachment {
  filename: string;
  contentType: string;
  contentId: string | null;
  inline: boolean;
  content: Content;
}

/** Something that came beside the text and is no file of the sender's: what they shared, answered to, tapped, or came from. */
export interface Card {
  kind:
    | 'story-reply'
    | 'story-mention'
    | 'mention'
    | 'post'
    | 'reel'
    | 'link'
    | 'ad'
    | 'referral'
    | 'product'
    | 'location'
    | 'button'
    | 'template'
    | 'view-once'
    | 'unsupported';
  title: string | null;
  /** An address that lasts; null where the platform gives none. */
  url: string | null;
  /** What else an agent may want to know, by words an agent understands, e.g. `Ad id`. */
  facts: Record<string, string>;
}

/** A public post, ad or broadcast of the account, as far as it is known; null for what was not told. */
export interface Post {
  id: string;
  permalink: string | null;
  text: string | null;
  /** The address of its picture, which may run out. */
  pictureUrl: string | null;
  adId: string | null;
  adTitle: string | null;
  /** Whether it is an ad, also where its id is not told. */
  isAd: boolean;
  isLive: boolean;
  publishedAt: Date | null;
}

/** A mail inside of a mail. `envelope` is what an answer to its author needs, `ownKeys` how later mails may refer to it. */
export interface ForwardedMail {
  author: Person;
  subject: string | null;
  comment: string;
  text: string;
  envelope: Record<string, unknown>;
  ownKeys: string[];
}

/** What decides beside its keys where a mail belongs. Chats need none of this: there the platform names the conversation. */
export interface Correspondence {
  /** The subject without prefixes and tags, in lower case; empty when there is none. */
  baseSubject: string;
  /** Whether it says or shows that it answers something: a reply prefix, or quoted history. */
  isReply: boolean;
  /** Whether the receiving server found that it comes from whom it says (DMARC, RFC 8601 §2.7). */
  authenticated: boolean;
  /** Everybody it names beside our own address: they may go on with the conversation. */
  participants: Person[];
  /** The mail a colleague passed on by hand, if it is one: its author is the customer then, and `comment` what the colleague wrote above. */
  forwarded: ForwardedMail | null;
  /** An answer to a conversation closed longer than this many days opens a new one. */
  reopenDays: number;
  /** Join by subject and sender within so many days where no id is known; 0 for never. */
  subjectDays: number;
}

/** A message somebody wrote: a customer (`inbound`), or our side by another road (`outbound`: an echo, the Sent folder). */
export interface MessageEvent {
  type: 'message';
  direction: 'inbound' | 'outbound';
  kind: ConversationKind;
  /** Unique within the channel: two events with the same id are the same message. */
  externalId: string;
  /** Whose conversation this is: the author of an inbound message, the recipient of an outbound one. */
  customer: Person;
  /** Keys to look for, most trusted first: the first known one decides the conversation. */
  threadKeys: ThreadKey[];
  /** Keys by which later messages may refer to this one; stored with the conversation. */
  ownKeys: string[];
  subject: string | null;
  text: string;
  html: string | null;
  quotedText: string | null;
  sentAt: Date;
  attachments: ParsedAttachment[];
  /** What the connector will need to answer this message; kept with it and handed back to `prepare`. */
  envelope: Record<string, unknown>;
  /** False for auto-replies, bounces, lists and the like: stored, but they reopen nothing and set no one waiting. */
  human: boolean;
  /** On an echo of our own send where the platform returns it: the delivery's id. */
  deliveryId?: string;
  /** Absent where the platform itself says which conversation it is. */
  correspondence?: Correspondence;
  /** Something an agent should know before trusting it, as a sentence, e.g. that it lay in the junk folder. */
  warning?: string;
  /** Set when only part of it was taken in: {@link Connector.original} gives the rest. */
  partial?: boolean;
  /** The text of the automatic answer that the channel gives to a new conversation, unless a rule against loops forbids it. */
  autoAnswer?: string;
  /** The {@link externalId} of the message it answers, which may come later. */
  replyTo?: string;
  /** Files of the sender's that the platform gave only addresses of. */
  linked?: LinkedFile[];
  cards?: Card[];
  /** Of a comment: what it stands under. */
  post?: Post;
  /** Of our side's message by another road: who or what sent it, e.g. `Meta Business Suite`; null when it is not told. */
  sentBy?: string | null;
  /**
   * The platform may hand the same thing over under several ids: of messages with the same `of` from different `place`s within
   * `withinMs` the first stands for all. It never stands for one that names it, by any of its ids, in `apart`.
   */
  copy?: { of: string; place: string; withinMs: number; apart?: string[] };
  /** False for what the customer did without a word, such as coming from an ad: it counts as their doing, not as a message. */
  spoken?: false;
}

/**
 * What becomes of a message afterwards. Of several edits the highest `version` holds, then the latest; null is what it said, by
 * whatever version, when the platform was asked: that holds over all edits of before. A withdrawal is for ever.
 */
export type MessageChange =
  | { kind: 'edit'; text: string; version: number | null }
  /** Taken back by its author, or removed: what it said has to go here too. */
  | { kind: 'withdraw' }
  /** `by` is null for our side; a null `emoji` takes the reaction back. */
  | { kind: 'reaction'; by: Person | null; emoji: string | null }
  | { kind: 'hide'; hidden: boolean }
  | { kind: 'like'; liked: boolean };

/** A change to a message that is here or has yet to come: whatever the order, all changes together give the same. */
export interface ChangeEvent {
  type: 'change';
  /** The message's {@link MessageEvent.externalId}. */
  of: string;
  /** The same for the same change handed over twice, different for different changes of the channel. */
  key: string;
  at: Date;
  change: MessageChange;
}

/** Who may answer a chat at the platform: another app (`holder` names it, as far as it is told), or nobody but us (null). */
export interface ControlEvent {
  type: 'control';
  /** The chat, as {@link MessageEvent.ownKeys} has it. */
  threadKey: string;
  holder: string | null;
  at: Date;
}

/** Something new about a post that conversations may hang under. */
export interface PostEvent {
  type: 'post';
  post: Pick<Post, 'id'> & Partial<Post>;
  /** Whether it is gone. */
  removed: boolean;
  at: Date;
}

/** What became of a reply of ours, as the platform tells afterwards: a bounce, a delivery or read receipt. */
export interface ReceiptEvent {
  type: 'receipt';
  /** The reply's {@link MessageEvent.externalId}; or all that went to somebody until a moment of the platform's clock. The reply may yet have to be named so. */
  of: string | { threadKey: string; until: Date };
  /** With an id: whether what went before it in the same conversation shares its state. */
  andEarlier?: boolean;
  state: 'delivered' | 'read' | 'delayed' | 'failed';
  /** The recipient it speaks of; null for all of them. */
  recipient: string | null;
  at: Date;
  /** In plain words, for `delayed` and `failed`. `addressIsDead`: no mail will ever arrive there. */
  error: { code: string | null; message: string; action: string | null; addressIsDead: boolean } | null;
}

/** Understood, and nothing to show for it. */
export interface IgnoredEvent {
  type: 'ignored';
  reason: string;
}

export type InboundEvent = MessageEvent | ChangeEvent | ReceiptEvent | ControlEvent | PostEvent | IgnoredEvent;

/** What a reply window depends on, all from the database. */
export interface WindowFacts {
  kind: ConversationKind;
  /** The customer's last message, by the platform's clock; null when they never wrote. */
  lastInboundAt: Date | null;
  /** The last thing the customer did, be it without a word: a tap, a reaction, coming from an ad. */
  lastActionAt: Date | null;
  /** The comment that is answered; null where there is none. */
  comment: CommentFacts | null;
}

export interface CommentFacts {
  writtenAt: Date;
  /** Whether it was answered privately before; platforms allow one. */
  answeredPrivately: boolean;
  /** Whether it, or the post above it, is gone. */
  gone: boolean;
  isLive: boolean;
}

/** How an answer is meant: `mode` where there is a choice, `automatic` when no person writes it. */
export interface ReplyKind {
  mode: ReplyMode | null;
  automatic: boolean;
}

/** Whether we may answer now. `reason` is for agents, `closesAt` null when it never closes. */
export interface ReplyWindow {
  open: boolean;
  mode: string;
  closesAt: Date | null;
  reason: string | null;
}

/** A reply as the agent wrote it, before the connector fixes how it travels. */
export interface Draft {
  deliveryId: string;
  text: string;
  html: string | null;
  subject: string | null;
  cc: string[];
  bcc: string[];
  agentName: string;
  customer: Person;
  /** The envelope of the message being answered: the one named, else the customer's latest; null if there is none. */
  answering: Record<string, unknown> | null;
  /** What was written in that message, to be quoted where that is the custom. */
  quoting: { author: string; sentAt: Date; text: string; html: string | null } | null;
  /** The agent's own signature, as text. */
  signature: string | null;
  /** True when no person wrote it: it must say so, so that machines do not answer it (RFC 3834 §3). */
  automatic: boolean;
  /** When it is to leave: now, or the time it is planned for. */
  at: Date;
  /** Of an answer to a comment. */
  mode?: ReplyMode;
  /** The platform's id of the message that `answering` belongs to. */
  answeringId?: string;
  /** The platform's id of the message that the agent chose to answer; absent when they chose none. */
  replyTo?: string;
}

/** A file as it is known before it is sent. Bytes. */
export interface FileFacts {
  id: string;
  filename: string;
  contentType: string;
  size: number;
}

/** One message of several that a reply leaves as. */
export interface Part {
  text: string;
  fileIds: string[];
}

/** How a reply would travel, to be shown before it is written. */
export interface Suggestion {
  to: string[];
  /** Who else was written to; the agent decides whether they get the answer too. */
  cc: string[];
  subject: string | null;
  /** What will stand below the text, variables filled in; null for none. */
  signature: string | null;
  quotes: boolean;
}

/** What is decided once, when the agent presses send, and stored with the message before the first attempt. */
export interface Prepared {
  /** Known beforehand where we name our own messages (mail); else null until the platform answers. */
  externalId: string | null;
  /** Recipients, subject, ids: everything `send` needs beside text and attachments. */
  envelope: Record<string, unknown>;
  ownKeys: string[];
  /** All addresses it goes to, where there can be several: their fate is kept apart. */
  recipients?: string[];
}

export interface OutgoingAttachment {
  id: string;
  filename: string;
  contentType: string;
  content: Buffer;
  /** Where the platform can fetch it for an hour, without signing in; absent while nobody outside can reach us. */
  url?: string;
}

export interface Outgoing {
  deliveryId: string;
  externalId: string | null;
  text: string;
  html: string | null;
  envelope: Record<string, unknown>;
  attachments: OutgoingAttachment[];
  /** Those of {@link Prepared.recipients} who do not have it yet: only they get it now. */
  recipients?: string[];
  /** From {@link Connector.replyWindow} at this moment. */
  windowMode: string;
  /** Await this right before the first byte leaves that the customer could receive. Without it a crash means "surely not sent". */
  committing(): Promise<void>;
}

/** The platform took the message. `externalId` is its name there, `ownKeys` further names later messages may refer to it by. */
export interface Sent {
  externalId: string;
  ownKeys?: string[];
  /** Recipients the server refused while it took the message for the others. */
  refused?: RefusedRecipient[];
  /** The private chat that this opened with the author of a comment: who they are there, and the keys of the chat. */
  opened?: { person: Person; ownKeys: string[] };
}

/** Something done at the platform that is no message. `of` is a message's {@link MessageEvent.externalId}. */
export type Action =
  | { kind: 'react'; of: string; customer: Person; emoji: string | null }
  | { kind: 'seen'; customer: Person }
  | { kind: 'typing'; customer: Person; on: boolean }
  | { kind: 'moderate'; of: string; moderation: Moderation }
  /** Take a chat over that another app holds. */
  | { kind: 'take-over'; customer: Person };

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

/** `absent` only when the platform's own record was read and covers the time in question. */
export type Found = { state: 'sent'; externalId: string } | { state: 'absent' } | { state: 'unknown' };

/**
 * The code for a platform. Below its Nest module a connector is plain functions that know neither Nest nor the database.
 * `type` is stored and never renamed.
 */
export interface Connector<S extends object = object> {
  type: string;
  label: string;
  /** What a raw event is called when it is saved as a file, without the dot: `eml`, `json`. */
  rawExtension: string;
  kinds: ConversationKind[];
  /** A class-validator class; its JSON schema draws the settings form, `writeOnly` properties are secrets. */
  settings: new () => S;
  capabilities: Capabilities;
  /** Of public answers to comments, where they differ. */
  publicCapabilities?: Capabilities;
  /** Whether an admin has to name the account's address, because the settings do not tell it. */
  asksAddress: boolean;
  account(input: { address?: string; settings: S }): Account;
  /** Live checks, each failing with the platform's own words. Never throws for a refusal. */
  check(account: Account, settings: S): Promise<Check[]>;
  source: WatchSource<S> | WebhookSource;
  /**
   * Pure: bytes in, events out. Throws `MalformedPayload` when nothing can be made of them: the payload is quarantined.
   * Large attachments may be left as files in `spool`, a directory of this one call, to be made by who needs it.
   */
  parse(event: RawEvent, channel: ChannelAccess<S>, spool: string): Promise<InboundEvent[]> | InboundEvent[];
  /** Name and picture of someone the platform gave only an id for. Asked apart from the message; its failure costs nothing. */
  whoIs?(person: Person, channel: ChannelAccess<S>): Promise<Profile>;
  /** What is to be known of a post; null when the platform does not tell. Asked apart from the message; its failure costs nothing. */
  postOf?(postId: string, channel: ChannelAccess<S>): Promise<Post | null>;
  /** Pure: may we answer now, how, until when, and why not. */
  replyWindow(facts: WindowFacts, now: Date, reply?: ReplyKind): ReplyWindow;
  /**
   * Pure: the messages that a reply leaves as, in order; one where it fits. Absent: always one. Throws a `rejected`
   * `ConnectorError` that names the file or text which cannot be sent.
   */
  split?(reply: { text: string; files: FileFacts[]; mode: ReplyMode | null }): Part[];
  /** Pure: to whom and how an answer would go, where an agent may want to know beforehand. Throws as `prepare` does. */
  suggest?(draft: Omit<Draft, 'text' | 'html' | 'cc' | 'bcc'>, channel: ChannelAccess<S>): Suggestion;
  /** Pure: fixes recipients, subject and ids of a reply. Throws a `rejected` `ConnectorError` with a reason an agent understands. */
  prepare(draft: Draft, channel: ChannelAccess<S>): Prepared;
  /** Sends once. Throws `ConnectorError`; its `outcome` says whether the customer may have got it. */
  send(outgoing: Outgoing, channel: ChannelAccess<S>): Promise<Sent>;
  /** After a crash or an unclear answer: did it reach the platform? `since` is when it was committed. */
  find(outgoing: Omit<Outgoing, 'committing'>, channel: ChannelAccess<S>, since: Date): Promise<Found>;
  /** Does something that is no message. Doing it twice is the same as once. Throws `ConnectorError`. */
  act?(action: Action, channel: ChannelAccess<S>): Promise<void>;
  /** Asks how the account is doing and mends what can be mended. Throws `auth` when a person has to sign in again. */
  upkeep?(channel: ChannelAccess<S>): Promise<Upkeep>;
  /** Pure: the id of the person who granted us access, as {@link Notice.userId} names them; null when unknown. */
  grantedBy?(settings: S): string | null;
  /** After a channel was removed: tell the platform to send no more. Its failure is only logged. */
  leave?(channel: ChannelAccess<S>): Promise<void>;
  /** After a successful send, apart from it: e.g. file a copy in the Sent folder. Its failure never re-sends. */
  afterSend?(outgoing: Omit<Outgoing, 'committing'>, channel: ChannelAccess<S>): Promise<void>;
  /** How many messages a minute may leave; null where there is no such limit. */
  rate?(settings: S): number | null;
  /** What a working account offers for a setting, e.g. its folders: setting name → values. Asked when an admin tries the settings. */
  choices?(settings: S): Promise<Record<string, string[]>>;
  /** Compares what the platform holds with what is stored, and stores what is missing. */
  audit?(context: AuditContext<S>): Promise<Audit>;
  /** The whole of a message that was taken in only in part; `context` and `platformId` are its raw event's. Throws `ConnectorError`. */
  original?(event: Pick<RawEvent, 'context' | 'platformId'>, channel: ChannelAccess<S>): Promise<Readable>;
  door?: Door<S>;
  signIn?: SignIn<S>;
  /** Pure: whether the settings run out within minutes, so that {@link refresh} is due. */
  refreshDue?(settings: S, now: Date): boolean;
  /**
   * What replaces settings that run out, or null when they still do for the moment. Called by one process at a time;
   * throws `auth` when a person has to sign in again, `unavailable` when it may be tried later.
   */
  refresh?(settings: S, now: Date): Promise<Partial<S> | null>;
}
