import { canHide, type Comment, type Comments } from './comments.js';
import type { Core } from './core.js';
import { chosen } from './fields.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { graphTime } from './graph-time.js';
import { page } from './paging.js';
import { permit } from './permissions.js';
import type { Post, Posts } from './posts.js';
import { privateReplyRefusal } from './private-replies.js';

type Node = Record<string, unknown>;

interface Context {
  core: Core;
  posts: Posts;
  comments: Comments;
}

/** What an app may read of comments: one, those below a post, and the answers to one. */
export function commentReads(request: GraphRequest, { core, posts, comments }: Context): unknown {
  const { route, accounts, target, call, token } = request;
  if (!route.startsWith('GET')) return undefined;
  const comment = comments.lookUp(target);
  if (comment && accounts.includes(comment.post.account)) {
    permit(token, comment.post.account, 'read-comments');
    if (route === 'GET') return single(core, comment, target, comments, call.query);
    if (route === 'GET comments' || route === 'GET replies')
      return list(
        core,
        request,
        comments.of(comment.post).filter((other) => other.parent === comment),
        comments,
      );
  }
  const post = posts.find(target);
  if (!post || !accounts.includes(post.account) || route !== 'GET comments') return undefined;
  permit(token, post.account, 'read-comments');
  return list(core, request, inFilter(post, comments.of(post), call.query), comments);
}

/** By default the first level; `filter=stream` flattens. What is said below live media is read only while it is live. */
function inFilter(post: Post, all: Comment[], query: URLSearchParams): Comment[] {
  if (post.account.kind === 'instagram' && post.product === 'LIVE' && !post.live) return [];
  return query.get('filter') === 'stream' ? all : all.filter(({ parent }) => parent === null);
}

function list(core: Core, { call }: GraphRequest, found: Comment[], comments: Comments): Node {
  const { query } = call;
  const since = query.get('since');
  const after = since === null ? -Infinity : /^\d+$/.test(since) ? Number(since) * 1000 : Date.parse(since);
  const shown = found.filter(({ at }) => at >= after);
  const newestFirst = found[0]?.post.account.kind === 'instagram' || query.get('order') === 'reverse_chronological';
  if (newestFirst) shown.reverse();
  const answer = page(
    core,
    call,
    shown,
    ({ id }) => id,
    (comment) => commentNode(core, comment, comments),
  );
  if (query.get('summary') !== 'true') return answer;
  return {
    ...answer,
    summary: { order: newestFirst ? 'reverse_chronological' : 'chronological', total_count: shown.length, can_comment: true },
  };
}

/** Of a live medium that ended there is nothing left to read. `id` may be that of an ad comment's copy. */
function single(core: Core, comment: Comment, id: string, comments: Comments, query: URLSearchParams): Node {
  if (comment.post.product === 'LIVE' && !comment.post.live && comment.post.account.kind === 'instagram')
    throw new GraphError(100, `Unsupported get request. Object with ID '${id}' does not exist`, 33);
  return chosen({ ...commentNode(core, comment, comments), id }, query);
}

export function commentNode(core: Core, comment: Comment, comments: Comments): Node {
  return comment.post.account.kind === 'page' ? facebookNode(core, comment, comments) : instagramNode(core, comment, comments);
}

function facebookNode(core: Core, comment: Comment, comments: Comments): Node {
  const { id, post, author, text, at, photo, parent, hidden, likes } = comment;
  const answers = comments.of(post).filter((other) => other.parent === comment);
  const from = author
    ? { id: core.world.commenterId(author, post.account), name: author.name }
    : { id: post.account.id, name: post.account.name };
  return {
    ...{ id, message: text, created_time: graphTime(at), is_hidden: hidden, is_private: false, like_count: likes.size },
    from: withheld(core, comment) ? undefined : from,
    parent: parent ? { id: parent.id, message: parent.text, created_time: graphTime(parent.at) } : undefined,
    attachment: photo
      ? { type: 'photo', media: { image: { src: core.cdn.url(photo), width: 160, height: 120 } }, url: post.permalink }
      : undefined,
    comment_count: answers.length,
    user_likes: likes.has(null),
    ...{ can_hide: canHide(comment), can_remove: true, can_comment: true, can_like: true },
    can_reply_privately: privateReplyRefusal(comment, core.clock.now()) === null,
    private_reply_conversation: comment.answeredPrivately && author ? { id: core.world.thread(post.account, author).id } : undefined,
    permalink_url: `${post.permalink}?comment_id=${id.split('_')[1]}`,
    comments: answers.length ? { data: answers.map((answer) => facebookNode(core, answer, comments)) } : undefined,
  };
}

function instagramNode(core: Core, comment: Comment, comments: Comments): Node {
  const { id, post, author, text, at, parent, hidden, likes } = comment;
  const answers = comments.of(post).filter((other) => other.parent === comment);
  const person = author
    ? { id: core.world.commenterId(author, post.account), username: author.username }
    : { id: post.account.id, username: post.account.name };
  return {
    ...{ id, text, timestamp: graphTime(at), hidden, like_count: likes.size, parent_id: parent?.id },
    ...(!withheld(core, comment) && { username: person.username, from: person }),
    media: { id: post.id, media_product_type: post.product },
    replies: answers.length ? { data: answers.map((answer) => instagramNode(core, answer, comments)) } : undefined,
  };
}

const withheld = ({ habits }: Core, { anonymous }: Comment) => anonymous || habits.authorsWithheld;
