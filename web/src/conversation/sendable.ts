import type { Capabilities } from '../api/shapes.js';
import { fileSize, text } from '../text/text.js';

interface FileFacts {
  /** A content type; empty where the browser does not know it. */
  type: string;
  size: number;
}

/** Why a file cannot be sent on this channel, in words; null when it can. */
export function refusal({ type, size }: FileFacts, { attachments, fileTypes, maxFileBytes }: Capabilities): string | null {
  if (!attachments) return text.composer.noFiles;
  if (!size) return text.composer.emptyFile;
  if (fileTypes.length && !fileTypes.some((possible) => matches(type, possible))) return text.composer.badType(readable(fileTypes));
  if (maxFileBytes !== null && size > maxFileBytes) return text.composer.tooLarge(fileSize(maxFileBytes));
  return null;
}

const matches = (type: string, possible: string) => (possible.endsWith('/*') ? type.startsWith(possible.slice(0, -1)) : type === possible);

/** `image/png` as people say it: PNG; `video/*`: video. */
const readable = (types: string[]) =>
  types
    .map((type) => (type.endsWith('/*') ? type.slice(0, -2) : (type.split('/')[1] ?? type).replace(/^x-|^vnd\./, '').toUpperCase()))
    .join(', ');
