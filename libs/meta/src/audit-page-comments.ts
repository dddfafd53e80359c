import { noteStates } from './states.js';
import type { Findings } from './findings.js';
import { pagesOf } from './graph-pages.js';
import { graphTime } from './graph-time.js';
import { asId, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { idOf } from './meta-event.js';
import type { Reading } from './read-event.js';
import { ifPermitted, ifReadable } from './readable.js';

/** Of each kind 4 pages of 25 posts, of each post 10 pages of 50 comments. */
const POST_PAGES = 4;
const COMMENT_PAGES = 10;
const POST_FIELDS = 'id,message,from,created_time,permalink_url,full_picture,status_type,is_published,promotion_status';
const COMMENT_FIELDS = 'id,message,from,created_time,parent{id},attachment,is_hidden';

/** Reads what visitors wrote on the Page, and the comments on all posts of late, those of ads that the Page itself does not show included. Oldest first. */
export async function auditPageComments(findings: Findings, line: Line): Promise<void> {
  const posts = await postsOf(findings, line);
  for (const post of posts.toSorted((one, other) => bornAt(one) - bornAt(other))) {
    const from = idOf(post.from);
    if (from !== undefined && from !== line.account)
      await findings.take('Posts of visitors', [{ read: 'page-post', id: line.account, post }]);
    await commentsOn(findings, line, post);
  }
}

const bornAt = ({ created_time }: JsonObject) => graphTime(created_time)?.getTime() ?? 0;

async function postsOf(findings: Findings, { access, node }: Line): Promise<JsonObject[]> {
  const since = String(Math.floor(findings.since.getTime() / 1000));
  const posts = new Map<string, JsonObject>();
  for (const [edge, more] of Object.entries(edges)) {
    // Reading ads needs a right that not everybody gives, and is refused in many ways.
    const allowed = edge === 'ads_posts' ? ifReadable : ifPermitted;
    const listing = { path: `${node}/${edge}`, query: { fields: POST_FIELDS, since, ...more }, limits: [25, 5, 1], mostPages: POST_PAGES };
    for await (const page of allowed(pagesOf(access, listing, findings.signal)))
      for (const post of page) if (asId(post.id) && findings.reaches(graphTime(post.created_time))) posts.set(asId(post.id)!, post);
  }
  return [...posts.values()];
}

const edges: Record<string, Record<string, string>> = {
  feed: {},
  visitor_posts: {},
  ads_posts: { include_inline_create: 'true' },
};

async function commentsOn(findings: Findings, { access, account }: Line, post: JsonObject): Promise<void> {
  const since = String(Math.floor(findings.since.getTime() / 1000));
  const query = { filter: 'stream', order: 'chronological', live_filter: 'no_filter', since, fields: COMMENT_FIELDS };
  const path = `${encodeURIComponent(String(asId(post.id)))}/comments`;
  for await (const page of ifReadable(pagesOf(access, { path, query, limits: [50, 10, 1], mostPages: COMMENT_PAGES }, findings.signal))) {
    await findings.take(
      'Comments on the Page',
      page.map((comment): Reading => ({ read: 'page-comment', id: account, post, comment })),
    );
    await noteStates(findings, account, page);
  }
}
