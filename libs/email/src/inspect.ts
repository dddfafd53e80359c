import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content } from '#libs/connector';
import { plain } from './body.js';
import { decodeText } from './charset.js';
import { headOf, sizeOf } from './content.js';
import { messageIds } from './message-ids.js';
import { addressesOf, senderOf, subjectOf } from './people.js';
import { firstHeader, splitLenient } from './raw-headers.js';
import { readMail } from './read-mail.js';

const headBytes = 2.5 * 2 ** 20;
const shownBytes = 10_000;

/** What the connector makes of a raw mail, for people; of a mail it cannot read, what the headers say and why. Throws when a file cannot be read. */
export async function inspectMail(raw: Content, receivedAt = new Date()): Promise<Record<string, unknown>> {
  const spool = await mkdtemp(join(tmpdir(), 'tributary-inspect-'));
  try {
    const {
      headers: _headers,
      quotedText: _quotedText,
      calendar: _calendar,
      inReplyTo,
      attachments,
      ...mail
    } = await readMail(raw, receivedAt, spool);
    const listed = attachments.map(({ content, ...attachment }) => ({ ...attachment, size: sizeOf(content) }));
    return { ...mail, inReplyTo: inReplyTo[0] ?? null, attachments: listed, error: null };
  } catch (error) {
    return { ...(await recovered(raw)), error: (error as Error).message };
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

async function recovered(raw: Content) {
  const head = await headOf(raw, headBytes);
  const { headers, body } = splitLenient(head);
  const text = plain(decodeText((headers.length ? body : head).subarray(0, shownBytes))).trim();
  return {
    messageId: messageIds(firstHeader(headers, 'message-id'))[0] ?? null,
    inReplyTo: messageIds(firstHeader(headers, 'in-reply-to'))[0] ?? null,
    references: messageIds(firstHeader(headers, 'references')).slice(-200),
    subject: subjectOf(headers),
    from: senderOf(headers),
    to: addressesOf(headers, 'to'),
    cc: addressesOf(headers, 'cc'),
    replyTo: addressesOf(headers, 'reply-to'),
    date: null,
    text,
    replyText: text,
    html: null,
    attachments: [],
    kind: 'human',
    bounce: null,
  };
}
