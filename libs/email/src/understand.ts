import { MalformedPayload, type Content } from '#libs/connector';
import { attachmentsOf } from './attachments.js';
import { readBody } from './body.js';
import { readBounce } from './bounce.js';
import { headOf, piecesOf, Spool, sizeOf } from './content.js';
import { kindOf } from './kind.js';
import { messageIds } from './message-ids.js';
import { addressesOf, senderOf, subjectOf } from './people.js';
import { firstHeader, splitLenient, type RawHeader } from './raw-headers.js';
import type { Mail } from './read-mail.js';
import { readParts } from './read-parts.js';
import type { Errand } from './reply-text.js';
import { saysForward, saysReply } from './subject.js';
import { unwrap } from './unwrap.js';

/** So much is read before anything is decided; what is wrong with a mail shows in its beginning. */
const headBytes = 2.5 * 2 ** 20;
const maxHeaderBytes = 2 * 2 ** 20;
const day = 86_400_000;

/** Reads a mail in this thread, as {@link readMail} does in another. Never holds a large one in memory. */
export async function understand(source: Content, receivedAt: Date, directory: string): Promise<Mail> {
  const { headers, body } = await begin(source);
  const spool = new Spool(directory);
  const parts = await unwrap(await readParts(headers, body, spool), spool);
  const { attachments, calendar } = await attachmentsOf(parts);
  const subject = subjectOf(headers);
  const words = readBody(parts, calendar, errandOf(headers, subject ?? ''));
  const from = senderOf(headers);
  const kind = kindOf(headers, { from: from?.address ?? '', subject: subject ?? '', text: words.text, parts: attachments });
  return {
    messageId: messageIds(firstHeader(headers, 'message-id'))[0] ?? null,
    inReplyTo: messageIds(firstHeader(headers, 'in-reply-to')),
    references: messageIds(firstHeader(headers, 'references')).slice(-200),
    subject,
    from,
    replyTo: addressesOf(headers, 'reply-to'),
    to: addressesOf(headers, 'to'),
    cc: addressesOf(headers, 'cc'),
    date: claimedDate(firstHeader(headers, 'date'), receivedAt),
    ...words,
    attachments,
    kind,
    bounce: kind === 'bounce' ? readBounce(attachments, headers, words.text) : null,
    calendar,
    headers,
  };
}

/** The headers, and the body as it is read on. */
async function begin(source: Content): Promise<{ headers: RawHeader[]; body: AsyncGenerator<Buffer> }> {
  if (!sizeOf(source))
    throw new MalformedPayload('Nothing of this mail is here: the server handed over no bytes, or the line broke each time');
  const head = await headOf(source, headBytes);
  const { headers, body } = splitLenient(head);
  if (!body.length && head.length > maxHeaderBytes) throw new MalformedPayload(`The header has more than ${maxHeaderBytes} bytes`);
  if (!headers.some(({ name }) => ['from', 'to', 'subject', 'date', 'message-id', 'received', 'content-type'].includes(name)))
    throw new MalformedPayload('There is no mail header in it');
  async function* pieces() {
    yield body;
    yield* piecesOf(source, head.length);
  }
  return { headers, body: pieces() };
}

function errandOf(headers: RawHeader[], subject: string): Errand {
  if (saysForward(subject)) return 'forward';
  const names = ['in-reply-to', 'references', 'thread-index'].some((name) => firstHeader(headers, name).trim());
  return names || saysReply(subject) ? 'answer' : 'first';
}

function claimedDate(header: string, receivedAt: Date): Date | null {
  // V8 makes a date even of a word and a number, and the year 2001 of 0001.
  const isDate = /\d.*\d.*\d/.test(header) && !/[a-z][\s-]+0\d{3}\b/i.test(header);
  const claimed = new Date(isDate ? header : NaN);
  const plausible = claimed.getTime() >= Date.UTC(1990, 0) && claimed.getTime() <= receivedAt.getTime() + day;
  return plausible ? claimed : null;
}
