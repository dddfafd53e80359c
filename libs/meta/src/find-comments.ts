import type { PublicPlace } from './envelope.js';
import type { Look, Seen } from './find.js';
import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { rowsOf } from './rows.js';

const PAGE_SIZE = '50';
const MOST_PAGES = 4;

/** The answers under a comment or post. Under somebody else's media they cannot be read. */
export async function answersUnder(place: PublicPlace, line: Line): Promise<Look | 'unknown'> {
  if ('mentionIn' in place) return 'unknown';
  return line.platform === 'messenger' ? underPagePost(place, line) : underInstagramMedia(place, line);
}

function underPagePost(place: { comment: string } | { post: string }, { access, account }: Line): Promise<Look> {
  const node = 'comment' in place ? place.comment : place.post;
  const filter = 'comment' in place ? 'stream' : 'toplevel';
  const query = { fields: 'id,message,from{id},created_time,attachment', filter, order: 'reverse_chronological' };
  const read = (row: JsonObject): Seen => {
    const from = asId(asObject(row.from)?.id);
    const files = asObject(row.attachment) ? ['image'] : [];
    return { ...seenAt(row, row.message, row.created_time), ours: from === undefined ? undefined : from === account, files };
  };
  return allOf(`${encodeURIComponent(node)}/comments`, query, access, read, true);
}

/** Meta promises no order here, and names the account by its user name, or by an id that may be a scoped one. */
async function underInstagramMedia(place: { comment: string } | { post: string }, { access, account, self }: Line): Promise<Look> {
  const { body } = await callGraph(access, { method: 'GET', path: self, query: { fields: 'username' }, urgent: true });
  const username = asText(body.username);
  const query = { fields: 'id,text,timestamp,username,from{id,username}' };
  const read = (row: JsonObject): Seen => {
    const from = asObject(row.from);
    const name = asText(row.username) ?? asText(from?.username);
    return {
      ...seenAt(row, row.text, row.timestamp),
      ours: asId(from?.id) === account || (name && username ? name === username : undefined),
    };
  };
  const path = 'comment' in place ? `${place.comment}/replies` : `${place.post}/comments`;
  return allOf(path, query, access, read, false);
}

const seenAt = (row: JsonObject, text: unknown, at: unknown) => ({
  id: asId(row.id),
  text: typeof text === 'string' ? text : undefined,
  files: [] as string[],
  sentAt: Date.parse(String(at)),
});

async function allOf(
  path: string,
  query: Record<string, string>,
  access: Line['access'],
  read: (row: JsonObject) => Seen,
  newestFirst: boolean,
): Promise<Look> {
  const look: Look = { seen: [], more: true, newestFirst, aheadMs: 0 };
  let after: string | undefined;
  for (let page = 0; look.more && page < MOST_PAGES; page++) {
    const paged = { ...query, limit: PAGE_SIZE, ...(after && { after }) };
    const { body, at } = await callGraph(access, { method: 'GET', path, query: paged, urgent: true });
    const paging = asObject(body.paging);
    after = asText(asObject(paging?.cursors)?.after);
    look.seen.push(...rowsOf(body).map(read));
    look.more = Boolean(paging?.next);
    look.aheadMs = at.getTime() - Date.now();
    if (look.more && !after) break;
  }
  return look;
}
