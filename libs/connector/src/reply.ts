import type { RefusedRecipient } from './connector-error.js';
import type { ConversationKind, Moderation, ReplyMode } from './channel.js';
import type { Person } from './event.js';

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

/**
 * How long a reply is worth trying that the platform does not take for now, in milliseconds: the waits after the first, second, …
 * attempt, and how long after the first one the last may be.
 */
export interface Patience {
  waits: number[];
  most: number;
}

/** Something done at the platform that is no message. `of` is a message's {@link MessageEvent.externalId}. */
export type Action =
  | { kind: 'react'; of: string; customer: Person; emoji: string | null }
  | { kind: 'seen'; customer: Person }
  | { kind: 'typing'; customer: Person; on: boolean }
  | { kind: 'moderate'; of: string; moderation: Moderation }
  /** Take a chat over that another app holds. */
  | { kind: 'take-over'; customer: Person };

/** `absent` only when the platform's own record was read and covers the time in question. */
export type Found = { state: 'sent'; externalId: string } | { state: 'absent' } | { state: 'unknown' };
