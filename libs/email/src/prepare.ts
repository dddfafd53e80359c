import { ConnectorError, type ChannelAccess, type Draft, type Prepared } from '#libs/connector';
import { isAddress, sameMailbox, type MailAddress } from './addresses.js';
import type { ReceivedEnvelope, SendEnvelope } from './envelope.js';
import { ownMessageId, tokenAddress } from './message-ids.js';
import type { EmailSettings } from './settings.js';
import { messageIdKey, tokenKey } from './thread-keys.js';

/** "Re:" as mail programs of many languages write it, with counters. */
const replyPrefix = /^\s*(re|aw|sv|vs|antw|odp|rv|res|r|réf|vá|ynt|απ|ответ|回复|答复|返信|회신)(\[\d+\]|\(\d+\))?\s*[:：]/i;

/** Fixes how a reply travels. Throws a `rejected` {@link ConnectorError} when there is no one to send it to, or an address or subject cannot be used. */
export function prepare(draft: Draft, channel: ChannelAccess<EmailSettings>): Prepared {
  const answered = draft.answering as Partial<ReceivedEnvelope> | null;
  const to = recipient(draft, answered, channel.address);
  const messageId = ownMessageId(draft.deliveryId, channel);
  const replyTo = channel.settings.plusAddressing ? tokenAddress(draft.deliveryId, channel) : null;
  const copies = (addresses: string[]) =>
    addresses.map(checked).filter((address) => !sameMailbox(address, channel.address) && !sameMailbox(address, to.address));
  const envelope: SendEnvelope = {
    messageId,
    inReplyTo: answered?.messageId ?? null,
    references: references(answered),
    subject: subject(draft, answered),
    from: { name: oneLine(draft.agentName, 'The sender name'), address: channel.address },
    replyTo,
    to: [to],
    cc: copies(draft.cc),
    bcc: copies(draft.bcc),
  };
  return {
    externalId: messageIdKey(messageId),
    envelope: { ...envelope },
    ownKeys: [messageIdKey(messageId), ...(replyTo ? [tokenKey(draft.deliveryId)] : [])],
  };
}

/** Reply-To goes before From (RFC 5322 §3.6.2), but never back to ourselves. */
function recipient(draft: Draft, answered: Partial<ReceivedEnvelope> | null, own: string): MailAddress {
  const customer = { name: draft.customer.name ?? '', address: draft.customer.id };
  const wanted = [...(answered?.replyTo ?? []), ...(answered?.from ? [answered.from] : []), customer];
  const found = wanted.find(({ address }) => isAddress(address) && !sameMailbox(address, own));
  if (found) return { name: found.name.replace(/[\r\n]+/g, ' '), address: found.address };
  throw new ConnectorError('rejected', 'The sender of this mail left no usable address, so there is no one to answer', {
    action: 'Find the right address in the mail and write to it as a new message.',
  });
}

function checked(address: string): string {
  const trimmed = address.trim();
  if (isAddress(trimmed) && !/[\r\n]/.test(address)) return trimmed;
  throw new ConnectorError('rejected', `"${address.replace(/\s+/g, ' ')}" is not a mail address`, {
    action: 'Correct the address and send again.',
  });
}

function subject(draft: Draft, answered: Partial<ReceivedEnvelope> | null): string {
  const base = oneLine(draft.subject ?? answered?.subject ?? '', 'The subject');
  return !answered || replyPrefix.test(base) ? base : `Re: ${base}`.trim();
}

function oneLine(text: string, what: string): string {
  if (!/[\r\n]/.test(text)) return text.trim();
  throw new ConnectorError('rejected', `${what} must not contain line breaks`, { action: 'Remove the line break and send again.' });
}

/** The thread so far, trimmed to what header lines bear: the first id and the newest, below 900 bytes. */
function references(answered: Partial<ReceivedEnvelope> | null): string[] {
  const all = [...new Set([...(answered?.references ?? []), ...(answered?.messageId ? [answered.messageId] : [])])];
  const [first = '', ...rest] = all;
  const kept: string[] = [];
  let bytes = first.length;
  for (const id of rest.reverse()) {
    if (kept.length >= 15 || (bytes += id.length + 3) > 900) break;
    kept.unshift(id);
  }
  return first ? [first, ...kept] : [];
}
