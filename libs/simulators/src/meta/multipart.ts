import type { GraphCall } from './graph-api.js';
import { GraphError } from './graph-error.js';
import type { MediaFile } from './media-files.js';

/** The fields of a call that may be `multipart/form-data` (RFC 7578), compound ones parsed as JSON, and the file in `filedata`. */
export async function formOf({ headers, body, raw }: GraphCall): Promise<{ fields: Record<string, unknown>; filedata?: MediaFile }> {
  const contentType = headers['content-type'] ?? '';
  if (!contentType.includes('multipart/')) return { fields: body };
  const form = await new Response(new Uint8Array(raw), { headers: { 'Content-Type': contentType } }).formData().catch(unreadable);
  const fields = [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, parsed(value)] as const] : []));
  const file = form.get('filedata');
  if (file === null || typeof file === 'string') return { fields: Object.fromEntries(fields) };
  const filedata = { name: file.name, contentType: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
  return { fields: Object.fromEntries(fields), filedata };
}

function parsed(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new GraphError(100, 'A form field is not valid JSON');
  }
}

function unreadable(): never {
  throw new GraphError(100, 'The multipart body cannot be read');
}
