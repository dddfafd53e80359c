import { ConnectorError, type ChannelAccess, type Draft, type Prepared, type Suggestion } from '#libs/connector';
import { isAddress } from './addresses.js';
import type { ReceivedEnvelope, SendEnvelope } from './envelope.js';
import { loopMark, ownMessageId, tokenAddress } from './message-ids.js';
import { quoteOf } from './quote.js';
import { isOurs, recipientsOf, sameAddress } from './recipients.js';
import type { EmailSettings } from './settings.js';
import { signatureOf } from './signature.js';
import { saysForward, saysReply } from './subject.js';
import { answeringIndex } from './thread-index.js';
import { messageIdKey, tokenKey } from './thread-keys.js';

type Channel = ChannelAccess<EmailSettings>;
type Answered = Partial<ReceivedEnvelope> | null;

/** Fixes how a reply travels. Throws a `rejected` {@link ConnectorError} when there is no one to send it to, or an address or subject cannot be used. */
export function prepare(draft: Draft, channel: Channel): Prepared {
  const answered = draft.answering as Answered;
  const { to } = recipientsOf(draft, channel.address);
  const messageId = ownMessageId(draft.deliveryId, channel);
  const replyTo = channel.settings.plusAddressing ? tokenAddress(draft.deliveryId, channel) : null;
  const copies = (addresses: string[]) =>
    addresses.map(checked).filter((copy) => !isOurs(copy, channel.address) && !to.some(({ address }) => sameAddress(address, copy)));
  const envelope: SendEnvelope = {
    messageId,
    ...threadOf(draft, answered, messageId),
    subject: subjectOf(draft),
    from: { name: oneLine(draft.agentName, 'The sender name'), address: channel.address },
    replyTo,
    to,
    cc: copies(draft.cc),
    bcc: copies(draft.bcc),
    date: draft.at.toISOString(),
    signature: signatureOf(draft, channel),
    quote: quotes(draft, channel) ? quoteOf(draft.quoting) : null,
    loopMark: draft.automatic ? loopMark(draft.deliveryId, channel) : null,
  };
  return {
    externalId: messageIdKey(messageId),
    envelope: { ...envelope },
    ownKeys: [messageIdKey(messageId), ...(replyTo ? [tokenKey(draft.deliveryId)] : [])],
    recipients: allRecipients(envelope),
  };
}

/** To whom an answer would go and what would stand below it, as {@link prepare} decides it. */
export function suggest(draft: Omit<Draft, 'text' | 'html' | 'cc' | 'bcc'>, channel: Channel): Suggestion {
  const { to, cc } = recipientsOf(draft, channel.address);
  return {
    to: to.map(({ name, address }) => (name ? `${name} <${address}>` : address)),
    cc: cc.map(({ address }) => address),
    subject: subjectOf(draft),
    signature: signatureOf(draft, channel),
    quotes: quotes(draft, channel) && quoteOf(draft.quoting) !== null,
  };
}

/** All addresses a reply goes to, each once; the first is whom it is for. */
export function allRecipients({ to, cc, bcc }: Pick<SendEnvelope, 'to' | 'cc' | 'bcc'>): string[] {
  const all = [...to.map(({ address }) => address), ...cc, ...bcc];
  return all.filter((address, index) => all.findIndex((other) => sameAddress(other, address)) === index);
}

/** An automatic answer goes to whoever is named as the sender: with a quote, anybody could have us carry their words to strangers. */
const quotes = ({ automatic }: Pick<Draft, 'automatic'>, { settings }: Channel) => !automatic && (settings.quotePrevious ?? true);

function checked(address: string): string {
  const trimmed = address.trim();
  if (isAddress(trimmed) && !/[\r\n]/.test(address)) return trimmed;
  throw new ConnectorError('rejected', `"${address.replace(/\s+/g, ' ')}" is not a mail address`, {
    action: 'Correct the address and send again.',
  });
}

/** That of the mail answered, whatever the conversation is called: mail programs break a thread where the subject changes. */
function subjectOf({ subject, answering }: Pick<Draft, 'subject' | 'answering'>): string {
  const base = oneLine((answering as Answered)?.subject ?? subject ?? '', 'The subject');
  return answering && !saysReply(base) ? `Re: ${base}`.trim() : base;
}

function oneLine(text: string, what: string): string {
  if (!/[\r\n]/.test(text)) return text.trim();
  throw new ConnectorError('rejected', `${what} must not contain line breaks`, { action: 'Remove the line break and send again.' });
}

function threadOf(draft: Draft, answered: Answered, messageId: string) {
  const references = referencesOf(answered);
  return {
    inReplyTo: answered?.messageId ?? null,
    references,
    threadIndex: answeringIndex(answered?.threadIndex ?? null, references[0] ?? messageId, draft.at),
    threadTopic: answered?.threadTopic ?? threadTopic(subjectOf(draft)),
  };
}

/** The subject the thread began with, as Outlook has it: without the prefixes of answers and forwards. */
function threadTopic(subject: string): string {
  const rest = subject.replace(/^[^:：]*[:：]\s*/, '');
  return rest !== subject && (saysReply(subject) || saysForward(subject)) ? threadTopic(rest) : subject;
}

/** The thread so far (RFC 5322 §3.6.4), trimmed to what header lines bear: the first id and the newest, below 900 bytes. */
function referencesOf(answered: Answered): string[] {
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
