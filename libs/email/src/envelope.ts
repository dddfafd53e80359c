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
}

/** Everything about a reply beside its text, fixed when the agent presses send. Ids are without brackets. */
export interface SendEnvelope {
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  subject: string;
  from: MailAddress;
  replyTo: string | null;
  to: MailAddress[];
  cc: string[];
  bcc: string[];
}
