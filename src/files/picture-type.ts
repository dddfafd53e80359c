const signatures: Array<[type: string, offset: number, bytes: string]> = [
  ['image/jpeg', 0, 'ffd8ff'],
  ['image/png', 0, '89504e470d0a1a0a'],
  ['image/gif', 0, '474946'],
  ['image/webp', 8, '57454250'],
  ['image/avif', 4, '6674797061766966'],
  ['image/bmp', 0, '424d'],
];

/** The content type of a picture by its first bytes; for what is none of the kinds that browsers draw, bytes that nothing runs. */
export function pictureType(content: Buffer): string {
  const found = signatures.find(([, offset, bytes]) => content.toString('hex', offset, offset + bytes.length / 2) === bytes);
  return found?.[0] ?? 'application/octet-stream';
}
