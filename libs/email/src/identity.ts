import { createHash, type Hash } from 'node:crypto';
import type { Content } from '#libs/connector';
import { headOf, piecesOf } from './content.js';
import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw, type RawHeader } from './raw-headers.js';

/** A mail's names: `key` by its bytes, `messageId` (without brackets) by its sender. */
export interface MailIdentity {
  key: string;
  messageId: string | null;
}

const headBytes = 2 * 2 ** 20;
const maxLine = 2 ** 20;
const parameter = 'boundary=';

/**
 * A name for a mail made of its own bytes: `mid:<Message-ID>#<hash>`, or `sha:<hash>` where there is none.
 *
 * The same mail fetched again (other folder, other UID, new UIDVALIDITY, re-delivered copy) gets the same name: the hash
 * leaves out trace headers, white space, and MIME boundaries, which some servers make anew for each fetch.
 * Two different mails with one Message-ID, as broken senders produce, get two names.
 */
export async function identityOf(content: Content): Promise<MailIdentity> {
  if (Buffer.isBuffer(content) && content.length <= headBytes) return identityNow(content);
  const head = await headOf(content, headBytes);
  const { headers, body } = splitRaw(head);
  const hash = new BodyHash(hashOf(headers));
  hash.update(body);
  // Without an end of the headers in so many bytes there is no body.
  const isOnlyHeader = !body.length && head.length === headBytes && !/\n\r?\n$/.test(head.subarray(-3).toString('latin1'));
  if (!isOnlyHeader) for await (const piece of piecesOf(content, head.length)) hash.update(piece);
  return named(headers, hash.end());
}

/** The key of a mail in memory, as {@link identityOf} says. */
export const mailIdentity = (raw: Buffer): string => identityNow(raw).key;

function identityNow(raw: Buffer): MailIdentity {
  const { headers, body } = splitRaw(raw);
  return named(headers, hashOf(headers).update(withoutChance(body.toString('latin1')), 'latin1'));
}

function named(headers: RawHeader[], hash: Hash): MailIdentity {
  const digest = hash.digest('hex');
  const messageId = messageIds(firstHeader(headers, 'message-id'))[0] ?? null;
  // An index entry has room for some 2 KB; ids that long are junk anyway.
  const key = messageId && messageId.length <= 250 ? `mid:${messageId}#${digest.slice(0, 16)}` : `sha:${digest}`;
  return { key, messageId };
}

function hashOf(headers: RawHeader[]): Hash {
  const hash = createHash('sha256');
  for (const name of ['from', 'date', 'subject']) hash.update(`${firstHeader(headers, name).replace(/\s+/g, ' ')}\n`, 'latin1');
  return hash;
}

// The keys of stored mails are made of this: any change of its result makes every mail of a mailbox a new one.
function withoutChance(lines: string): string {
  return lines
    .replace(/^--[^\r\n]*/gm, '')
    .replace(/^(content-type:[^\r\n]*|[ \t][^\r\n]*)\bboundary=[^\r\n]*/gim, '$1')
    .replace(/\s+/g, '');
}

/** Hashes {@link withoutChance} of a text that comes in pieces. All it does is done line by line, so whole lines are passed on as they come. */
class BodyHash {
  private rest = '';
  private endless: EndlessLine | null = null;

  constructor(private hash: Hash) {}

  update(piece: Buffer): void {
    let text = this.rest + piece.toString('latin1');
    if (this.endless) {
      const end = text.search(/[\r\n]/);
      this.endless.update(end < 0 ? text : text.slice(0, end), end >= 0);
      text = end < 0 ? this.endless.rest : text.slice(end);
      if (end >= 0) [this.hash, this.endless] = [this.endless.hash, null];
    }
    if (!this.endless) text = this.wholeLines(text);
    this.rest = text;
  }

  end(): Hash {
    if (this.endless) this.endless.update(this.rest, true);
    return this.endless?.hash ?? this.hash.update(withoutChance(this.rest), 'latin1');
  }

  private wholeLines(text: string): string {
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    this.hash.update(withoutChance(text.slice(0, end)), 'latin1');
    const rest = text.slice(end);
    if (rest.length <= maxLine) return rest;
    this.endless = new EndlessLine(this.hash, rest);
    this.endless.update(rest, false);
    return this.endless.rest;
  }
}

/** One line too long to be held in memory. Everything from the last `boundary=` on is left out, and which is the last shows at its end: so the hash before each is kept. */
class EndlessLine {
  /** What must be seen again together with what follows. */
  rest = '';
  private beforeLast: Hash | null = null;
  /** The character before: `boundary=` counts only as a word of its own. */
  private before = '';
  private readonly kind: 'delimiter' | 'parameter' | 'text';

  constructor(
    private whole: Hash,
    start: string,
  ) {
    this.kind = start.startsWith('--') ? 'delimiter' : /^(content-type:|[ \t])/i.test(start) ? 'parameter' : 'text';
  }

  get hash(): Hash {
    return this.beforeLast ?? this.whole;
  }

  update(text: string, last: boolean): void {
    if (this.kind === 'delimiter') return;
    const found = this.kind === 'parameter' ? this.lastBoundary(text) : -1;
    if (found >= 0) {
      this.hashText(text.slice(0, found));
      this.beforeLast = this.whole.copy();
    }
    const end = last || this.kind === 'text' ? text.length : Math.max(found, text.length - (parameter.length - 1));
    this.hashText(text.slice(Math.max(found, 0), end));
    this.rest = text.slice(end);
  }

  private lastBoundary(text: string): number {
    const found = [...(this.before + text).matchAll(/\bboundary=/gi)].at(-1);
    return found ? found.index - this.before.length : -1;
  }

  private hashText(text: string): void {
    this.whole.update(text.replace(/\s+/g, ''), 'latin1');
    this.before = text.at(-1) ?? this.before;
  }
}
