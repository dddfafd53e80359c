import type { Capabilities, FileFacts } from '#libs/connector';
import { Invalid } from '../errors.js';

/** Throws Invalid that names the file or the text which a channel that knows but one message for a reply does not take. */
export function refuseUnfit(reply: { text: string; files: FileFacts[] }, capabilities: Capabilities, label: string): void {
  if (reply.files.length && !capabilities.attachments) throw refusedFiles(`${label} takes no files here.`);
  for (const file of reply.files) {
    const against = againstFile(file, capabilities);
    if (against) throw refusedFiles(`“${file.filename}” cannot be sent through ${label}: ${against}`);
  }
  const { maxLength, lengthUnit } = capabilities;
  const length = lengthUnit === 'bytes' ? Buffer.byteLength(reply.text) : reply.text.length;
  if (maxLength === null || length <= maxLength) return;
  throw new Invalid(`The text is too long: ${length} of at most ${maxLength} ${lengthUnit}. Shorten it.`, [
    { path: 'text', message: `must have at most ${maxLength} ${lengthUnit}` },
  ]);
}

function againstFile({ contentType, size }: FileFacts, { fileTypes, maxFileBytes }: Capabilities): string | null {
  if (maxFileBytes !== null && size > maxFileBytes) return `it has ${megabytes(size)}, and ${megabytes(maxFileBytes)} is the most.`;
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const fits = (allowed: string) => (allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed);
  return !fileTypes.length || fileTypes.some(fits) ? null : `files of type ${type} are not taken there, only ${fileTypes.join(', ')}.`;
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

const refusedFiles = (message: string) => new Invalid(message, [{ path: 'attachmentIds', message: 'cannot be sent here' }]);
