import { deed } from './deed.js';
import { flag, oneOf, optional, shape, text } from './reading.js';

/** What happens below posts. Those that bring a post or a comment return its id. */
export const commentDeeds = {
  post: deed(
    {
      account: text,
      text,
      from: optional(text),
      picture: optional(flag),
      live: optional(flag),
      product: optional(oneOf(['FEED', 'REELS', 'STORY'])),
      ad: optional(shape({ title: optional(text), of: optional(text) })),
    },
    (cast, { account, from, ad, ...post }) => {
      const made = ad && { title: ad.title, of: ad.of === undefined ? undefined : cast.post(ad.of) };
      const author = from === undefined ? undefined : cast.platform.customer(from);
      return cast.platform.addPost(cast.account(account), { ...post, author, ad: made }).id;
    },
  ),
  removePost: deed({ post: text }, (cast, { post }) => cast.platform.removePost(cast.post(post))),
  endLive: deed({ post: text }, (cast, { post }) => cast.platform.endLive(cast.post(post))),
  comment: deed(
    { post: text, from: text, text, parent: optional(text), photo: optional(flag), anonymous: optional(flag) },
    (cast, { post, from, text, parent, ...how }) => {
      const below = cast.post(post);
      const answered = parent === undefined ? undefined : cast.id(parent);
      return cast.platform.customerComments(below.account, below, cast.platform.customer(from), text, { ...how, parent: answered });
    },
  ),
  editComment: deed({ comment: text, text }, (cast, { comment, text }) => cast.platform.customerEditsComment(cast.id(comment), text)),
  deleteComment: deed({ comment: text }, (cast, { comment }) => cast.platform.customerDeletesComment(cast.id(comment))),
  likeComment: deed({ comment: text, from: text, on: optional(flag) }, (cast, { comment, from, on }) =>
    cast.platform.customerLikesComment(cast.id(comment), cast.platform.customer(from), on),
  ),
  mention: deed(
    { account: text, from: text, text, where: optional(oneOf(['comment', 'caption'])) },
    (cast, { account, from, text, where }) => {
      const { post, comment } = cast.platform.customerMentions(cast.account(account), cast.platform.customer(from), text, where);
      return comment?.id ?? post.id;
    },
  ),
  nativeComment: deed({ post: text, text, parent: optional(text) }, (cast, { post, text, parent }) =>
    cast.platform.nativeComment(cast.post(post), text, parent && cast.id(parent)),
  ),
  hideComment: deed({ comment: text, hidden: optional(flag) }, (cast, { comment, hidden }) =>
    cast.platform.nativeHide(cast.id(comment), hidden),
  ),
  nativePrivateReply: deed({ account: text, comment: text, text }, (cast, { account, comment, text }) =>
    cast.platform.nativePrivateReply(cast.account(account), cast.id(comment), text),
  ),
};
