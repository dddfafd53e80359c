const signedData = Buffer.from('06092a864886f70d010702', 'hex');
const maxDepth = 12;

interface Element {
  tag: number;
  content: Buffer;
  /** Where the next one begins. */
  end: number;
}

/**
 * The mail inside of an opaque S/MIME signature (CMS SignedData, RFC 5652 §5.1), not verified; null when the bytes are
 * something else, such as an encrypted mail.
 */
export function signedContent(bytes: Buffer): Buffer | null {
  try {
    const [type, wrapped] = children(read(bytes, 0).content);
    const isSigned = type && wrapped && Buffer.concat([Buffer.from([6, type.content.length]), type.content]).equals(signedData);
    if (!isSigned) return null;
    const encapsulated = children(children(wrapped.content)[0]?.content ?? wrapped.content).find(({ tag }) => tag === 0x30);
    const content = encapsulated && children(encapsulated.content)[1];
    return content ? octets(children(content.content), 0) : null;
  } catch {
    // Not what it says it is, or cut short: it stays the file it is.
    return null;
  }
}

/** An octet string may come in pieces (BER), as large ones do. */
function octets(elements: Element[], depth: number): Buffer {
  if (depth > maxDepth) throw new RangeError('Nested too deep');
  return Buffer.concat(elements.map(({ tag, content }) => (tag === 0x24 ? octets(children(content), depth + 1) : content)));
}

function children(content: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < content.length;) {
    const element = read(content, at);
    if (element.tag === 0 && !element.content.length) break;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** One element of BER (X.690 §8.1), also of indefinite length. */
function read(bytes: Buffer, at: number, depth = 0): Element {
  if (depth > maxDepth) throw new RangeError('Nested too deep');
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  if (first === 0x80) {
    const start = at + 2;
    let end = start;
    while (bytes.readUInt16BE(end) !== 0) end = read(bytes, end, depth + 1).end;
    return { tag, content: bytes.subarray(start, end), end: end + 2 };
  }
  const lengthBytes = first > 0x80 ? first - 0x80 : 0;
  const start = at + 2 + lengthBytes;
  const end = start + (lengthBytes ? bytes.readUIntBE(at + 2, Math.min(lengthBytes, 6)) : first);
  if (end > bytes.length) throw new RangeError('It is cut short');
  return { tag, content: bytes.subarray(start, end), end };
}
