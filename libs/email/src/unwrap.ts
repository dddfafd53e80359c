import { bytesOf, type Spool } from './content.js';
import { splitLenient } from './raw-headers.js';
import { readParts, type FilePart, type Parts } from './read-parts.js';
import { unarmour } from './pgp.js';
import { signedContent } from './signed-data.js';
import { readTnef, type Tnef } from './tnef.js';

const maxWrapped = 30 * 2 ** 20;

/** Takes out what programs wrap a whole mail into: Outlook's `winmail.dat`, and S/MIME that is signed but not encrypted. */
export async function unwrap(parts: Parts, spool: Spool): Promise<Parts> {
  const { text, kind, file: ciphertext } = unarmour(parts.text);
  const whole: Parts = { ...parts, text, files: ciphertext ? [ciphertext] : [] };
  if (kind) whole.types = [...parts.types, { value: `multipart/${kind}`, params: new Map() }];
  for (const file of parts.files) {
    const inner = (await openTnef(file)) ?? (await openSigned(file, spool));
    whole.files.push(...(inner?.files ?? [file]));
    if (!inner) continue;
    whole.types = [...whole.types, ...inner.types];
    if (!whole.text.trim() && !whole.html) Object.assign(whole, { text: inner.text, html: inner.html, isMorePage: inner.isMorePage });
  }
  return whole;
}

async function openTnef(file: FilePart): Promise<Parts | null> {
  if (!/^application\/(vnd\.)?ms-tnef$/.test(file.contentType) && file.filename.toLowerCase() !== 'winmail.dat') return null;
  const bytes = await bytesOf(file.content, maxWrapped);
  const tnef = bytes && readOrNull(bytes);
  // One that holds nothing for us may still hold something for others.
  return tnef && (tnef.files.length || tnef.text || tnef.html) ? { ...tnef, isMorePage: !tnef.text, types: [] } : null;
}

/** One that is damaged stays the file it is. */
function readOrNull(bytes: Buffer): Tnef | null {
  try {
    return readTnef(bytes);
  } catch {
    return null;
  }
}

async function openSigned(file: FilePart, spool: Spool): Promise<Parts | null> {
  if (!/^application\/(x-)?pkcs7-mime$/.test(file.contentType)) return null;
  const bytes = await bytesOf(file.content, maxWrapped);
  const mail = bytes && signedContent(bytes);
  if (!mail) return null;
  const { headers, body } = splitLenient(mail);
  const inner = await readParts(headers, oneOf(body), spool);
  return { ...inner, files: [...inner.files, file], types: [{ value: 'multipart/signed', params: new Map() }, ...inner.types] };
}

async function* oneOf(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
