import type { ImapFlow, MessageStructureObject } from 'imapflow';
import { MailGone } from './mail-pieces.js';

const partBytes = 2 ** 20;
/** More than any reader takes: what is longer is told by its length. Whole, it could break the line. */
const headerBytes = 2.25 * 2 ** 20;
const maxParts = 20;
const maxDepth = 20;
const boundary = (depth: number) => `----=_part-of-a-larger-mail-${depth}`;

/**
 * The readable part of a mail that is too large to be fetched whole, as a small mail of its own: its headers, its texts
 * (of each 1 MiB at most, as the sender encoded them), and a list of the files that were left out. Where the server
 * cannot say how the mail is built, its first MiB. Throws {@link MailGone}.
 */
export async function partialMail(client: ImapFlow, uid: number): Promise<Buffer> {
  try {
    return await readablePart(client, uid);
  } catch (error) {
    if (error instanceof MailGone || !client.usable) throw error;
    return beginning(client, uid);
  }
}

async function readablePart(client: ImapFlow, uid: number): Promise<Buffer> {
  const mail = await client.fetchOne(
    uid,
    { uid: true, bodyParts: [{ key: 'header', maxLength: headerBytes }], bodyStructure: true },
    { uid: true },
  );
  if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
  // imapflow passes over an answer that it cannot read.
  // What is asked for by the key `header` imapflow gives as `headers`.
  const { headers, bodyStructure } = mail || {};
  if (!headers || !bodyStructure?.type) return beginning(client, uid);
  if (headers.length >= headerBytes) return headers;
  const texts = leaves(bodyStructure).filter(isText).slice(0, maxParts);
  const parts = await fetchParts(client, uid, texts, bodyStructure);
  if (!bodyStructure.childNodes && isText(bodyStructure)) return Buffer.concat([ended(headers), parts.get(bodyStructure)?.body ?? empty]);
  const omitted = leaves(bodyStructure).filter((node) => !parts.has(node));
  return Buffer.concat([
    withoutContentHeaders(headers),
    multipart('multipart/mixed', [...rebuild(bodyStructure, parts), list(omitted)], 0),
  ]);
}

interface Part {
  head: Buffer;
  body: Buffer;
}

type Parts = Map<MessageStructureObject, Part>;

const empty = Buffer.alloc(0);

async function beginning(client: ImapFlow, uid: number): Promise<Buffer> {
  const mail = await client.fetchOne(uid, { uid: true, source: { start: 0, maxLength: partBytes } }, { uid: true });
  if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
  if (!mail) throw new MailGone(`the mail with UID ${uid} is no longer there`);
  return mail.source ?? empty;
}

async function fetchParts(client: ImapFlow, uid: number, texts: MessageStructureObject[], root: MessageStructureObject): Promise<Parts> {
  const parts: Parts = new Map();
  for (const node of texts) {
    // A mail of one part has no part numbers to speak of (RFC 3501 §6.4.5).
    const key = node === root ? 'text' : (node.part ?? '1');
    const bodyParts = [{ key, maxLength: partBytes }, ...(node === root ? [] : [{ key: `${key}.mime` }])];
    const mail = await client.fetchOne(uid, { uid: true, bodyParts }, { uid: true });
    if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
    const found = mail ? mail.bodyParts : undefined;
    const body = found?.get(key);
    if (body) parts.set(node, { head: found?.get(`${key}.mime`) ?? empty, body });
  }
  return parts;
}

/** The parts that are no containers, in order. A forwarded mail is one of them, whatever is in it. */
function leaves(node: MessageStructureObject, depth = 0): MessageStructureObject[] {
  if (!isContainer(node)) return [node];
  return depth < maxDepth ? (node.childNodes ?? []).flatMap((child) => leaves(child, depth + 1)) : [];
}

const isContainer = ({ type, childNodes }: MessageStructureObject) => type.startsWith('multipart/') && !!childNodes;
const isText = ({ type, disposition }: MessageStructureObject) => /^text\/(plain|html)$/i.test(type) && disposition !== 'attachment';

/** The containers as they were, with nothing but text in them: which text stands for which other must stay known. */
function rebuild(node: MessageStructureObject, parts: Parts, depth = 1): Buffer[] {
  const part = parts.get(node);
  if (part) return [Buffer.concat([ended(part.head), part.body])];
  const children =
    isContainer(node) && depth < maxDepth ? (node.childNodes ?? []).flatMap((child) => rebuild(child, parts, depth + 1)) : [];
  return children.length > 1 ? [multipart(node.type, children, depth)] : children;
}

function multipart(type: string, children: Buffer[], depth: number): Buffer {
  const mark = boundary(depth);
  return Buffer.concat([
    Buffer.from(`Content-Type: ${type}; boundary="${mark}"\r\n\r\n`),
    ...children.flatMap((child) => [Buffer.from(`--${mark}\r\n`), child, Buffer.from('\r\n')]),
    Buffer.from(`--${mark}--\r\n`),
  ]);
}

function list(omitted: MessageStructureObject[]): Buffer {
  const lines = omitted.map((node) => `- ${nameOf(node)} (${node.type}, ${sizeOf(node)})`);
  const text = lines.length ? `Left in the mailbox:\r\n${lines.join('\r\n')}\r\n` : 'The rest was left in the mailbox.\r\n';
  return Buffer.from(`Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`);
}

function nameOf({ dispositionParameters, parameters, envelope, type }: MessageStructureObject): string {
  const name = dispositionParameters?.filename ?? parameters?.name ?? envelope?.subject;
  return name?.replace(/\s+/g, ' ').trim() || (type.startsWith('text/') ? 'text' : 'file without a name');
}

/** Rounded, as servers count it differently from one look to the next, and the list is part of what the mail is known by. */
function sizeOf({ size = 0 }: MessageStructureObject): string {
  return size < 2 ** 20 ? 'less than 1 MB' : `${Math.round(size / 2 ** 20)} MB`;
}

/** Headers with the empty line that ends them, which not every server sends. */
function ended(headers: Buffer): Buffer {
  const text = headers.toString('latin1').replace(/[\r\n]+$/, '');
  return Buffer.from(text ? `${text}\r\n\r\n` : '\r\n', 'latin1');
}

/** What the headers say of the body is no longer so. Ends with the last header line that is left. */
function withoutContentHeaders(headers: Buffer): Buffer {
  const lines = headers
    .toString('latin1')
    .replace(/(\r?\n)+$/, '')
    .split(/\r?\n(?![ \t])/);
  const kept = lines.filter((line) => !/^(content-[\w-]+|mime-version)[ \t]*:/i.test(line));
  return Buffer.from([...kept, 'MIME-Version: 1.0', ''].join('\r\n'), 'latin1');
}
