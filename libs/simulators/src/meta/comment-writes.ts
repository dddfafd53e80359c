import { canHide, type Comment, type Comments } from './comments.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { permit } from './permissions.js';
import type { Posts } from './posts.js';
import type { SendFaults } from './send-faults.js';
import type { Usage } from './usage.js';
import type { MetaAccount } from './world.js';

interface Context {
  posts: Posts;
  comments: Comments;
  faults: SendFaults;
  usage: Usage;
}

/** All that an app may do to comments: answer, edit, hide, like, delete. */
export function commentWrites(request: GraphRequest, context: Context): unknown {
  const { route, accounts, target, account, token } = request;
  if (account?.kind === 'instagram' && route === 'POST mentions') return answerMention(request, context);
  const comment = context.comments.lookUp(target);
  if (comment && accounts.includes(comment.post.account)) return writeTo(comment, request, context);
  const post = context.posts.find(target);
  if (!post || !accounts.includes(post.account) || request.call.method === 'GET') return undefined;
  permit(token, post.account, 'moderate');
  if (route === 'POST comments') {
    if (post.product === 'LIVE') throw new GraphError(100, 'Comments cannot be created on live media');
    return write(request, post.account, context, (text) => context.comments.add(post, null, text));
  }
  if (route === 'POST' && field(request, 'comment_enabled') !== undefined) return { success: true };
  return undefined;
}

function writeTo(comment: Comment, request: GraphRequest, context: Context): unknown {
  const { comments } = context;
  const page = comment.post.account.kind === 'page';
  const { route, token } = request;
  if (request.call.method !== 'GET') permit(token, comment.post.account, 'moderate');
  if (route === (page ? 'POST comments' : 'POST replies'))
    return write(request, comment.post.account, context, (text) => comments.add(comment.post, null, text, { parent: comment.id }));
  if (route === 'DELETE') return done(() => comments.remove(comment));
  if (page && (route === 'POST likes' || route === 'DELETE likes')) return done(() => comments.like(comment, null, route === 'POST likes'));
  if (route !== 'POST') return undefined;
  const hidden = field(request, page ? 'is_hidden' : 'hide');
  if (hidden !== undefined) return hide(comment, String(hidden) === 'true', comments);
  const message = field(request, 'message');
  if (page && typeof message === 'string') return edit(comment, message, comments);
  throw new GraphError(100, 'Invalid parameter');
}

/** The comment is written, and then the answer may fail: by a fault, or because an Instagram write asked for `fields`. */
function write(request: GraphRequest, account: MetaAccount, { faults, usage }: Context, add: (text: string) => Comment): Promise<unknown> {
  const text = textOf(request);
  usage.checkPublicReply(account, text);
  return faults.around(async () => {
    const comment = add(text);
    if (comment.post.account.kind === 'instagram' && field(request, 'fields') !== undefined)
      throw new GraphError(20, 'The requested response format is not supported', 1772107);
    return { id: comment.id };
  });
}

/** A public answer to somebody who named the account elsewhere; by the ids of the medium and, if it was one, the comment. */
function answerMention(request: GraphRequest, context: Context): unknown {
  const [media, id] = [field(request, 'media_id'), field(request, 'comment_id')];
  const named = context.comments.mentions.find(({ post, comment }) => post.id === media && (id === undefined || comment?.id === id));
  if (!named || named.post.account !== request.account) throw new GraphError(100, 'The requested resource does not exist', 33);
  permit(request.token, named.post.account, 'moderate');
  return write(request, named.post.account, context, (text) => context.comments.add(named.post, null, text, { parent: named.comment?.id }));
}

function textOf(request: GraphRequest): string {
  const text = field(request, 'message');
  const picture = ['attachment_id', 'attachment_url', 'attachment_share_url'].some((name) => field(request, name) !== undefined);
  if (typeof text === 'string' && text.trim()) return text;
  if (picture) return '';
  throw new GraphError(100, 'The parameter message is required');
}

function hide(comment: Comment, hidden: boolean, comments: Comments): unknown {
  if (!canHide(comment)) throw new GraphError(200, 'Permissions error: this comment cannot be hidden', undefined, 403);
  return done(() => comments.hide(comment, hidden));
}

function edit(comment: Comment, message: string, comments: Comments): unknown {
  if (comment.author) throw new GraphError(200, 'Permissions error: only the author may edit a comment', undefined, 403);
  return done(() => comments.edit(comment, message));
}

const field = ({ call }: GraphRequest, name: string): unknown => call.body[name] ?? call.query.get(name) ?? undefined;

function done(act: () => void): { success: true } {
  act();
  return { success: true };
}
