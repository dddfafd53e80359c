import { readFileSync } from 'node:fs';
import type { ParsedAttachment } from '#libs/connector';
import { addressesIn, isAddress, type MailAddress } from './addresses.js';
import { messageIds } from './message-ids.js';
import { separator, startsForward } from './quote-marks.js';
import type { Mail } from './read-mail.js';
import { baseSubject, saysForward } from './subject.js';

/** A mail that somebody passed on by hand. */
export interface Forward {
  author: MailAddress;
  subject: string | null;
  /** What the one who passed it on wrote above. */
  comment: string;
  text: string;
  messageId: string | null;
  references: string[];
}

/** Reads the mail inside of a mail; the caller's own reader, handed in because it is the one that calls us. */
type Reader = (raw: Buffer) => Promise<Mail>;

const maxAttachedBytes = 4 * 2 ** 20;

/** The mail that was passed on: attached whole (message/rfc822), or below a header block as mail programs write it; null for every other mail. */
export async function forwardOf(mail: Mail, read: Reader): Promise<Forward | null> {
  return (await attachedForward(mail, read)) ?? forwardInText(mail);
}

async function attachedForward(mail: Mail, read: Reader): Promise<Forward | null> {
  const attached = mail.attachments.filter(({ contentType }) => contentType === 'message/rfc822');
  const [only] = attached;
  if (!only || attached.length > 1) return null;
  const inner = await read(bytesOf(only)).catch(() => null);
  if (!inner?.from || !passedOn(mail, inner)) return null;
  const { from, subject, messageId, references } = inner;
  return { author: from, subject, comment: mail.replyText, text: inner.text, messageId, references };
}

/** An attached mail may also be mere evidence: it is passed on when the subject says so or is its own. */
const passedOn = (mail: Mail, inner: Mail): boolean =>
  saysForward(mail.subject ?? '') ||
  (inner.subject !== null && baseSubject(mail.subject) === baseSubject(inner.subject) && !mail.inReplyTo.length);

function bytesOf({ content }: ParsedAttachment): Buffer {
  if (Buffer.isBuffer(content)) return content;
  return content.size > maxAttachedBytes ? Buffer.alloc(0) : readFileSync(content.path);
}

function forwardInText({ text, subject }: Mail): Forward | null {
  const lines = text
    .replace(/\u00a0/g, ' ')
    .split('\n')
    .slice(0, 2000);
  const marked = lines.findIndex((line) => startsForward(line));
  const start = marked >= 0 ? marked + 1 : saysForward(subject ?? '') ? blockStart(lines) : -1;
  if (start < 0) return null;
  const block = headerBlock(lines, start);
  const author = block && addressOf(block.fields.from ?? '');
  if (!block || !author) return null;
  const above = lines.slice(0, marked >= 0 ? marked : start);
  const comment = (marked < 0 && separator.test(above.at(-1) ?? '') ? above.slice(0, -1) : above).join('\n').replace(/\n_{20,}\s*$/, '');
  return {
    author,
    subject: block.fields.subject ?? null,
    comment: withoutSignature(comment).trim(),
    text: lines.slice(block.end).join('\n').replace(/^>\s?/gm, '').trim(),
    messageId: messageIds(block.fields.messageId ?? '')[0] ?? null,
    references: [],
  };
}

const blockStart = (lines: string[]): number =>
  lines.findIndex((line, at) => labelOf(line)?.field === 'from' && headerBlock(lines, at) !== null);

type Field = 'from' | 'subject' | 'messageId' | 'other';

/** From, Subject, and what else stands in such a block, as programs of twenty languages name them. */
const labels: Array<[Field, RegExp]> = [
  [
    'from',
    /^(from|von|de|da|van|från|fra|lähettäjä|od|от( кого)?|від( кого)?|кому від|kimden|gönderen|từ|người gửi|feladó|de la|发件人|寄件者|差出人|送信元|보낸 ?사람|보낸이|от кого)$/iu,
  ],
  [
    'subject',
    /^(subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|konu|chủ đề|tiêu đề|tárgy|subiect|主题|主旨|件名|제목)$/iu,
  ],
  ['messageId', /^message-id$/i],
  [
    'other',
    /^(sent|date|to|cc|bcc|reply-to|gesendet|datum|an|kopie|antwort an|envoyé|envoyé le|date|à|enviado|enviada( em)?|fecha|data|para|inviato|a|verzonden|aan|skickat|till|kopia|sendt|dato|til|kopi|lähetetty|päivämäärä|vastaanottaja|kopio|wysłano|data|do|dw|odesláno|komu|kopie|datum|отправлено|дата|кому|копия|надіслано|копія|gönderildi|gönderme tarihi|tarih|kime|bilgi|gửi|đã gửi|ngày|đến|tới|发送时间|日期|时间|收件人|抄送|寄件日期|收件者|副本|送信日時|日時|日付|宛先|보낸 ?날짜|날짜|받는 ?사람|참조)$/iu,
  ],
];

function labelOf(line: string): { field: Field; value: string } | null {
  const [, label = '', value = ''] = /^[>\s*_]*([\p{L}][\p{L} -]{0,24}?)[*_\s]*[:：]\s*[*_]*\s*(.*)$/u.exec(line) ?? [];
  const found = label && labels.find(([, names]) => names.test(label.trim()));
  return found ? { field: found[0], value: value.replace(/\*+$/, '').trim() } : null;
}

/** At least three labelled lines, From among them; a long line may be broken, and an empty one may stand before the first. */
function headerBlock(lines: string[], start: number): { fields: Partial<Record<Field, string>>; end: number } | null {
  const fields: Partial<Record<Field, string>> = {};
  let [at, count] = [start, 0];
  while (at < start + 3 && !(lines[at] ?? '').replace(/[>\s]/g, '')) at++;
  for (let last: Field | null = null; at < lines.length && at < start + 20; at++) {
    const line = lines[at] ?? '';
    const label = labelOf(line);
    if (label) {
      fields[label.field] ??= label.value;
      last = label.field;
      count++;
    } else if (!line.replace(/[>\s]/g, '') || !last) break;
    else fields[last] = `${fields[last] ?? ''} ${line.trim()}`;
  }
  return count >= 3 && fields.from ? { fields, end: at } : null;
}

/** "Ann <ann@x.org>", "Ann [mailto:ann@x.org]", "ann@x.org": what programs write after From. */
function addressOf(value: string): MailAddress | null {
  const plain = value
    .replace(/\[mailto:([^\]]+)\]/gi, '<$1>')
    .replace(/<mailto:([^>]+)>/gi, '<$1>')
    .replace(/<([^<>]+)<[^<>]+>>/g, '<$1>');
  const [found] = addressesIn(plain);
  if (found) return { name: found.name.replace(/^['"]|['"]$/g, ''), address: found.address };
  const bare = /[^\s<>"(),;:[\]]+@[^\s<>"(),;:[\]]+/.exec(value)?.[0] ?? '';
  return isAddress(bare) ? { name: '', address: bare } : null;
}

const withoutSignature = (comment: string): string => comment.replace(/\n-- ?\n[\s\S]*$/, '');
