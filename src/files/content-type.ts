import { open } from 'node:fs/promises';

const signatures: Array<[type: string, offset: number, bytes: string]> = [
  ['image/jpeg', 0, 'ffd8ff'],
  ['image/png', 0, '89504e470d0a1a0a'],
  ['image/gif', 0, '47494638'],
  ['image/webp', 8, '57454250'],
  ['image/avif', 4, '6674797061766966'],
  ['image/bmp', 0, '424d'],
  ['audio/wav', 8, '57415645'],
  ['audio/mp4', 4, '667479704d344120'],
  ['video/quicktime', 4, '6674797071742020'],
  ['video/mp4', 4, '66747970'],
  ['video/webm', 0, '1a45dfa3'],
  ['audio/ogg', 0, '4f676753'],
  ['audio/mpeg', 0, '494433'],
  ['application/pdf', 0, '25504446'],
];

const endings: Record<string, string> = {
  ...{ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/gif': 'gif', 'image/webp': 'webp', 'application/pdf': 'pdf' },
  ...{ 'video/mp4': 'mp4', 'video/webm': 'webm', 'video/quicktime': 'mov' },
  ...{ 'audio/mpeg': 'mp3', 'audio/mp4': 'm4a', 'audio/ogg': 'ogg', 'audio/wav': 'wav' },
};

/** What a file is by its first bytes, of which it takes 16; null for what has no mark there. */
export function typeByContent(start: Buffer): string | null {
  const found = signatures.find(([, offset, bytes]) => start.toString('hex', offset, offset + bytes.length / 2) === bytes);
  return found?.[0] ?? null;
}

/** What a file is: by its bytes, else as its server said, else as was told beforehand unless that was a guess such as `image/*`. */
export async function typeOf(path: string, said: string, expected: string): Promise<string> {
  const file = await open(path);
  const start = Buffer.alloc(16);
  const { bytesRead } = await file.read(start, 0, start.length, 0).finally(() => file.close());
  const known = [said, expected].find((type) => /^[\w.+-]+\/[\w.+-]+$/.test(type) && type !== 'application/octet-stream');
  return typeByContent(start.subarray(0, bytesRead)) ?? known ?? 'application/octet-stream';
}

/** The name with an ending that tells what it is, where it had none. */
export function withEnding(filename: string, contentType: string): string {
  const ending = endings[contentType];
  return !ending || /\.[a-z0-9]{2,5}$/i.test(filename) ? filename : `${filename}.${ending}`;
}
