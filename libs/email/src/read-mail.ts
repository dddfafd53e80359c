import { simpleParser, type Attachment, type ParsedMail } from 'mailparser';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalformedPayload, type ParsedAttachment } from '#libs/connector';
import { addressesIn, isAddress, type MailAddress } from './addresses.js';
import { readBounce, type Bounce } from './bounce.js';
import { htmlToText, quoteMark, sanitizeIncoming } from './html.js';
import { kindOf, type MailKind } from './kind.js';
import { headerText, mend } from './mend.js';
import { messageIds } from './message-ids.js';
import { checkLimits } from './mime-limits.js';
import { firstHeader, splitRaw, type RawHeader } from './raw-headers.js';
import { replyText } from './reply-text.js';
import { safeFilename } from './filename.js';

/** A mail understood: everything the product shows or threads by. Ids are without brackets. */
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
  /** As the sender claims, within reason: from 1990 to a day after receipt, else the time of receipt. */
  /** Null when the mail names none, or an absurd one. */
  date: Date | null;
  /** The whole readable body; HTML-only mail converted. */
  text: string;
  replyText: string;
  quotedText: string | null;
  html: string | null;
  attachments: ParsedAttachment[];
  kind: MailKind;
  bounce: Bounce | null;
  headers: RawHeader[];
}

const parseSeconds = 20;
const day = 86_400_000;

/** Reads the bytes of a mail. Throws {@link MalformedPayload} for what is no mail, or one made to exhaust a parser. */
export async function readMail(raw: Buffer, receivedAt: Date): Promise<Mail> {
  checkLimits(raw);
  const mended = mend(raw);
  const { headers } = splitRaw(mended);
  if (!headers.some(({ name }) => ['from', 'to', 'subject', 'date', 'message-id', 'received', 'content-type'].includes(name)))
    throw new MalformedPayload('There is no mail header in it');
  const parsed = await parseInTime(mended);
  const from = senderOf(parsed, headers);
  const subject =
    plain(parsed.subject ?? '')
      .replace(/\s+/g, ' ')
      .trim() || null;
  const body = bodyOf(parsed);
  const kind = kindOf(headers, from?.address ?? '', subject ?? '');
  return {
    messageId: messageIds(firstHeader(headers, 'message-id'))[0] ?? null,
    inReplyTo: messageIds(firstHeader(headers, 'in-reply-to')),
    references: messageIds(firstHeader(headers, 'references')).slice(-200),
    subject,
    from,
    replyTo: people(parsed.replyTo),
    to: people(parsed.to),
    cc: people(parsed.cc),
    date: claimedDate(firstHeader(headers, 'date'), receivedAt),
    ...body,
    attachments: attachmentsOf(parsed, body.html),
    kind,
    bounce: kind === 'bounce' ? readBounce(parsed.attachments, headers) : null,
    headers,
  };
}

// Malformed boundaries have hung MIME parsers before; a mail that takes this long is set aside.
async function parseInTime(raw: Buffer): Promise<ParsedMail> {
  const late = new AbortController();
  const options = {
    skipHtmlToText: true,
    skipImageLinks: true,
    skipTextLinks: true,
    keepCidLinks: true,
    keepDeliveryStatus: true,
  };
  const timeout = sleep(parseSeconds * 1000, undefined, { signal: late.signal }).then(
    () => Promise.reject(new MalformedPayload(`Reading the mail took longer than ${parseSeconds} seconds`)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([simpleParser(raw, options), timeout]);
  } catch (error) {
    throw error instanceof MalformedPayload
      ? error
      : new MalformedPayload(`The mail cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    late.abort();
  }
}

function people(header: ParsedMail['to']): MailAddress[] {
  const lists = header ? [header].flat() : [];
  return lists
    .flatMap(({ value }) => value.flatMap((entry) => entry.group ?? [entry]))
    .map(({ name, address = '' }) => ({ name: plain(name).trim(), address }))
    .filter(({ address }) => isAddress(address))
    .slice(0, 100);
}

function senderOf(parsed: ParsedMail, headers: RawHeader[]): MailAddress | null {
  const claimed = ['sender', 'return-path'].flatMap((name) => addressesIn(firstHeader(headers, name)));
  const bare = /[^\s<>"(),;:]+@[^\s<>"(),;:]+/.exec(firstHeader(headers, 'from'))?.[0] ?? '';
  const lenient = isAddress(bare) && !bare.includes('=?') ? [{ name: '', address: bare }] : [];
  return people(parsed.from)[0] ?? lenient[0] ?? claimed[0] ?? null;
}

function claimedDate(header: string, receivedAt: Date): Date | null {
  const claimed = new Date(header);
  const plausible = claimed.getTime() >= Date.UTC(1990, 0) && claimed.getTime() <= receivedAt.getTime() + day;
  return plausible ? claimed : null;
}

function bodyOf(parsed: ParsedMail): Pick<Mail, 'text' | 'replyText' | 'quotedText' | 'html'> {
  const written = plain(parsed.text ?? '')
    .replace(/\r\n/g, '\n')
    .trimEnd();
  const html = parsed.html ? plain(parsed.html) : null;
  const converted = html ? htmlToText(html) : '';
  const source = isWhole(written, converted) ? written : converted;
  const { reply, quoted } = replyText(source);
  return { text: withoutMarks(source), replyText: reply, quotedText: quoted, html: html && sanitizeIncoming(html) };
}

/** Whether the text part says all that the HTML says; text parts beside HTML parts, or stubs, do not. */
function isWhole(written: string, converted: string): boolean {
  const squash = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');
  const [part, all] = [squash(written), squash(converted)];
  if (!part) return !all;
  return !(all.length > part.length * 1.2 && all.includes(part));
}

function withoutMarks(text: string): string {
  return text
    .replaceAll(quoteMark, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** PostgreSQL refuses NUL, and half a surrogate pair is no text. */
function plain(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function attachmentsOf(parsed: ParsedMail, html: string | null): ParsedAttachment[] {
  return parsed.attachments.map((attachment, index) => {
    const contentId = attachment.contentId ? attachment.contentId.replace(/^<|>$/g, '') : null;
    return {
      filename: safeFilename(attachment.filename || attachedName(attachment), attachment.contentType, index + 1),
      contentType: attachment.contentType || 'application/octet-stream',
      contentId,
      inline: Boolean(contentId && html && refersTo(html, contentId)),
      content: attachment.content,
    };
  });
}

function refersTo(html: string, contentId: string): boolean {
  const page = html.toLowerCase();
  return [contentId, encodeURIComponent(contentId)].some((id) => page.includes(`cid:${id.toLowerCase()}`));
}

/** A forwarded mail without a file name is called by its subject. */
function attachedName({ contentType, content }: Attachment): string {
  if (contentType !== 'message/rfc822') return '';
  const subject = splitRaw(content).headers.find(({ name }) => name === 'subject');
  return subject ? `${headerText(subject)}.eml` : '';
}
