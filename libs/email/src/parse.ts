import type { ChannelAccess, InboundEvent, MessageEvent, Person, RawEvent } from '#libs/connector';
import { sameMailbox, type MailAddress } from './addresses.js';
import type { ReceivedEnvelope } from './envelope.js';
import { originOf } from './message-ids.js';
import { firstHeader } from './raw-headers.js';
import { readMail, type Mail } from './read-mail.js';
import { messageIdKey, threadKeys } from './thread-keys.js';

type Channel = Omit<ChannelAccess, 'settings'>;

/**
 * One mail, one message. Throws {@link MalformedPayload} when the bytes are no mail.
 *
 * `externalId`: a reply of ours that comes back (Bcc, a list, the Sent folder) is known by its Message-ID, whose MAC
 * proves it ours: `mid:<id>`, as `prepare` gave it beforehand. Every other mail is called by the key of its raw event,
 * made of Message-ID and content: broken senders give one Message-ID to different mails, and each must be a message.
 */
export async function parse(event: RawEvent, channel: Channel): Promise<InboundEvent[]> {
  const mail = await readMail(event.payload, event.receivedAt);
  const origin = originOf(mail.messageId ?? '', channel);
  const externalId = origin.by === 'us' && mail.messageId ? messageIdKey(mail.messageId) : event.key;
  const parties = partiesOf(mail, channel.address, event.key);
  const message: MessageEvent = {
    type: 'message',
    kind: 'email',
    ...parties,
    externalId,
    threadKeys: threadKeys(mail, channel),
    ownKeys: [mail.messageId && origin.by !== 'forger' ? messageIdKey(mail.messageId) : externalId],
    subject: mail.subject,
    text: mail.replyText + sizeNote(event.context.fullSize),
    html: mail.html,
    quotedText: mail.quotedText,
    // The Date header is the sender’s claim; of mail that comes in now the server knows better. History may have been moved between servers.
    sentAt: (event.backfill && mail.date) || event.receivedAt,
    attachments: mail.attachments,
    envelope: { ...envelopeOf(mail) },
    human: mail.kind === 'human',
    ...(origin.by === 'us' && { deliveryId: origin.deliveryId }),
  };
  return [message];
}

/** Who wrote to whom. A mail from our own address is our side's, unless it fails authentication or is a contact form's, with the visitor in Reply-To. */
function partiesOf(mail: Mail, own: string, key: string): Pick<MessageEvent, 'direction' | 'customer'> {
  const stranger = (addresses: MailAddress[]) => addresses.find(({ address }) => !sameMailbox(address, own));
  const fromUs = mail.from && sameMailbox(mail.from.address, own) && !failsAuthentication(mail);
  const repliesTo = stranger(mail.replyTo);
  const recipient = stranger([...mail.to, ...mail.cc]);
  if (fromUs && recipient && !repliesTo) return { direction: 'outbound', customer: person(recipient) };
  const author = fromUs ? (repliesTo ?? mail.from) : mail.from;
  return { direction: 'inbound', customer: author ? person(author) : { scope: 'email', id: `unknown:${key}`, name: null } };
}

function person({ name, address }: MailAddress): Person {
  return { scope: 'email', id: address.toLowerCase(), name: name || null };
}

/** The receiving server notes its own verdict on top of what others may have noted (RFC 8601 §5). */
function failsAuthentication(mail: Mail): boolean {
  return /\bdmarc=fail\b/i.test(firstHeader(mail.headers, 'authentication-results'));
}

function envelopeOf({ messageId, references, subject, from, replyTo, to, cc, date, headers }: Mail): ReceivedEnvelope {
  const header = (name: string) => firstHeader(headers, name).slice(0, 2000) || null;
  const thread = { threadIndex: header('thread-index'), threadTopic: header('thread-topic') };
  return { messageId, references, subject, from, replyTo, to, cc, date: date?.toISOString() ?? null, ...thread };
}

function sizeNote(fullSize: string | undefined): string {
  if (!fullSize) return '';
  return `\n\n[This mail of ${Math.round(Number(fullSize) / 2 ** 20)} MB is too large to be taken in whole. It is complete in the mailbox.]`;
}
