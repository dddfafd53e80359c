import type { FilePart } from './read-parts.js';

/** A text with an OpenPGP block in it (RFC 9580 §6) as something to read: signed words without their armour, ciphertext as a file. */
export function unarmour(text: string): { text: string; kind: 'signed' | 'encrypted' | null; file: FilePart | null } {
  const sealed = block(text, '-----BEGIN PGP MESSAGE-----', '-----END PGP MESSAGE-----');
  if (sealed) {
    const content = Buffer.from(sealed.inside);
    const file = { filename: 'encrypted.asc', contentType: 'application/pgp-encrypted', contentId: null, content };
    return { text: sealed.before + sealed.after, kind: 'encrypted', file };
  }
  const signed = block(text, '-----BEGIN PGP SIGNED MESSAGE-----', '-----END PGP SIGNATURE-----');
  const signature = signed?.inside.indexOf('-----BEGIN PGP SIGNATURE-----') ?? -1;
  if (!signed || signature < 0) return { text, kind: null, file: null };
  // Headers of the armour end at an empty line; dashes at the start of a line were escaped (RFC 9580 §7.1).
  const armoured = signed.inside.slice(0, signature);
  const words = armoured
    .slice(armoured.search(/\n\r?\n/))
    .trim()
    .replace(/^- /gm, '');
  return { text: [signed.before.trim(), words, signed.after.trim()].filter(Boolean).join('\n\n'), kind: 'signed', file: null };
}

function block(text: string, first: string, last: string): { before: string; inside: string; after: string } | null {
  const start = text.indexOf(first);
  const end = start < 0 ? -1 : text.indexOf(last, start);
  if (end < 0) return null;
  const stop = end + last.length;
  return { before: text.slice(0, start), inside: text.slice(start, stop), after: text.slice(stop) };
}
