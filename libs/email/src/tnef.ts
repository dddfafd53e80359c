import { decodeText } from './charset.js';

/** What Outlook wrapped into a `winmail.dat`. */
export interface Tnef {
  text: string;
  html: string | null;
  files: Array<{ filename: string; contentType: string; contentId: string | null; content: Buffer }>;
}

/** Attributes of MS-OXTNEF §2.1.3.3 and properties of MS-OXPROPS that matter here, by id. */
const attribute = {
  attachTitle: 0x8010,
  attachData: 0x800f,
  attachRendering: 0x9002,
  attachment: 0x9005,
  message: 0x9003,
  codePage: 0x9007,
  body: 0x800c,
};
const property = {
  body: 0x1000,
  html: 0x1013,
  data: 0x3701,
  filename: 0x3704,
  longFilename: 0x3707,
  contentType: 0x370e,
  contentId: 0x3712,
};

type File = Tnef['files'][number];

/** Opens a `winmail.dat` (MS-OXTNEF). Throws a RangeError or an Error when it is none, or is cut short. */
export function readTnef(bytes: Buffer): Tnef {
  if (bytes.readUInt32LE(0) !== 0x223e9f78) throw new Error('No TNEF signature');
  const found: Tnef = { text: '', html: null, files: [] };
  let charset = 'windows-1252';
  for (let at = 6; at + 9 <= bytes.length;) {
    const id = bytes.readUInt16LE(at + 1);
    const length = bytes.readUInt32LE(at + 5);
    const data = exactly(bytes, at + 9, length);
    const file = found.files.at(-1);
    if (id === attribute.codePage) charset = `windows-${data.readUInt32LE(0)}`;
    if (id === attribute.body) found.text ||= words(data, charset);
    if (id === attribute.message) readMessage(data, charset, found);
    if (id === attribute.attachRendering)
      found.files.push({ filename: '', contentType: 'application/octet-stream', contentId: null, content: Buffer.alloc(0) });
    if (id === attribute.attachTitle && file) file.filename ||= words(data, charset);
    if (id === attribute.attachData && file) file.content = data;
    if (id === attribute.attachment && file) readAttachment(data, charset, file);
    at += 9 + length + 2;
  }
  return found;
}

function readMessage(data: Buffer, charset: string, found: Tnef): void {
  const properties = readProperties(data);
  found.text ||= text(properties.get(property.body), charset);
  found.html ||= text(properties.get(property.html), charset) || null;
}

function readAttachment(data: Buffer, charset: string, file: File): void {
  const properties = readProperties(data);
  const read = (id: number) => text(properties.get(id), charset);
  file.filename = read(property.longFilename) || file.filename || read(property.filename);
  file.contentType = read(property.contentType).toLowerCase() || file.contentType;
  file.contentId = read(property.contentId).replace(/^<|>$/g, '') || null;
  const whole = properties.get(property.data)?.bytes;
  if (!file.content.length && whole) file.content = whole;
}

interface Value {
  unicode: boolean;
  bytes: Buffer;
}

const fixedSizes: Record<number, number> = { 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16 };

/** A list of MAPI properties (MS-OXTNEF §2.1.3.4): of each its first value. */
function readProperties(data: Buffer): Map<number, Value> {
  const values = new Map<number, Value>();
  let at = 4;
  for (let left = data.readUInt32LE(0); left > 0; left--) {
    const type = data.readUInt16LE(at);
    const id = data.readUInt16LE(at + 2);
    at += 4;
    if (id >= 0x8000) at += namedLength(data, at);
    const fixed = fixedSizes[type & 0x0fff];
    const isMany = Boolean(type & 0x1000);
    // Texts, bytes and objects are always counted, even where there is one.
    const count = isMany || !fixed ? data.readUInt32LE(at) : 1;
    if (isMany || !fixed) at += 4;
    for (let index = 0; index < count; index++) {
      const size = fixed ?? data.readUInt32LE(at);
      if (!fixed) at += 4;
      if (index === 0) values.set(id, { unicode: (type & 0x0fff) === 0x1f, bytes: exactly(data, at, size) });
      at += Math.ceil(size / 4) * 4;
      if (at > data.length) throw new RangeError('A property ends beyond the file');
    }
  }
  return values;
}

/** A named property carries the id of its set, and its name as number or text. */
function namedLength(data: Buffer, at: number): number {
  return data.readUInt32LE(at + 16) === 0 ? 24 : 24 + Math.ceil(data.readUInt32LE(at + 20) / 4) * 4;
}

function exactly(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new RangeError('It is cut short');
  return bytes.subarray(at, at + length);
}

function text(value: Value | undefined, charset: string): string {
  if (!value) return '';
  return value.unicode ? value.bytes.toString('utf16le').replace(/\0+$/, '') : words(value.bytes, charset);
}

const words = (bytes: Buffer, charset: string) => decodeText(bytes, charset).replace(/\0+$/, '');
