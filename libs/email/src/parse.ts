import { MalformedPayload, type ChannelAccess, type InboundEvent, type MessageEvent, type RawEvent } from '#libs/connector';
import { correspondenceOf, mayBeAnsweredByMachine } from './correspondence.js';
import type { ReceivedEnvelope } from './envelope.js';
import { forwardOf } from './forward.js';
import { originOf } from './message-ids.js';
import { partiesOf, person, throughOurOwnList, type Parties } from './parties.js';
import { firstHeader } from './raw-headers.js';
import { readMail, type Mail } from './read-mail.js';
import { receiptsOf } from './receipts.js';
import type { EmailSettings } from './settings.js';
import { messageIdKey, threadIndexKey, threadKeys } from './thread-keys.js';
import { warningOf } from './warnings.js';

/** Parsing needs few of the settings; a channel whose secrets are gone is still read. */
type Channel = Omit<ChannelAccess, 'settings'> & { settings: Partial<EmailSettings> };

/**
 * One mail: one message, and what it tells of mails of ours that it is a report about. Throws {@link MalformedPayload}
 * when the bytes are no mail.
 *
 * `externalId`: a reply of ours that comes back (Bcc, a list, the Sent folder) is known by its Message-ID, whose MAC
 * proves it ours: `mid:<id>`, as `prepare` gave it beforehand. Every other mail is called by the key of its raw event,
 * made of Message-ID and content: broken senders give one Message-ID to different mails, and each must be a message.
 */
export async function parse(event: RawEvent, channel: Channel, spool: string): Promise<InboundEvent[]> {
  const mail = await readMail(event.payload, event.receivedAt, spool);
  const parties = partiesOf(mail, channel.address, event.context.role);
  if (parties.direction === 'outbound' && !parties.customer) return [{ type: 'ignored', reason: 'A mail from us to nobody but ourselves' }];
  const message = await messageOf(mail, parties, event, channel, spool);
  return [message, ...receiptsOf(mail, channel, event.receivedAt)];
}

async function messageOf(mail: Mail, parties: Parties, event: RawEvent, channel: Channel, spool: string): Promise<MessageEvent> {
  const { settings, address: own } = channel;
  const origin = originOf(mail.messageId ?? '', channel);
  const externalId = origin.by === 'us' && mail.messageId ? messageIdKey(mail.messageId) : event.key;
  const forward =
    parties.direction === 'inbound' && mail.kind === 'human' ? await forwardOf(mail, readInner(event.receivedAt, spool)) : null;
  const message: MessageEvent = {
    type: 'message',
    kind: 'email',
    direction: parties.direction,
    customer: parties.customer ? person(parties.customer) : { scope: 'email', id: `unknown:${event.key}`, name: null },
    externalId,
    threadKeys: threadKeys(mail, channel),
    ownKeys: ownKeys(mail, origin.by === 'forger' ? null : mail.messageId, externalId),
    subject: mail.subject,
    text: mail.replyText,
    html: mail.html,
    quotedText: mail.quotedText,
    // The Date header is the sender’s claim; of mail that comes in now the server knows better. History may have been moved between servers.
    // Made anew, because a Date that another thread handed over need not be one to whoever asks with instanceof.
    sentAt: new Date((event.backfill && mail.date) || event.receivedAt),
    attachments: mail.attachments,
    envelope: { ...envelopeOf(mail, parties) },
    human: isHuman(mail, parties, own),
    correspondence: correspondenceOf(mail, own, parties.customer, forward, settings),
    ...(origin.by === 'us' && { deliveryId: origin.deliveryId }),
    ...(event.context.fullSize && { partial: true }),
  };
  const warning = parties.direction === 'inbound' ? warningOf(mail, channel, event.context.role) : null;
  const mayAnswer = !event.backfill && event.context.role !== 'junk' && mayBeAnsweredByMachine(mail, message);
  return { ...message, ...(warning && { warning }), ...(settings.autoAnswer && mayAnswer && { autoAnswer: settings.autoAnswer }) };
}

/** Files of a mail within a mail stay in it. */
const readInner = (receivedAt: Date, spool: string) => (raw: Buffer) =>
  raw.length ? readMail(raw, receivedAt, spool) : Promise.reject(new MalformedPayload('It is too large to look into'));

/** Outlook's thread is noted with every mail that bears one, for answers that bear nothing else. */
function ownKeys(mail: Mail, messageId: string | null, externalId: string): string[] {
  const thread = threadIndexKey(mail);
  return [messageId ? messageIdKey(messageId) : externalId, ...(thread ? [thread] : [])];
}

/** What a visitor typed into a form, or wrote to a group of ours, is a person's, although a machine passed it on. */
function isHuman({ kind, ...mail }: Mail, { because }: Parties, own: string): boolean {
  if (kind === 'human') return true;
  if (because === 'contact-form') return kind === 'auto_generated' || kind === 'list';
  return kind === 'list' && throughOurOwnList({ ...mail, kind }, own);
}

function envelopeOf(mail: Mail, { customer, because }: Parties): ReceivedEnvelope {
  const { messageId, references, subject, from, to, cc, date, headers } = mail;
  const header = (name: string) => firstHeader(headers, name).slice(0, 2000) || null;
  const thread = { threadIndex: header('thread-index'), threadTopic: header('thread-topic') };
  // Behind a form or a list the answer goes to the person alone.
  const replyTo = because && customer ? [customer] : mail.replyTo;
  return { messageId, references, subject, from, replyTo, to, cc, date: date?.toISOString() ?? null, ...thread };
}
