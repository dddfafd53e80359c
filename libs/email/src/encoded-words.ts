import { decodeText } from './charset.js';

const word = /=\?([^?\s]*)\?([bq]?)\?(.*?)\?=/gi;
const run = /=\?[^?\s]*\?[bq]?\?.*?\?=(?:\s*=\?[^?\s]*\?[bq]?\?.*?\?=)*/gi;

/** Longer headers are cut before decoding: no person wrote them, and looking for words in them takes the square of their length. */
const maxChars = 10_000;

/**
 * The text of an unfolded header given as bytes in latin1 characters. Decodes encoded words (RFC 2047), also those that
 * break its rules: cut in the middle of a character, with spaces or raw bytes inside, within quotes, without charset or
 * encoding. Bytes outside of them are UTF-8 where they can be, else in `charset`. Line ends and NUL do not come out of it.
 */
export function decodeWords(raw: string, charset = ''): string {
  const header = raw.slice(0, maxChars);
  const pieces: string[] = [];
  let end = 0;
  for (const match of header.matchAll(run)) {
    pieces.push(rawText(header.slice(end, match.index), charset), decodeRun(match[0]));
    end = match.index + match[0].length;
  }
  return [...pieces, rawText(header.slice(end), charset)]
    .join('')
    .replace(/[\0-\u001f\u007f]+/g, ' ')
    .toWellFormed();
}

/** The text of bytes in latin1 characters: UTF-8 where they can be that, else in `charset`. */
function rawText(raw: string, charset: string): string {
  // A header cannot be in a charset that ASCII is no part of.
  return decodeText(Buffer.from(raw, 'latin1'), /^(us-ascii|utf-?(7|16|32).*)$/i.test(charset) ? '' : charset);
}

/** Neighbouring words of one charset are joined as bytes: some programs cut them in the middle of a character. */
function decodeRun(words: string): string {
  const joined: Array<{ charset: string; bytes: Buffer }> = [];
  for (const [, label = '', encoding = '', data = ''] of words.matchAll(word)) {
    // RFC 2231 §5 lets a language follow the charset.
    const charset = label.replace(/\*.*$/, '').toLowerCase();
    const bytes = wordBytes(encoding, data);
    const last = joined.at(-1);
    if (last?.charset === charset && !/^(iso-2022|utf-?7|utf-?16)/.test(charset)) last.bytes = Buffer.concat([last.bytes, bytes]);
    else joined.push({ charset, bytes });
  }
  return joined.map(({ charset, bytes }) => decodeText(bytes, charset)).join('');
}

function wordBytes(encoding: string, data: string): Buffer {
  const isBase64 = encoding ? /b/i.test(encoding) : /^[\w+/]{4,}=*$/.test(data) && data.length % 4 === 0;
  return isBase64 ? Buffer.from(data, 'base64') : quotedBytes(data.replaceAll('_', ' '), '=');
}

/** Bytes of text in which some are written as a sign and two hexadecimal digits. */
export function quotedBytes(text: string, sign: '=' | '%'): Buffer {
  return Buffer.from(
    text.replace(sign === '=' ? /=([0-9a-f]{2})/gi : /%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}
