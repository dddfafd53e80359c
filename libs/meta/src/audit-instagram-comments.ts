import { noteStates } from './states.js';
import type { Findings } from './findings.js';
import { pagesOf } from './graph-pages.js';
import { graphTime } from './graph-time.js';
import { asId, asObject, type JsonObject } from './json.js';
import type { Line } from './line.js';
import type { Reading } from './read-event.js';
import { ifPermitted, ifReadable } from './readable.js';
import { rowsOf } from './rows.js';

/** 4 pages of 25 media, of each medium 10 pages of 50 comments, of each comment 5 pages of 50 answers. */
const MEDIA_PAGES = 4;
const COMMENT_PAGES = 10;
const REPLY_PAGES = 5;
const MEDIA_FIELDS = 'id,caption,permalink,media_product_type,media_url,thumbnail_url,timestamp';
const COMMENT_FIELDS = 'id,text,timestamp,username,from,parent_id,hidden';

interface Medium {
  line: Line;
  own: string[];
  media: JsonObject;
}

/** Reads the comments on the account's media of late and their answers, the oldest medium first. Comments on ads stand under media of their own, which only the Marketing API lists. */
export async function auditInstagramComments(findings: Findings, line: Line, own: string[]): Promise<void> {
  for (const media of (await mediaOf(findings, line)).toReversed()) await commentsOn(findings, { line, own, media });
}

async function mediaOf(findings: Findings, { access, self }: Line): Promise<JsonObject[]> {
  const listing = { path: `${self}/media`, query: { fields: MEDIA_FIELDS }, limits: [25, 5, 1], mostPages: MEDIA_PAGES };
  const all: JsonObject[] = [];
  for await (const page of ifPermitted(pagesOf(access, listing, findings.signal))) {
    const recent = page.filter(({ id, timestamp }) => asId(id) && findings.reaches(graphTime(timestamp)));
    all.push(...recent);
    if (page.length && !recent.length) break;
  }
  return all;
}

async function commentsOn(findings: Findings, medium: Medium): Promise<void> {
  const query = { fields: `${COMMENT_FIELDS},replies{${COMMENT_FIELDS}}` };
  const listing = { path: `${String(asId(medium.media.id))}/comments`, query, limits: [50, 10, 1], mostPages: COMMENT_PAGES };
  for await (const page of ifReadable(pagesOf(medium.line.access, listing, findings.signal))) {
    await keep(findings, medium, page, null);
    for (const comment of page) await repliesTo(findings, medium, comment);
  }
}

/** The first answers come with the comment; where that is not all of them, they are read apart. */
async function repliesTo(findings: Findings, medium: Medium, { id, replies }: JsonObject): Promise<void> {
  const [parentId, nested] = [asId(id), asObject(replies)];
  if (!parentId || !nested) return;
  if (!asObject(nested.paging)?.next) return keep(findings, medium, rowsOf(nested), parentId);
  const listing = { path: `${parentId}/replies`, query: { fields: COMMENT_FIELDS }, limits: [50, 10, 1], mostPages: REPLY_PAGES };
  for await (const page of ifReadable(pagesOf(medium.line.access, listing, findings.signal))) await keep(findings, medium, page, parentId);
}

async function keep(
  findings: Findings,
  { line: { account }, own, media }: Medium,
  rows: JsonObject[],
  parentId: string | null,
): Promise<void> {
  // Answers are kept for themselves.
  const comments = rows.map(({ replies, ...comment }) => comment);
  await findings.take(
    'Comments on Instagram',
    comments.map((comment): Reading => ({ read: 'instagram-comment', id: account, own, media, parentId, comment })),
  );
  await noteStates(findings, account, comments);
}
