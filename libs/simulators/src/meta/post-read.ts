import { commentNode } from './comment-read.js';
import type { Comments } from './comments.js';
import type { Core } from './core.js';
import { chosen, select } from './fields.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { graphTime } from './graph-time.js';
import { page } from './paging.js';
import type { Post, Posts } from './posts.js';

type Node = Record<string, unknown>;

interface Context {
  core: Core;
  posts: Posts;
  comments: Comments;
}

/** Which posts each edge lists. Ads are only in `ads_posts`; those of Instagram only by their own id. */
const edges: Record<string, (post: Post) => boolean> = {
  'GET feed': ({ ad }) => !ad,
  'GET posts': ({ ad, author }) => !ad && !author,
  'GET published_posts': ({ ad, author }) => !ad && !author,
  'GET visitor_posts': ({ author }) => author !== null,
  'GET ads_posts': ({ ad }) => ad !== null,
  'GET media': ({ product }) => product === 'FEED' || product === 'REELS',
  'GET stories': ({ product }) => product === 'STORY',
  'GET live_media': ({ live }) => live,
};

/** What an app may read of posts: one, the lists of an account, and what others said of the account. */
export function postReads(request: GraphRequest, context: Context): unknown {
  const { core, posts } = context;
  const { route, accounts, account, target, call } = request;
  const fields = call.query.get('fields') ?? '';
  if (account?.kind === 'instagram' && route === 'GET' && /\bmentioned_(comment|media)\b/.test(fields))
    return mentioned(request, context, fields);
  const listed = edges[route];
  if (account && listed) {
    const found = posts.all.filter((post) => post.account === account && post.removedAt === null && listed(post)).reverse();
    return page(
      core,
      call,
      found,
      ({ id }) => id,
      (post) => postNode(core, post),
    );
  }
  const ad = posts.all.find((post) => post.ad?.id === target && accounts.includes(post.account));
  if (ad && route === 'GET') return chosen(adNode(ad), call.query);
  const post = posts.find(target);
  return post && accounts.includes(post.account) && route === 'GET' ? chosen(postNode(core, post), call.query) : undefined;
}

function postNode(core: Core, post: Post): Node {
  return post.account.kind === 'page' ? pagePost(core, post) : media(core, post);
}

/** The Marketing API's view of an ad: it alone says below which post or medium its comments are. */
function adNode({ id, ad, account }: Post): Node {
  const where = account.kind === 'page' ? { effective_object_story_id: id } : { effective_instagram_media_id: id };
  return { id: ad!.id, name: ad!.title, ...where };
}

function pagePost(core: Core, { id, text, at, author, account, permalink, picture, ad }: Post): Node {
  const from = author ? { id: core.world.commenterId(author, account), name: author.name } : { id: account.id, name: account.name };
  const full_picture = picture ? core.cdn.url(picture) : undefined;
  return {
    ...{ id, message: text, from, created_time: graphTime(at), updated_time: graphTime(at), permalink_url: permalink, full_picture },
    status_type: picture ? 'added_photos' : 'mobile_status_update',
    is_published: !ad,
    promotion_status: ad ? 'active' : 'inactive',
    attachments: full_picture ? { data: [{ media: { image: { src: full_picture } }, media_type: 'photo', url: permalink }] } : undefined,
  };
}

function media(core: Core, { id, text, at, account, author, permalink, picture, product, removedAt }: Post): Node {
  const url = picture ? core.cdn.url(picture) : undefined;
  const username = author?.username ?? account.name;
  const owner = removedAt === null && !author ? { id: account.id } : undefined;
  const type = product === 'REELS' || product === 'LIVE' ? 'VIDEO' : 'IMAGE';
  return {
    ...{ id, caption: text, permalink, timestamp: graphTime(at), username, owner, media_type: type, media_product_type: product },
    ...{ media_url: url, ...(type === 'VIDEO' && { thumbnail_url: url }), is_comment_enabled: true },
  };
}

/** `mentioned_comment.comment_id(…){…}` and `mentioned_media.media_id(…){…}`: the only way to read what is not one's own. */
function mentioned({ account }: GraphRequest, { core, comments }: Context, fields: string): Node {
  const [, kind, id, wanted = ''] = /\bmentioned_(comment|media)\.\w+\((\d+)\)(?:\{(.*)\})?/s.exec(fields) ?? [];
  const found = comments.mentions.find(({ post, comment }) => post.account === account && (kind === 'comment' ? comment : post)?.id === id);
  if (!found) throw new GraphError(100, 'The requested resource does not exist', 33);
  const post = postNode(core, found.post);
  const node = kind === 'media' ? post : { ...commentNode(core, found.comment!, comments), media: post };
  return { [`mentioned_${kind}`]: select(node, wanted), id: account!.id };
}
