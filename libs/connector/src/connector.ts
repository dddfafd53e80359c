import type { Readable } from 'node:stream';
import type { Account, Capabilities, ChannelAccess, Check, ConversationKind, Profile, ReplyMode, SignIn, Upkeep } from './channel.js';
import type { InboundEvent, Person, Post } from './event.js';
import type {
  Action,
  Draft,
  FileFacts,
  Found,
  Outgoing,
  Part,
  Patience,
  Prepared,
  ReplyKind,
  ReplyWindow,
  Sent,
  Suggestion,
  WindowFacts,
} from './reply.js';
import type { Audit, AuditContext, Door, RawEvent, WatchSource, WebhookSource } from './source.js';

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
  /** When a message with a {@link MessageEvent.roughTime} was written; null when the platform does not tell. Asked apart from the message. */
  timeOf?(externalId: string, channel: ChannelAccess<S>): Promise<Date | null>;
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
  /** How long a reply is tried; absent: through an outage of a day. */
  patience?: Patience;
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
