import type { ChannelAccess, ReceiptEvent } from '#libs/connector';
import { originalIds, readReports, type Report } from './bounce.js';
import { originOf } from './message-ids.js';
import type { Mail } from './read-mail.js';
import { firstHeader } from './raw-headers.js';
import { disposition } from './reports.js';
import { meaningOf } from './status-words.js';
import { messageIdKey } from './thread-keys.js';

type Channel = Pick<ChannelAccess, 'id' | 'signingKey'>;

/**
 * What a bounce, a delay notice or a read receipt tells of a mail of ours, recipient by recipient. It must name a
 * Message-ID that we made: anybody can send a bounce, and a forged one must not stop us from writing to a customer.
 * Amazon SES puts an id of its own, as hard to guess, in the place of ours.
 */
export function receiptsOf(mail: Mail, channel: Channel, at: Date): ReceiptEvent[] {
  const ids = originalIds(mail.attachments, mail.headers, mail.text);
  const ours = ids.find((id) => originOf(id, channel).by === 'us') ?? ids.find((id) => /@([\w-]+\.)*amazonses\.com$/i.test(id));
  if (!ours) return [];
  const of = messageIdKey(ours);
  if (mail.kind === 'bounce') return readReports(mail.attachments, mail.headers, mail.text).flatMap((report) => receiptOf(report, of, at));
  return readReceiptOf(mail, of, at);
}

function receiptOf(report: Report, of: string, at: Date): ReceiptEvent[] {
  const state = states[report.action ?? ''];
  if (!state) return [];
  const recipient = (report.original ?? report.recipient)?.toLowerCase() ?? null;
  if (state === 'delivered') return [{ type: 'receipt', of, state, recipient, at, error: null }];
  const meaning = meaningOf(report.status, report.diagnostic, state === 'delayed');
  const said = report.diagnostic ? ` The server said: ${report.diagnostic.slice(0, 300)}` : '';
  return [{ type: 'receipt', of, state, recipient, at, error: { ...meaning, code: report.status, message: `${meaning.message}${said}` } }];
}

/** `relayed` and `expanded` (RFC 3464 §2.3.3) only say that nobody will tell us more. */
const states: Record<string, 'failed' | 'delayed' | 'delivered'> = { failed: 'failed', delayed: 'delayed', delivered: 'delivered' };

/** A message disposition notification (RFC 8098): `displayed` means that it was opened; others tell nothing of that. */
function readReceiptOf(mail: Mail, of: string, at: Date): ReceiptEvent[] {
  const fields = disposition(mail);
  if (!fields || !/;\s*(displayed|read)\b/i.test(firstHeader(fields, 'disposition'))) return [];
  const recipient = firstHeader(fields, 'final-recipient')
    .replace(/^[\w-]+\s*;\s*/, '')
    .toLowerCase();
  return [{ type: 'receipt', of, state: 'read', recipient: recipient || null, at, error: null }];
}
