import { ConnectorError, type OutgoingAttachment } from '#libs/connector';
import { callGraph } from './graph.js';
import { asId, type JsonObject } from './json.js';
import type { Line } from './line.js';

/** Where an upload as such is not to be had (edge, method or parameter unknown, capability missing), which says nothing about the file. */
const NO_UPLOADS = /^(3|2500|100|100\/33)$/;
/** What Meta answers for a file it does not like (#200 for its type), but not because the account lost a permission. */
const FILE_REFUSED = /^(10|2\d\d)$/;

/** Types that Messenger and Instagram show as what they are; anything else goes as a file to open. */
const shown: Record<string, string[]> = {
  image: ['image/png', 'image/jpeg', 'image/gif'],
  video: ['video/mp4', 'video/quicktime', 'video/ogg', 'video/webm', 'video/avi', 'video/x-msvideo'],
  audio: [
    'audio/mpeg',
    'audio/mp4',
    'audio/aac',
    'audio/x-aac',
    'audio/m4a',
    'audio/x-m4a',
    'audio/wav',
    'audio/x-wav',
    'audio/wave',
    'audio/ogg',
  ],
};

const bareType = (contentType: string) => contentType.split(';')[0]!.trim().toLowerCase();

/** `image`, `video`, `audio` or `file`, as the Send API calls it. */
export function kindOfFile(contentType: string): string {
  return Object.keys(shown).find((kind) => shown[kind]!.includes(bareType(contentType))) ?? 'file';
}

/**
 * Lays a file at Meta and answers how a message names it: by the id it got, or by our public link where uploads are not to be
 * had. The customer gets nothing yet, so no failure leaves anything open.
 */
export async function fileForMessage(file: OutgoingAttachment, { access, node, uploads }: Line): Promise<JsonObject> {
  const type = kindOfFile(file.contentType);
  const form = formWith('filedata', file);
  form.set('message', JSON.stringify({ attachment: { type, payload: { is_reusable: true } } }));
  const call = { method: 'POST', path: `${node}/${uploads.edge}`, query: uploads.query, form } as const;
  const id = await beforeAnything(file, async () => asId((await callGraph(access, call)).body.attachment_id)).catch(unlessLinked(file));
  return { type, payload: id ? { attachment_id: id } : { url: file.url, is_reusable: true } };
}

/** Lays a picture at Meta for a comment of a Page, as an unpublished photo; by our public link where there is one, which needs no permission to publish. */
export async function pictureForComment(file: OutgoingAttachment, { access, node }: Line): Promise<Record<string, string>> {
  if (file.url) return { attachment_url: file.url };
  const form = formWith('source', file);
  form.set('published', 'false');
  const call = { method: 'POST', path: `${node}/photos`, form } as const;
  return { attachment_id: await beforeAnything(file, async () => asId((await callGraph(access, call)).body.id)) };
}

function formWith(field: string, { filename, contentType, content }: OutgoingAttachment): FormData {
  const form = new FormData();
  form.set(field, new File([new Uint8Array(content)], filename, { type: bareType(contentType) }));
  return form;
}

async function beforeAnything(file: OutgoingAttachment, upload: () => Promise<string | undefined>): Promise<string> {
  try {
    const id = await upload();
    if (id) return id;
  } catch (error) {
    throw error instanceof ConnectorError ? asNotSent(file, error) : error;
  }
  throw new ConnectorError('unavailable', `Meta took “${file.filename}” but gave it no id.`);
}

function asNotSent(
  { filename }: OutgoingAttachment,
  { kind, message, code, action, retryAfterMs, cause, scope }: ConnectorError,
): ConnectorError {
  const ofFile = kind === 'auth' && FILE_REFUSED.test(code ?? '');
  return new ConnectorError(ofFile ? 'rejected' : kind, `“${filename}” could not be handed to Meta. ${message}`, {
    ...{ code, retryAfterMs, cause, scope },
    action: ofFile ? 'Save it in a common format, or ask an admin to check the channel’s permissions.' : action,
  });
}

const unlessLinked =
  ({ url }: OutgoingAttachment) =>
  (error: ConnectorError) => {
    if (url && NO_UPLOADS.test(error.code ?? '')) return undefined;
    throw error;
  };
