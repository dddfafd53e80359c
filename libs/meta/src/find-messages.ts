import type { Look, Seen } from './find.js';
import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { rowsOf } from './rows.js';

/** Meta opens only the newest 20 messages of a thread. */
const READABLE = '20';

/** The thread with a customer; undefined where Meta shows none. */
export async function threadWith(customer: string, { access, node, platform }: Line): Promise<string | undefined> {
  const query = { platform, user_id: customer, fields: 'id' };
  const { body } = await callGraph(access, { method: 'GET', path: `${node}/conversations`, query, urgent: true });
  return asId(rowsOf(body)[0]?.id);
}

/** The chat that a private answer to a comment or post of a Page opened; `none` while Meta still offers to answer privately. */
export async function privateChatOf(id: string, { access }: Line): Promise<{ state: 'none' } | { state: 'answered'; id?: string }> {
  const query = { fields: 'can_reply_privately,private_reply_conversation{id}' };
  const { body } = await callGraph(access, { method: 'GET', path: encodeURIComponent(id), query, urgent: true });
  const chat = asId(asObject(body.private_reply_conversation)?.id);
  return !chat && body.can_reply_privately === true ? { state: 'none' } : { state: 'answered', id: chat };
}

/** The newest messages of a thread. Ours are those that are not the customer's; where they are not known, those of the account. */
export async function messagesWith(thread: string, { access, account }: Line, customer?: string): Promise<Look> {
  const query = { fields: 'id,created_time,from,message,attachments', limit: READABLE };
  const path = `${encodeURIComponent(thread)}/messages`;
  const { body, at } = await callGraph(access, { method: 'GET', path, query, urgent: true });
  const isOurs = (from: string) => (customer ? from !== customer : from === account);
  const seen = rowsOf(body).map((row) => readMessage(row, isOurs));
  return { seen, more: Boolean(asObject(body.paging)?.next), newestFirst: true, aheadMs: at.getTime() - Date.now() };
}

function readMessage(row: JsonObject, isOurs: (from: string) => boolean): Seen {
  const from = asId(asObject(row.from)?.id);
  return {
    id: asText(row.id),
    ours: from === undefined ? undefined : isOurs(from),
    text: typeof row.message === 'string' ? row.message : undefined,
    files: rowsOf(asObject(row.attachments) ?? {}).flatMap((file) => kindOf(file) ?? []),
    sentAt: Date.parse(String(row.created_time)),
  };
}

/** By its type, or on Instagram by which data it has; undefined for the placeholder of a withheld one. */
function kindOf(file: JsonObject): string | undefined {
  const type = asText(file.mime_type)?.split('/')[0];
  if (type) return ['image', 'video', 'audio'].includes(type) ? type : 'file';
  if (file.image_data) return 'image';
  if (file.video_data) return 'video';
  return file.file_url ? 'file' : undefined;
}
