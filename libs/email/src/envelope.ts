import type { MailAddress } from './addresses.js';

/** What is kept of a received mail for the day it is answered. */
export interface ReceivedEnvelope {
  messageId: string | null;
  references: string[];
  subject: string | null;
  from: MailAddress | null;
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  date: string | null;
  /** Outlook's name for the thread and the subject it began with, as they came: base64, and perhaps encoded words. */
  threadIndex: string | null;
  threadTopic: string | null;
}

/** Everything about a reply beside its text and files, fixed when the agent presses send. Ids are without brackets. */
export interface SendEnvelope {
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  threadIndex: string;
  threadTopic: string;
  subject: string;
  from: MailAddress;
  replyTo: string | null;
  to: MailAddress[];
  cc: string[];
  bcc: string[];
  /** ISO time: the same on each attempt, so that what is filed in Sent is what was sent. */
  date: string;
  /** What stands below the text, variables filled in. */
  signature: string | null;
  quote: Quote | null;
  /** On a mail no person wrote: what we know it by should it come back. */
  loopMark: string | null;
}

/** The mail being answered, as it stands below the answer. */
export interface Quote {
  text: string;
  html: string;
}
