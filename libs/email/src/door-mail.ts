import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SMTPServerDataResult, SMTPServerDataStream, SMTPServerEnvelope } from 'smtp-server';
import type { Content, Door, WebhookPart } from '#libs/connector';
import { isAddress } from './addresses.js';
import { piecesOf, Spool } from './content.js';
import { identityOf } from './identity.js';
import type { EmailSettings } from './settings.js';

type DoorContext = Parameters<Door<EmailSettings>['open']>[0];

/** A connected channel, and which of its addresses were named. */
interface Recipient {
  account: string;
  addresses: string[];
  maxBytes: number;
}

const defaultMegabytes = 50;

/** An answer that refuses, for good (5xx) or for now (4xx), with its enhanced code (RFC 3463) before the words. */
export const answer = (responseCode: number, words: string): Error => Object.assign(new Error(words), { responseCode });

const unknown = () => answer(550, '5.1.1 This address belongs to no mailbox that is connected here');
const tooLarge = ({ maxBytes }: Recipient) => answer(552, `5.3.4 This address takes mails of up to ${maxBytes / 2 ** 20} MB`);

/** Why mail for this address is not taken, or null when it is. A size declared beforehand (RFC 1870 §6) saves sending the mail. */
export async function refusalOf(address: string, { mailFrom }: SMTPServerEnvelope, context: DoorContext): Promise<Error | null> {
  const [recipient] = await recipientsOf([address], context);
  if (!recipient) return unknown();
  const declared = Number((mailFrom && mailFrom.args && mailFrom.args.SIZE) || 0);
  return declared > recipient.maxBytes ? tooLarge(recipient) : null;
}

/**
 * Stores a mail, once for each channel it is for, and answers for each recipient in their order. Where there can be only
 * one answer (`each` is false), it is stored for all or for none. Rejects when it could not be stored.
 */
export async function takeMail(
  stream: SMTPServerDataStream,
  { mailFrom, rcptTo }: SMTPServerEnvelope,
  context: DoorContext,
  each: boolean,
): Promise<SMTPServerDataResult[]> {
  const recipients = await recipientsOf(
    rcptTo.map(({ address }) => address),
    context,
  );
  // Tidied away after a quiet day, the spool is made anew.
  await mkdir(context.spool, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(context.spool, 'mail-'));
  try {
    const spool = new Spool(directory);
    const body = await spool.keep(upTo(Math.max(0, ...recipients.map(({ maxBytes }) => maxBytes)), stream));
    const fits = ({ maxBytes }: Recipient) => stream.byteLength <= maxBytes;
    const answers = rcptTo.map(({ address }) => {
      const recipient = recipients.find(({ addresses }) => addresses.includes(address));
      if (!recipient) return unknown();
      return fits(recipient) ? 'OK: the mail is stored' : tooLarge(recipient);
    });
    const parts = each || answers.every((one) => typeof one === 'string') ? recipients.filter(fits) : [];
    if (parts.length) await context.store(await eventsOf(parts, mailFrom ? mailFrom.address : '', body, spool));
    return answers;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function eventsOf(recipients: Recipient[], sender: string, body: Content, spool: Spool): Promise<WebhookPart[]> {
  const { key, messageId } = await identityOf(body);
  const receivedAt = new Date();
  const parts: WebhookPart[] = [];
  for (const { account, addresses } of recipients) {
    const payload = await spool.keep(traced(sender, addresses, body));
    const event = { key, ...(messageId && { platformId: messageId }), payload, context: { via: 'door' }, receivedAt };
    parts.push({ connector: 'email', account, event });
  }
  return parts;
}

/** The connected channels that addresses belong to: exactly, or with something behind a plus, as our reply tokens are. */
async function recipientsOf(named: string[], context: DoorContext): Promise<Recipient[]> {
  const choices = named
    .filter(isAddress)
    .map((address) => ({ address, accounts: [address.toLowerCase(), withoutTag(address.toLowerCase())] }));
  if (!choices.length) return [];
  const known = await context.known([...new Set(choices.flatMap(({ accounts }) => accounts))]);
  const found = new Map<string, Recipient>();
  for (const { address, accounts } of choices) {
    const channel = accounts.map((account) => known.find((one) => one.account === account)).find((one) => one !== undefined);
    if (!channel) continue;
    const { account, settings } = channel;
    const recipient = found.get(account) ?? { account, addresses: [], maxBytes: (settings.maxMegabytes ?? defaultMegabytes) * 2 ** 20 };
    recipient.addresses.push(address);
    found.set(account, recipient);
  }
  return [...found.values()];
}

const withoutTag = (address: string) => address.replace(/\+[^@]*@/, '@');

/** All of a stream is read, so that its sender hears the answer, but no more than so many bytes are passed on. */
async function* upTo(limit: number, stream: SMTPServerDataStream): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) if ((bytes += chunk.length) <= limit) yield chunk;
}

/**
 * The mail with what the last server notes above it (RFC 5321 §4.4): whom it was for shows nowhere else where it came as
 * a blind copy. Addresses with a reply token go first, because they say the most.
 */
async function* traced(sender: string, addresses: string[], body: Content): AsyncGenerator<Buffer> {
  const delivered = addresses.toSorted((one, other) => Number(other.includes('+')) - Number(one.includes('+')));
  const lines = [`Return-Path: <${isAddress(sender) ? sender : ''}>`, ...delivered.map((address) => `Delivered-To: ${address}`)];
  yield Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  yield* piecesOf(body, 0);
}
