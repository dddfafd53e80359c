import { decodeText } from './charset.js';
import { decodeWords, quotedBytes } from './encoded-words.js';

/** A header such as Content-Type: its value in lower case, and its parameters decoded, by lower-case name. */
export interface Parameterised {
  value: string;
  params: Map<string, string>;
}

const maxChars = 20_000;

/**
 * Reads `value; name="x"; name*=utf-8''y; name*0=z` (RFC 2045 §5.1, RFC 2231), and what programs write instead: encoded
 * words in parameters, raw bytes, missing quotes, both forms at once, of which the extended one counts. Takes bytes as latin1.
 */
export function readParameters(header: string): Parameterised {
  const [value = '', ...rest] = header.slice(0, maxChars).match(/(?:"(?:[^"\\]|\\[^])*"|[^;"]|")+/g) ?? [];
  const given = rest.map((text) => /^\s*([^\s=*]+)(?:\*(\d+))?(\*)?\s*=\s*([^]*)$/.exec(text)).filter((match) => match !== null);
  const byName = Map.groupBy(given, (match) => (match[1] ?? '').toLowerCase());
  const params = new Map([...byName].map(([name, pieces]) => [name, parameter(pieces)]));
  return {
    value: value
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase(),
    params,
  };
}

function parameter(pieces: RegExpExecArray[]): string {
  const extended = pieces.filter((match) => match[2] ?? match[3]);
  return extended.length ? joined(extended) : decodeWords(unquoted(pieces[0]?.[4] ?? ''));
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const inner = /^"([^]*?)"?$/.exec(trimmed)?.[1];
  return inner === undefined ? trimmed : inner.replace(/\\(["\\])/g, '$1');
}

/** Continuations in the order of their numbers, percent-decoded to bytes; the charset stands before the first (RFC 2231 §4.1). */
function joined(pieces: RegExpExecArray[]): string {
  let charset = '';
  const bytes = pieces
    .toSorted((one, other) => Number(one[2] ?? 0) - Number(other[2] ?? 0))
    .map(([, , , encoded, raw = ''], index) => {
      const text = unquoted(raw);
      const [, label, rest] = (index === 0 && encoded && /^([^']*)'[^']*'([^]*)$/.exec(text)) || [];
      if (label !== undefined) charset = label;
      return encoded ? quotedBytes(rest ?? text, '%') : Buffer.from(text, 'latin1');
    });
  const text = decodeText(Buffer.concat(bytes), charset);
  return /^[ -~]*$/.test(text) ? decodeWords(text) : text;
}
