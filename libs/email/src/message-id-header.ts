import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw } from './raw-headers.js';

/** The Message-ID in a block of headers, without brackets, as mails are stored by. */
export function idIn(headers: Buffer): string | undefined {
  return messageIds(firstHeader(splitRaw(headers).headers, 'message-id'))[0];
}
