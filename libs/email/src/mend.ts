import { splitRaw, type RawHeader } from './raw-headers.js';

/** Headers that may occur once (RFC 5322 §3.6): of several the first is kept, as it is what the sender's program wrote. */
const single = new Set([
  'from',
  'sender',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'content-type',
  'content-transfer-encoding',
]);

/**
 * Rewrites the top of a mail where the MIME parser would lose something: repeated headers, raw 8-bit bytes in headers,
 * text without a (known) charset. The body's bytes stay as they are.
 */
export function mend(raw: Buffer): Buffer {
  const { headers, body } = splitRaw(raw);
  const seen = new Set<string>();
  const kept = headers.filter(({ name }) => !single.has(name) || (!seen.has(name) && seen.add(name)));
  const mended = kept.map((header) => `${header.name}: ${headerText(safeAddress(withCharset(header, body)))}`);
  if (!seen.has('content-type') && guessCharset(body)) mended.push(`content-type: text/plain; charset=${guessCharset(body)}`);
  return Buffer.concat([Buffer.from(mended.join('\r\n') + '\r\n\r\n'), body]);
}

/** The text of a header's bytes: UTF-8 where it is that, else windows-1252. */
export function headerText({ value }: RawHeader): string {
  return decode(Buffer.from(value, 'latin1'));
}

function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : new TextDecoder('windows-1252').decode(bytes);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

// RFC 2047 §5 forbids encoded words in an address; decoding one would turn a stranger's text into somebody's address.
function safeAddress(header: RawHeader): RawHeader {
  const spoofed =
    ['from', 'sender', 'reply-to'].includes(header.name) && /=\?[^\s<>]*\?=@|@[^\s<>]*=\?|<[^<>]*=\?[^<>]*>/.test(header.value);
  return spoofed ? { ...header, value: '' } : header;
}

function withCharset(header: RawHeader, body: Buffer): RawHeader {
  if (header.name !== 'content-type') return header;
  const value = header.value.replace(/(charset\s*=\s*"?)(?:1252|cp-?1252|ansi|windows1252)\b/i, '$1windows-1252');
  const guess = /^text\//i.test(value) && !/charset\s*=/i.test(value) && guessCharset(body);
  return { ...header, value: guess ? `${value}; charset=${guess}` : value };
}

/** What text without a label is written in, as far as its bytes tell. */
function guessCharset(body: Buffer): string | null {
  const start = body.subarray(0, 2 ** 20);
  if (/\u001b\$[@B]/.test(start.toString('latin1'))) return 'iso-2022-jp';
  return isUtf8(body) ? null : 'windows-1252';
}
