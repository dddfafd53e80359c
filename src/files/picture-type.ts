import { typeByContent } from './content-type.js';

/** The content type of a picture by its first bytes; for what is none of the kinds that browsers draw, bytes that nothing runs. */
export function pictureType(content: Buffer): string {
  const type = typeByContent(content);
  return type?.startsWith('image/') ? type : 'application/octet-stream';
}
