import { decodeText } from './charset.js';
import { unflow } from './flowed.js';
import type { Parameterised } from './parameters.js';
import { decodeTransfer, decodeUu, takeUuFiles, type transferEncoding } from './transfer.js';

/** What the header of a part without parts of its own says. */
export interface Leaf {
  type: Parameterised;
  disposition: string;
  filename: string;
  encoding: ReturnType<typeof transferEncoding>;
  contentId: string;
}

/** The text of a part as its author wrote it, and the files old programs put into it. */
export function readText(
  { type, encoding }: Leaf,
  bytes: Buffer,
): { text: string; html: boolean; files: Array<{ filename: string; content: Buffer }> } {
  const { value, params } = type;
  const html = value === 'text/html';
  const text = decodeText(decodeTransfer(bytes, encoding), params.get('charset'), html);
  if (html) return { text, html, files: [] };
  const flowed = params.get('format')?.toLowerCase() === 'flowed';
  return { html, ...takeUuFiles(flowed ? unflow(text, params.get('delsp')?.toLowerCase() === 'yes') : text) };
}

/** A part that was read, written anew: its text in UTF-8, and files apart from it. */
export function textParts(leaf: Leaf, bytes: Buffer): string[] {
  if (leaf.encoding === 'uuencode') return [filePart(leaf, decodeUu(bytes.toString('latin1')))];
  const { text, html, files } = readText(leaf, bytes);
  const type = { value: 'application/octet-stream', params: new Map<string, string>() };
  return [textPart(text, html), ...files.map(({ filename, content }) => filePart({ ...leaf, type, filename, contentId: '' }, content))];
}

export function textPart(text: string, html: boolean): string {
  const header = `content-type: ${html ? 'text/html' : 'text/plain'}; charset=utf-8\r\ncontent-transfer-encoding: base64\r\n\r\n`;
  return header + Buffer.from(text).toString('base64');
}

function filePart(leaf: Leaf, content: Buffer): string {
  return headerOf({ ...leaf, disposition: 'attachment', encoding: 'base64' }) + content.toString('base64');
}

/** The header of a file as every parser understands it, the name in the one form of RFC 2231. */
export function headerOf({ type, disposition, filename, encoding, contentId }: Leaf): string {
  const name =
    filename &&
    `; filename*=utf-8''${encodeURIComponent(filename.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;
  const id = contentId.replace(/[^!-~]/g, '');
  return [
    `content-type: ${type.value}`,
    `content-transfer-encoding: ${encoding}`,
    `content-disposition: ${disposition === 'inline' && !type.value.startsWith('text/') ? 'inline' : 'attachment'}${name}`,
    ...(id ? [`content-id: ${id}`] : []),
    '\r\n',
  ].join('\r\n');
}
