import { createHash } from 'node:crypto';
import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw, type RawMail } from './raw-headers.js';

/**
 * A name for a mail made of its own bytes: `mid:<Message-ID>#<hash>`, or `sha:<hash>` where there is none.
 *
 * The same mail fetched again (other folder, other UID, new UIDVALIDITY, re-delivered copy) gets the same name: the hash
 * leaves out trace headers, white space, and MIME boundaries, which some servers make anew for each fetch.
 * Two different mails with one Message-ID, as broken senders produce, get two names.
 */
export function mailIdentity(raw: Buffer): string {
  const mail = splitRaw(raw);
  const hash = contentHash(mail);
  const [id] = messageIds(firstHeader(mail.headers, 'message-id'));
  // An index entry has room for some 2 KB; ids that long are junk anyway.
  return id && id.length <= 250 ? `mid:${id}#${hash.slice(0, 16)}` : `sha:${hash}`;
}

function contentHash({ headers, body }: RawMail): string {
  const hash = createHash('sha256');
  for (const name of ['from', 'date', 'subject']) hash.update(`${firstHeader(headers, name).replace(/\s+/g, ' ')}\n`, 'latin1');
  return hash.update(withoutChance(body.toString('latin1')), 'latin1').digest('hex');
}

function withoutChance(body: string): string {
  return body
    .replace(/^--[^\r\n]*/gm, '')
    .replace(/^(content-type:[^\r\n]*|[ \t][^\r\n]*)\bboundary=[^\r\n]*/gim, '$1')
    .replace(/\s+/g, '');
}
