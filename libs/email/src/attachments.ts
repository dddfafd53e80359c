import type { ParsedAttachment } from '#libs/connector';
import { calendarOf, type Calendar } from './calendar.js';
import { bytesOf, headOf } from './content.js';
import { safeFilename } from './filename.js';
import { subjectOf } from './people.js';
import { splitLenient } from './raw-headers.js';
import type { FilePart, Parts } from './read-parts.js';

const maxCalendar = 2 ** 20;
/** Other forms of the body that only some mail programs show. */
const otherBodies = ['text/x-amp-html', 'text/watch-html'];

/** The files of a mail with names that are safe to use, and what its calendar file says. */
export async function attachmentsOf({ files, html }: Parts): Promise<{ attachments: ParsedAttachment[]; calendar: Calendar | null }> {
  const shown = shownIn(html ?? '');
  const attachments: ParsedAttachment[] = [];
  let calendar: Calendar | null = null;
  for (const file of files) {
    if (otherBodies.includes(file.contentType)) continue;
    const contentType = file.contentType || 'application/octet-stream';
    const isCalendar = /^(text\/calendar|application\/ics)$/.test(contentType);
    const bytes = isCalendar && (await bytesOf(file.content, maxCalendar));
    // Invitations come twice, once for programs that show them and once as a file.
    if (bytes && attachments.some(({ content }) => Buffer.isBuffer(content) && content.equals(bytes))) continue;
    if (bytes) calendar ??= calendarOf(bytes);
    attachments.push({
      filename: safeFilename(file.filename || (await givenName(file)), contentType, attachments.length + 1),
      contentType,
      contentId: file.contentId,
      inline: file.contentId !== null && shown.has(file.contentId.toLowerCase()),
      content: file.content,
    });
  }
  return { attachments, calendar };
}

/** What a file without a name is called: a forwarded mail by its subject. */
async function givenName({ contentType, content }: FilePart): Promise<string> {
  if (contentType === 'text/calendar') return 'invite.ics';
  if (contentType !== 'message/rfc822') return '';
  const subject = subjectOf(splitLenient(await headOf(content, 65_536)).headers);
  return subject ? `${subject}.eml` : '';
}

/** The Content-IDs a page shows (RFC 2392), in lower case; some programs escape them as in a URL and some do not. */
function shownIn(html: string): Set<string> {
  const unescaped = (id: string) => id.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const ids = Array.from(html.matchAll(/cid:([^"'\s<>]{1,1000})/gi), ([, id = '']) => [id, unescaped(id)]);
  return new Set(ids.flat().map((id) => id.toLowerCase()));
}
