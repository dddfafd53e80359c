import type { Content, ParsedAttachment } from '#libs/connector';
import type { MailAddress } from './addresses.js';
import type { Bounce } from './bounce.js';
import type { Calendar } from './calendar.js';
import type { MailKind } from './kind.js';
import type { RawHeader } from './raw-headers.js';
import { readInThread } from './reader-pool.js';

/** A mail understood: everything the product shows or threads by. Ids are without brackets. Plain data. */
export interface Mail {
  messageId: string | null;
  inReplyTo: string[];
  references: string[];
  subject: string | null;
  /** Null when no usable address is in From, Sender or Return-Path. */
  from: MailAddress | null;
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  /** As the sender claims; null when the mail names none, or an absurd one: before 1990, or more than a day after its receipt. */
  date: Date | null;
  /** The whole readable body; HTML-only mail converted. */
  text: string;
  replyText: string;
  quotedText: string | null;
  html: string | null;
  attachments: ParsedAttachment[];
  kind: MailKind;
  bounce: Bounce | null;
  /** The invitation, answer or cancellation in it, if there is one. */
  calendar: Calendar | null;
  headers: RawHeader[];
}

/**
 * Reads a mail in a thread of its own that is ended when it takes too long or too much memory. Attachments above 256 KB
 * become files in `spool`. Throws {@link MalformedPayload} for what is no mail, or one made to exhaust a parser.
 */
export function readMail(source: Content, receivedAt: Date, spool: string): Promise<Mail> {
  return readInThread({ source, receivedAt, spool });
}
