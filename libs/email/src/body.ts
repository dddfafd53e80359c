import { calendarText, type Calendar } from './calendar.js';
import { htmlToText } from './html-to-text.js';
import { sanitizeIncoming } from './html.js';
import type { Mail } from './read-mail.js';
import type { Parts } from './read-parts.js';
import { replyByStructure } from './reply-by-structure.js';
import { type Errand, historyMark, quoteMark } from './reply-text.js';

type Words = Pick<Mail, 'text' | 'replyText' | 'quotedText' | 'html'>;

const notes = {
  encrypted: '[This mail is encrypted: whoever holds the key can open the attached file.]',
  signed: '[This mail is signed, not verified.]',
};

/** What there is to read in a mail, with a note where it is signed or cannot be read. */
export function readBody(parts: Parts, calendar: Calendar | null, errand: Errand): Words {
  const text = plain(parts.text).replace(/\r\n?/g, '\n').trimEnd();
  const html = parts.html ? plain(parts.html) : null;
  const converted = html ? htmlToText(html) : '';
  const words = !parts.isMorePage && isWhole(text, converted) ? text : converted;
  const source = words.trim() || !calendar ? words : calendarText(calendar);
  const { reply, quoted } = replyByStructure(source, converted, errand);
  const note = noteFor(parts);
  return {
    text: noted(withoutMarks(source), note),
    replyText: noted(reply, note),
    quotedText: quoted,
    html: html && sanitizeIncoming(html),
  };
}

function noteFor({ types }: Parts): string | null {
  const has = (type: RegExp) => types.some(({ value }) => type.test(value));
  const sealed = types.some(
    ({ value, params }) =>
      /^application\/(x-)?pkcs7-mime$/.test(value) && !/^(signed-data|certs-only)$/i.test(params.get('smime-type') ?? ''),
  );
  if (has(/^multipart\/signed$/)) return notes.signed;
  return sealed || has(/^multipart\/encrypted$/) ? notes.encrypted : null;
}

const noted = (text: string, note: string | null) => [text, note].filter(Boolean).join('\n\n');

const longestExcuse = 300;
/** What cannot show HTML, where a mail has only that to say in its text. */
const program = /\b(?:e-?mail|mail|message|nachricht|client|reader|viewer|program|browser|messagerie|correo|mensaje|messaggio|bericht)/i;

/** Whether the text part says all that the HTML says; stubs do not. */
function isWhole(written: string, converted: string): boolean {
  const squash = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');
  const [part, all] = [squash(written), squash(converted)];
  if (!part) return !all;
  if (all && part.length < longestExcuse && /\bhtml\b/i.test(written) && program.test(written)) return false;
  return !(all.length > part.length * 1.2 && all.includes(part));
}

function withoutMarks(text: string): string {
  return text
    .replaceAll(quoteMark, '')
    .replaceAll(historyMark, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** PostgreSQL refuses NUL, half a surrogate pair is no text, and our own marks must come from nobody else. */
export function plain(text: string): string {
  return text.replace(/[\0\uE0F1\uE0F2]/g, '').toWellFormed();
}
