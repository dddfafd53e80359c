/** One header line as it came, unfolded; bytes as latin1 characters. */
export interface RawHeader {
  name: string;
  value: string;
}

/** A mail taken apart at the first empty line, nothing decoded. */
export interface RawMail {
  headers: RawHeader[];
  body: Buffer;
}

const maxHeaderBytes = 2 * 2 ** 20;

/** Splits headers and body. Lenient: bare LF, an mbox `From ` line before the headers, and lines that are no header are all seen in real mail. */
export function splitRaw(raw: Buffer): RawMail {
  const text = raw.subarray(0, maxHeaderBytes).toString('latin1');
  const start = /^[\r\n]*(?:>?From [^\r\n]*\r?\n)?/.exec(text)?.[0].length ?? 0;
  const gap = /\r?\n\r?\n/g;
  gap.lastIndex = Math.max(0, start - 2);
  const end = gap.exec(text);
  const head = text.slice(start, end ? end.index : undefined);
  return { headers: parseHeaders(head), body: end ? raw.subarray(end.index + end[0].length) : raw.subarray(raw.length) };
}

/** The first header of that (lower-case) name; empty when there is none. Of two Subjects or Froms the first is what the sender's program wrote. */
export function firstHeader(headers: RawHeader[], name: string): string {
  return headers.find((header) => header.name === name)?.value ?? '';
}

/**
 * As {@link splitRaw}, for reading: line ends of a lone CR, an empty line in the middle of the headers and folded lines
 * without their space are mended. Identity stays with the stricter one, whose keys are stored.
 */
export function splitLenient(raw: Buffer): RawMail {
  const onlyCr = !raw.includes(10) && raw.includes(13);
  const { headers, body } = splitRaw(onlyCr ? Buffer.from(raw.toString('latin1').replaceAll('\r', '\n'), 'latin1') : raw);
  const head = joinFolded(raw.toString('latin1', 0, raw.length - body.length));
  const read = onlyCr || !/;\r?\n[^\s:=]+=/.test(head) ? headers : headersIn(head);
  const goesOn = !read.some(({ name }) => name === 'content-type') && /^(content-type|mime-version|from|to|subject|date|message-id):/i;
  if (!goesOn || !read.length || !goesOn.test(body.toString('latin1', 0, 20))) return { headers: read, body };
  const more = splitRaw(body);
  return { headers: [...read, ...more.headers], body: more.body };
}

/** The headers in a block of lines, also where a parameter follows without the space that folds it. */
export function headersIn(block: string): RawHeader[] {
  return parseHeaders(joinFolded(block));
}

const joinFolded = (block: string) => block.replace(/;[ \t]*\r?\n(?=[^\s:=]+=)/g, '; ');

function parseHeaders(head: string): RawHeader[] {
  const headers: RawHeader[] = [];
  for (const line of head.split(/\r?\n/)) {
    const field = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line);
    const last = headers.at(-1);
    if (/^[ \t]/.test(line) && last) last.value += ` ${line.trim()}`;
    else if (field) headers.push({ name: (field[1] ?? '').toLowerCase(), value: (field[2] ?? '').trim() });
  }
  return headers;
}
