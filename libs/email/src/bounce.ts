import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw, type RawHeader } from './raw-headers.js';

/** What a delivery status notification (RFC 3464) says about the first recipient it names. */
export interface Bounce {
  recipient: string | null;
  status: string | null;
  action: string | null;
  diagnostic: string | null;
  originalMessageId: string | null;
}

interface Part {
  contentType: string;
  content: Buffer;
}

/** Reads the report parts of a bounce; fields the report lacks are null. */
export function readBounce(parts: Part[], headers: RawHeader[]): Bounce {
  const status = fieldsOf(parts.find(({ contentType }) => contentType === 'message/delivery-status'));
  const returned = parts.find(({ contentType }) => ['message/rfc822', 'text/rfc822-headers', 'message/global'].includes(contentType));
  const typed = (name: string) => firstHeader(status, name).replace(/^[\w-]+\s*;\s*/, '') || null;
  return {
    recipient: typed('final-recipient') ?? typed('original-recipient') ?? (firstHeader(headers, 'x-failed-recipients') || null),
    status: firstHeader(status, 'status') || null,
    action: firstHeader(status, 'action').toLowerCase() || null,
    diagnostic: typed('diagnostic-code'),
    originalMessageId:
      messageIds(returned ? firstHeader(splitRaw(returned.content).headers, 'message-id') : '')[0] ??
      messageIds(firstHeader(status, 'x-original-message-id'))[0] ??
      messageIds(firstHeader(headers, 'in-reply-to'))[0] ??
      null,
  };
}

function fieldsOf(part: Part | undefined): RawHeader[] {
  if (!part) return [];
  // One block for the message and one for each recipient, apart by empty lines.
  const blocks = part.content.toString('latin1').split(/\r?\n(?:[ \t]*\r?\n)+/);
  return blocks.flatMap((block) => splitRaw(Buffer.from(block.trim(), 'latin1')).headers);
}
