import type { Comment } from './comments.js';
import type { Core, EventElement } from './core.js';
import type { Post } from './posts.js';
import type { Json } from './wire.js';
import type { MetaAccount, MetaCustomer } from './world.js';

export type CommentVerb = 'add' | 'edited' | 'hide' | 'unhide' | 'remove' | 'like' | 'unlike';

/** What webhooks say of comments: the Page's `feed` and `mention`, Instagram's `comments`, `live_comments` and `mentions`. */
export const commentEvents = (core: Core) => ({
  /** `who` is who likes it. Instagram tells only of new comments. */
  of(comment: Comment, verb: CommentVerb, who: MetaCustomer | null): EventElement[] {
    if (comment.post.account.kind === 'page') return [feedEvent(core, comment, verb, who)];
    return verb === 'add' ? instagramEvents(core, comment) : [];
  },

  /** On the Facebook route only ids; through Instagram Login a mention comes as a comment. */
  mention(post: Post, comment: Comment | null): EventElement[] {
    const { account } = post;
    if (account.kind === 'page') return [{ field: 'mention', value: pageMention(post, comment) }];
    if (account.via === 'facebook') return [{ field: 'mentions', value: { media_id: post.id, comment_id: comment?.id } }];
    return comment ? instagramEvents(core, comment) : [];
  },
});

/** `feed` of a Page: times in seconds; the author is named whoever acts, except for likes. */
function feedEvent(core: Core, comment: Comment, verb: CommentVerb, who: MetaCustomer | null): EventElement {
  const { post, parent } = comment;
  const place = { post_id: post.id, comment_id: comment.id, parent_id: parent?.id ?? post.id };
  const created_time = seconds(verb === 'add' || verb === 'edited' ? comment.at : core.clock.now());
  if (verb === 'like' || verb === 'unlike') {
    const from = pagePerson(core, post.account, who);
    return {
      field: 'feed',
      value: { item: 'reaction', verb: verb === 'like' ? 'add' : 'remove', reaction_type: 'like', from, ...place, created_time },
    };
  }
  const from = comment.anonymous || core.habits.authorsWithheld ? undefined : pagePerson(core, post.account, comment.author);
  const content =
    verb === 'remove' ? {} : { message: comment.text || undefined, photo: comment.photo ? core.cdn.url(comment.photo) : undefined };
  const told = verb === 'add' ? { post: postSummary(post) } : {};
  return { field: 'feed', value: { item: 'comment', verb, from, ...told, ...content, ...place, created_time } };
}

const postSummary = (post: Post): Json => ({
  id: post.id,
  status_type: post.picture ? 'added_photos' : 'mobile_status_update',
  is_published: !post.ad,
  updated_time: new Date(post.at).toISOString().replace(/\.\d+Z$/, '+0000'),
  permalink_url: post.permalink,
  promotion_status: post.ad ? 'active' : 'inactive',
});

function pageMention(post: Post, comment: Comment | null): Json {
  const created_time = seconds(post.at);
  if (!comment) return { item: 'post', verb: 'add', message: post.text, post_id: post.id, created_time };
  return { item: 'comment', verb: 'add', message: comment.text, post_id: post.id, comment_id: comment.id, created_time };
}

const pagePerson = ({ world }: Core, account: MetaAccount, person: MetaCustomer | null) =>
  person ? { id: world.commenterId(person, account), name: person.name } : { id: account.id, name: account.name };

/** The same comment once more under the original media where it stands below an ad made of it. */
function instagramEvents(core: Core, comment: Comment): EventElement[] {
  const { post } = comment;
  const field = post.live ? 'live_comments' : 'comments';
  const copy = comment.twin ? [{ id: comment.twin, media: { id: post.ad!.of!, media_product_type: 'FEED' } }] : [];
  const own = { id: comment.id, media: mediaSummary(post) };
  return [own, ...copy].map(({ id, media }) => ({
    field,
    value: { id, parent_id: comment.parent?.id, text: comment.text, from: instagramPerson(core, comment), media },
  }));
}

const mediaSummary = ({ id, product, ad }: Post): Json => ({
  id,
  media_product_type: product,
  ...(ad && { ad_id: ad.id, ad_title: ad.title, original_media_id: ad.of ?? undefined }),
});

/** The account's own comments may name it by an id scoped to the app. */
function instagramPerson({ world, habits }: Core, { post: { account }, author, anonymous }: Comment): Json {
  if (anonymous || habits.authorsWithheld) return undefined;
  if (author) return { id: world.commenterId(author, account), username: author.username };
  return { id: habits.ownCommentsScoped ? world.scopedSelf(account) : account.id, username: account.name };
}

const seconds = (ms: number) => Math.floor(ms / 1000);
