import type { ChannelAccess } from '#libs/connector';
import { blocksOf, originalIds, partOf } from './bounce.js';
import { originOf } from './message-ids.js';
import type { RawHeader } from './raw-headers.js';
import type { Mail } from './read-mail.js';

/** The Message-ID of ours that a bounce, complaint or read receipt is about: it belongs to that mail's conversation. Null for other mail. */
export function reportedId(mail: Mail, channel: Pick<ChannelAccess, 'id' | 'signingKey'>): string | null {
  if (mail.kind !== 'bounce' && mail.kind !== 'complaint' && !disposition(mail)) return null;
  return originalIds(mail.attachments, mail.headers, mail.text).find((id) => originOf(id, channel).by === 'us') ?? null;
}

/** The fields of a message disposition notification (RFC 8098 §3), or null when it is none. */
export function disposition({ attachments }: Mail): RawHeader[] | null {
  const part = partOf(attachments, /^message\/(global-)?disposition-notification$/);
  return part ? blocksOf(part).flat() : null;
}
