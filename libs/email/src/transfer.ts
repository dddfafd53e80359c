/** A Content-Transfer-Encoding as meant: comments, stray characters and invented names such as `8-bit` or `plain` are seen in real mail. */
export function transferEncoding(header: string): 'base64' | 'quoted-printable' | 'uuencode' | 'binary' {
  const name = header.replace(/\([^()]*\)/g, '').toLowerCase();
  if (name.includes('base64')) return 'base64';
  if (name.includes('quoted')) return 'quoted-printable';
  return /uue?(ncode)?\b/.test(name) ? 'uuencode' : 'binary';
}

/** The bytes of a text that travelled in base64 or quoted-printable; of one that only says so, what stands there. */
export function decodeTransfer(bytes: Buffer, encoding: ReturnType<typeof transferEncoding>): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes);
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes);
  return bytes;
}

// List servers append their footers in plain text to a body in base64.
function decodeBase64(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const footer = lines.findIndex((line) => /[^\s\x21-\x7e]|\S[ \t]+\S|^[-_=*]{4,}\s*$/.test(line));
  if (footer >= 0 && !lines.slice(0, footer).some((line) => line.trim())) return bytes;
  const code = (footer < 0 ? lines : lines.slice(0, footer)).join('').replace(/[^A-Za-z0-9+/=]/g, '');
  // Some programs encode piece by piece, with padding after each.
  const pieces = (code.match(/[^=]+/g) ?? []).map((piece) => Buffer.from(piece, 'base64'));
  return Buffer.concat(footer < 0 ? pieces : [...pieces, Buffer.from(`\n${lines.slice(footer).join('\n')}`, 'latin1')]);
}

// What is no code stays as it stands (RFC 2045 §6.7, note 1).
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const text = bytes
    .toString('latin1')
    .split(/\r?\n/)
    .map(withoutBlanks)
    .join('\n')
    .replace(/=(?:\n|$)/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}

/** Not trimEnd: in bytes, half of an `à` is a no-break space. */
function withoutBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end -= 1;
  return line.slice(0, end);
}

/** The bytes of uuencoded lines, each beginning with its length; the lines around them are left out. */
export function decodeUu(block: string): Buffer {
  const lines = block.split(/\r?\n/).filter((line) => !/^(begin [0-7]{3,4} .*|end\s*|[` ]?)$/.test(line));
  return Buffer.concat(lines.map(decodeUuLine));
}

function decodeUuLine(line: string): Buffer {
  const value = (at: number) => (line.charCodeAt(at) - 32) & 63;
  const length = line ? value(0) : 0;
  const bytes: number[] = [];
  for (let at = 1; bytes.length < length && at < line.length; at += 4) {
    const [a, b, c, d] = [value(at), value(at + 1), value(at + 2), value(at + 3)];
    bytes.push((a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d);
  }
  return Buffer.from(bytes.slice(0, length));
}

/** A text without the files that old programs put into it between `begin 644 name` and `end`, and these files. */
export function takeUuFiles(text: string): { text: string; files: Array<{ filename: string; content: Buffer }> } {
  const files: Array<{ filename: string; content: Buffer }> = [];
  if (!/^begin [0-7]{3,4} /m.test(text)) return { text, files };
  const rest = text.replace(
    /^begin [0-7]{3,4} ([^\r\n]+)\r?\n((?:[!-`][ -`]*\r?\n)+)[` ]?\r?\n?end[ \t]*$/gm,
    (_, name: string, block: string) => {
      files.push({ filename: name.trim(), content: decodeUu(block) });
      return '';
    },
  );
  return { text: rest, files };
}
