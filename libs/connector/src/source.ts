import type { ChannelAccess, Notice } from './channel.js';

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
  /** The key of an event that was stored without its payload, because it could not be fetched then; this one takes its place. */
  replaces?: string;
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

/** One event out of a webhook body, addressed to an account of the named connector. */
export interface WebhookPart {
  connector: string;
  account: string;
  event: RawEvent;
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
