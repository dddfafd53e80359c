import type { FilePart } from './read-parts.js';

/** A text with OpenPGP blocks in it (RFC 9580 §6) as something to read: signed words without their armour, ciphertext as a file. */
export function unarmour(text: string): { text: string; kind: 'signed' | 'encrypted' | null; file: FilePart | null } {
  const [start, end] = ['-----BEGIN PGP MESSAGE-----', '-----END PGP MESSAGE-----'].map((line) => text.indexOf(line));
  if (start !== undefined && end !== undefined && start >= 0 && end > start) {
    const after = end + '-----END PGP MESSAGE-----'.length;
    const file = {
      filename: 'encrypted.asc',
      contentType: 'application/pgp-encrypted',
      contentId: null,
      content: Buffer.from(text.slice(start, after)),
    };
    return { text: text.slice(0, start) + text.slice(after), kind: 'encrypted', file };
  }
  const signed =
    /-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:\S[^\n]*\n)*\s*\n([^]*?)\n-----BEGIN PGP SIGNATURE-----[^]*?-----END PGP SIGNATURE-----/;
  if (!signed.test(text)) return { text, kind: null, file: null };
  return { text: text.replace(signed, (_, words: string) => words.replace(/^- /gm, '')), kind: 'signed', file: null };
}
