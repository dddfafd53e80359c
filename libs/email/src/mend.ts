import { MalformedPayload } from '#libs/connector';
import { readParameters, type Parameterised } from './parameters.js';
import { firstHeader, headersIn, type RawHeader } from './raw-headers.js';
import { headerOf, readText, textPart, textParts, type Leaf } from './leaf.js';
import { transferEncoding } from './transfer.js';

/** What no person's mail reaches, and mail built to exhaust a parser does. */
const limits = { depth: 50, parts: 1000, headerBytes: 2 * 2 ** 20 };
/** Of longer text the beginning is text, and the whole an attachment. */
const maxTextBytes = 2 * 2 ** 20;
/** When all parts together have so much to read, what else there is stays a file. */
const maxReadBytes = 4 * 2 ** 20;
const shownTextBytes = 2 ** 19;
const maxNamedTextBytes = 64 * 2 ** 10;
/** How far to look for a boundary before it is held to be missing. */
const lookahead = 2 ** 18;
const maxDelimiter = 1000;

interface Level {
  /** As the mail has it. */
  boundary: string;
  /** As we write it. */
  own: string;
  type: string;
}

/**
 * Rewrites a mail as it comes by into one that every MIME parser understands: boundaries of our own, closed where they
 * were left open; text in UTF-8, whatever its label said or did not say; file names in one form; only the headers that
 * tell what a part is. Attachments pass through untouched. Throws {@link MalformedPayload} for mail made to exhaust parsers.
 */
export class Mender {
  /** The type of each part with its parameters, as far as read. */
  readonly types: Parameterised[] = [];
  /** Whether there is HTML that no text says again, as it would beside it in a multipart/alternative. */
  hasLonePage = false;
  private readonly open: Level[] = [];
  private readonly root = { boundary: '', own: '=_0', type: 'multipart/mixed' };
  private state: 'header' | 'between' | 'text' | 'content' = 'between';
  private waiting: RawHeader[] | null;
  private rest: Buffer = Buffer.alloc(0);
  /** Whether `rest` begins at the start of a line. */
  private fresh = true;
  private leaf: Leaf | null = null;
  private text: Buffer[] = [];
  private textBytes = 0;
  private readBytes = 0;
  private out: Buffer[] = [];
  private parts = 0;

  /** `headers` are those on top of the mail; its body is then given to `write`. */
  constructor(headers: RawHeader[]) {
    this.waiting = headers;
    this.emit(`content-type: multipart/mixed; boundary="${this.root.own}"\r\n\r\n--${this.root.own}\r\n`);
  }

  write(chunk: Buffer): Buffer[] {
    this.rest = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    while (this.step(false));
    return this.take();
  }

  end(): Buffer[] {
    while (this.step(true));
    this.endLeaf();
    while (this.open.length) this.close();
    this.emit(`\r\n--${this.root.own}--\r\n`);
    return this.take();
  }

  private take(): Buffer[] {
    return this.out.splice(0);
  }

  private emit(...pieces: Array<string | Buffer>): void {
    for (const piece of pieces) if (piece.length) this.out.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }

  /** Goes on as far as one thing: a header block, or the content up to the next delimiter. False when it needs more bytes. */
  private step(final: boolean): boolean {
    if (this.waiting) return this.begin(this.waiting, final);
    if (this.state === 'header') return this.readHeader(final);
    const found = this.nextDelimiter(final);
    this.content(this.rest.subarray(0, found.at));
    this.rest = this.rest.subarray(found.next);
    this.fresh = found.level >= 0 || (this.fresh && found.at === 0);
    if (found.level >= 0) this.delimit(found.level, found.closes);
    return found.level >= 0;
  }

  private readHeader(final: boolean): boolean {
    let start = 0;
    for (let lines = 0; ; lines++) {
      const newline = this.rest.indexOf(10, start);
      if (newline < 0 && !final) {
        if (this.rest.length > limits.headerBytes) throw new MalformedPayload(`A header block has more than ${limits.headerBytes} bytes`);
        return false;
      }
      const end = newline < 0 ? this.rest.length : newline + 1;
      const line = this.rest.toString('latin1', start, Math.min(end, start + maxDelimiter)).trimEnd();
      const isHeader = /^([!-9;-~]+[ \t]*:|[ \t])/.test(line) || (lines > 0 && /^[^\s:]+=/.test(line));
      if (!line || !isHeader || (line.startsWith('--') && this.levelOf(line).level >= 0)) {
        this.waiting = headersIn(this.rest.toString('latin1', 0, start));
        this.rest = this.rest.subarray(line ? start : end);
        this.fresh = true;
        return true;
      }
      start = end;
    }
  }

  /** Which open part a line divides or closes: the innermost of that boundary. */
  private levelOf(line: string): { level: number; closes: boolean } {
    const name = line.slice(2);
    const closed = name.endsWith('--') ? name.slice(0, -2) : null;
    const level = this.open.findLastIndex(({ boundary }) => boundary === name || boundary === closed);
    return { level, closes: level >= 0 && this.open[level]?.boundary !== name };
  }

  /** Where the next delimiter line stands, the line end before it included; without one, how many bytes are surely content. */
  private nextDelimiter(final: boolean): { at: number; next: number; level: number; closes: boolean } {
    const { rest } = this;
    const none = (at: number) => ({ at, next: at, level: -1, closes: false });
    const before = (line: number) => line - (rest[line - 1] === 10 ? (rest[line - 2] === 13 ? 2 : 1) : 0);
    let line = this.fresh && rest.subarray(0, 2).equals(dashes) ? 0 : rest.indexOf('\n--') + 1 || -1;
    while (line >= 0 && this.open.length) {
      const newline = rest.indexOf(10, line);
      const end = newline < 0 ? rest.length : newline;
      if (newline < 0 && !final && end - line < maxDelimiter) return none(before(line));
      const found = end - line < maxDelimiter ? this.levelOf(rest.toString('latin1', line, end).trimEnd()) : { level: -1, closes: false };
      if (found.level >= 0) return { at: before(line), next: Math.min(end + 1, rest.length), ...found };
      line = rest.indexOf('\n--', end - 1 > line ? end - 1 : end) + 1 || -1;
    }
    if (final || !this.open.length) return none(rest.length);
    const last = rest.lastIndexOf(10) + 1;
    return none(rest.length - last < maxDelimiter ? before(last) : rest.length);
  }

  private delimit(level: number, closes: boolean): void {
    this.endLeaf();
    while (this.open.length > level + 1) this.close();
    if (closes) return this.close();
    this.emit(`\r\n--${this.open[level]?.own}\r\n`);
    this.state = 'header';
    if (++this.parts > limits.parts) throw new MalformedPayload(`There are more than ${limits.parts} parts`);
  }

  private close(): void {
    this.emit(`\r\n--${this.open.pop()?.own}--\r\n`);
    this.state = 'between';
  }

  /** Begins a part. False when it takes more bytes to tell what it is. */
  private begin(headers: RawHeader[], final: boolean): boolean {
    const type = this.typeOf(headers);
    if (type.value.startsWith('multipart/')) {
      const boundary = this.boundaryOf(type);
      if (!boundary && !final && this.rest.length < lookahead) return false;
      if (boundary) this.beginMultipart(type, boundary);
      else this.beginLeaf({ ...type, value: this.looksLikeHtml() ? 'text/html' : 'text/plain' }, headers);
    } else this.beginLeaf(type, headers);
    this.types.push(type);
    this.waiting = null;
    return true;
  }

  private typeOf(headers: RawHeader[]): Parameterised {
    const type = readParameters(firstHeader(headers, 'content-type'));
    const standard = this.open.at(-1)?.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    const value = type.value === 'text' || !type.value ? standard : type.value;
    return { ...type, value: /^[\w.+-]+\/[\w.+-]+$/.test(value) ? value : 'application/octet-stream' };
  }

  /** The boundary that divides the part: the one it names, or else the first line that looks like one. */
  private boundaryOf({ params }: Parameterised): string | null {
    const named = params.get('boundary')?.trimEnd();
    if (named && this.rest.includes(`--${named}`, 0, 'latin1')) return named;
    const start = this.rest.toString('latin1', 0, lookahead);
    const seen = /^--(\S[^\r\n]{0,69}?)[ \t]*\r?\n(?=content-[a-z-]+:)/im.exec(start)?.[1];
    return seen && this.levelOf(`--${seen}`).level < 0 ? seen : null;
  }

  private looksLikeHtml(): boolean {
    return /^\s*<(!doctype|html|body|div|p|table)\b/i.test(this.rest.toString('latin1', 0, 200));
  }

  private beginMultipart({ value }: Parameterised, boundary: string): void {
    const own = `=_${this.types.length + 1}`;
    this.open.push({ boundary, own, type: value });
    if (this.open.length > limits.depth) throw new MalformedPayload(`Parts are nested deeper than ${limits.depth} levels`);
    this.emit(`content-type: ${value}; boundary="${own}"\r\n\r\n`);
    this.state = 'between';
  }

  private beginLeaf(type: Parameterised, headers: RawHeader[]): void {
    const disposition = readParameters(firstHeader(headers, 'content-disposition'));
    this.leaf = {
      type,
      disposition: disposition.value,
      filename: disposition.params.get('filename') ?? type.params.get('name') ?? '',
      encoding: transferEncoding(firstHeader(headers, 'content-transfer-encoding')),
      contentId: firstHeader(headers, 'content-id') || firstHeader(headers, 'content-location'),
    };
    const isBody = this.isBody(this.leaf);
    if (isBody && type.value === 'text/html' && !this.open.some((level) => level.type === 'multipart/alternative')) this.hasLonePage = true;
    this.state = isBody || this.leaf.encoding === 'uuencode' ? 'text' : 'content';
    if (this.state === 'content') this.emit(headerOf(this.leaf));
  }

  /** Whether it is something to read rather than to keep. Of named text only that is read which stands inline, and what nothing else can be. */
  private isBody({ type, disposition, filename }: Leaf): boolean {
    if (!['text/plain', 'text/html', 'text/markdown', 'text/enriched'].includes(type.value)) return false;
    if (disposition && disposition !== 'inline') return false;
    const alone = !this.open.length || this.open.at(-1)?.type === 'multipart/alternative';
    return !filename || alone || (disposition === 'inline' && type.value === 'text/plain');
  }

  private content(bytes: Buffer): void {
    if (this.state === 'content') this.emit(bytes);
    if (this.state !== 'text' || !bytes.length) return;
    this.text.push(bytes);
    this.textBytes += bytes.length;
    this.readBytes += bytes.length;
    const limit = this.leaf?.filename && this.open.length ? maxNamedTextBytes : maxTextBytes;
    if (this.leaf && (this.textBytes > limit || this.readBytes > maxReadBytes)) this.endText(this.leaf);
  }

  /** It is longer than one can read: the beginning is text, and the whole goes on as an attachment. */
  private endText(leaf: Leaf): void {
    const whole = Buffer.concat(this.text);
    if (!leaf.filename && this.readBytes <= maxReadBytes) {
      const { text, html } = readText(leaf, whole.subarray(0, shownTextBytes));
      this.emit(textPart(`${text}\n\n[This is only the beginning. The whole text is attached.]`, html), this.divider());
    }
    const filename = leaf.filename || `message.${leaf.type.value === 'text/html' ? 'html' : 'txt'}`;
    this.emit(headerOf({ ...leaf, disposition: 'attachment', filename }), whole);
    [this.text, this.textBytes, this.state] = [[], 0, 'content'];
  }

  private endLeaf(): void {
    const { leaf } = this;
    if (leaf && this.state === 'text') {
      this.emit(textParts(leaf, Buffer.concat(this.text)).join(this.divider()));
    }
    [this.leaf, this.text, this.textBytes, this.state] = [null, [], 0, 'between'];
  }

  private divider(): string {
    return `\r\n--${(this.open.at(-1) ?? this.root).own}\r\n`;
  }
}

const dashes = Buffer.from('--');
