import { addressesIn } from './addresses.js';
import { headerText } from './mend.js';
import { messageIds } from './message-ids.js';
import { splitRaw } from './raw-headers.js';
import { readMail } from './read-mail.js';

/** What the connector makes of a raw mail, for people; of a mail it cannot read, what the headers say and why. */
export async function inspectMail(raw: Buffer, receivedAt = new Date()): Promise<Record<string, unknown>> {
  try {
    const { headers: _headers, quotedText: _quotedText, inReplyTo, attachments, ...mail } = await readMail(raw, receivedAt);
    return {
      ...mail,
      inReplyTo: inReplyTo[0] ?? null,
      attachments: attachments.map(({ content, ...attachment }) => ({ ...attachment, size: content.length })),
      error: null,
    };
  } catch (error) {
    const nothing = {
      to: [],
      cc: [],
      replyTo: [],
      date: null,
      text: '',
      replyText: '',
      html: null,
      attachments: [],
      kind: 'human',
      bounce: null,
    };
    return { ...nothing, ...headersOf(raw), error: (error as Error).message };
  }
}

function headersOf(raw: Buffer) {
  const { headers } = splitRaw(raw);
  const text = (name: string) => {
    const header = headers.find((candidate) => candidate.name === name);
    return header ? headerText(header) : '';
  };
  return {
    messageId: messageIds(text('message-id'))[0] ?? null,
    inReplyTo: messageIds(text('in-reply-to'))[0] ?? null,
    references: messageIds(text('references')),
    subject: text('subject') || null,
    from: addressesIn(text('from'))[0] ?? null,
  };
}
