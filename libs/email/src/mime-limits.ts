import { MalformedPayload } from '#libs/connector';

const limits = { depth: 50, parts: 1000, headerBytes: 2 * 2 ** 20, rawBytes: 60 * 2 ** 20 };

/** Refuses mail built to exhaust a parser, by a walk over its lines that needs no parser. Throws {@link MalformedPayload}. */
export function checkLimits(raw: Buffer): void {
  if (!raw.length) throw new MalformedPayload('The mail is empty: the server handed over no bytes');
  if (raw.length > limits.rawBytes) throw new MalformedPayload(`The mail has ${raw.length} bytes, more than ${limits.rawBytes}`);
  const text = raw.toString('latin1');
  const open: string[] = [];
  let parts = 0;
  let header = { inside: true, start: 0 };
  let embedded = false;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 2000)).trimEnd();
    if (header.inside) {
      const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(line);
      if (boundary) open.push(boundary[1] ?? boundary[2] ?? '');
      if (/^content-type:\s*message\/rfc822/i.test(line)) embedded = true;
      if (end - header.start > limits.headerBytes) throw new MalformedPayload(`A header block has more than ${limits.headerBytes} bytes`);
      // After the headers of an attached mail come those of the mail itself.
      if (!line) [header, embedded] = [{ inside: embedded, start: end }, false];
    } else if (line.startsWith('--')) {
      const level = open.findLastIndex((boundary) => line === `--${boundary}` || line === `--${boundary}--`);
      if (level >= 0) {
        open.length = line === `--${open[level]}--` ? level : level + 1;
        header = { inside: line === `--${open[level]}`, start };
        parts += 1;
      }
    }
    if (open.length > limits.depth) throw new MalformedPayload(`Parts are nested deeper than ${limits.depth} levels`);
    if (parts > limits.parts) throw new MalformedPayload(`There are more than ${limits.parts} parts`);
    start = end + 1;
  }
}
