import type { EventElement } from '../core.js';
import { seconds, type Recipe, type Scene } from './scene.js';

const person = ({ customer }: Scene) => ({ id: customer.commenterId, name: customer.name });
const page = ({ account }: Scene) => ({ id: account.id, name: account.name });

/** A comment of the Page's feed: by default a new one of the customer's, at the top. */
const comment =
  (make: (scene: Scene) => EventElement): Recipe =>
  (scene) => ({
    field: 'feed',
    value: {
      ...{ item: 'comment', verb: 'add', from: person(scene), post_id: scene.postId, comment_id: scene.commentId, parent_id: scene.postId },
      created_time: seconds(scene),
      ...make(scene),
    },
  });

const feed =
  (make: (scene: Scene) => EventElement): Recipe =>
  (scene) => ({ field: 'feed', value: { post_id: scene.postId, created_time: seconds(scene), ...make(scene) } });

const post = ({ postId }: Scene) => ({
  ...{ id: postId, status_type: 'added_photos', is_published: true, updated_time: '2026-11-21T09:31:16+0000' },
  ...{ permalink_url: 'https://www.facebook.sim/p/555', promotion_status: 'inactive' },
});

/** What happens below a Page's posts: elements of `changes` of the fields `feed` and `mention`. */
export const pageFeed = {
  comment: comment((scene) => ({ message: 'Price please', post: post(scene) })),
  answer: comment(({ ofComment }) => ({ message: 'same here', parent_id: ofComment })),
  'photo-comment': comment(() => ({ photo: 'https://scontent.sim/c.jpg' })),
  'video-comment': comment(() => ({ video: 'https://video.sim/c.mp4', message: 'see' })),
  'comment-without-author': comment(() => ({ message: 'Price please', from: undefined })),
  edit: comment(({ ofComment }) => ({ verb: 'edited', message: 'Price and size please', comment_id: ofComment })),
  hide: comment(({ ofComment }) => ({ verb: 'hide', message: 'Price please', comment_id: ofComment })),
  unhide: comment(({ ofComment }) => ({ verb: 'unhide', message: 'Price please', comment_id: ofComment })),
  remove: comment((scene) => ({ verb: 'remove', comment_id: scene.ofComment, post: post(scene) })),
  'own-answer': comment((scene) => ({ message: '49 €, Ada', from: page(scene), parent_id: scene.ofComment })),
  'ad-comment': comment((scene) => ({ message: 'ship to FI?', post: { ...post(scene), is_published: false, promotion_status: 'active' } })),
  'comment-reaction': feed((scene) => ({
    ...{ item: 'reaction', verb: 'add', reaction_type: 'like', from: person(scene), parent_id: scene.postId, comment_id: scene.ofComment },
  })),
  'comment-reaction-changed': feed((scene) => ({
    ...{ item: 'reaction', verb: 'edit', reaction_type: 'love', from: person(scene), parent_id: scene.postId, comment_id: scene.ofComment },
  })),
  'comment-reaction-removed': feed((scene) => ({
    ...{
      item: 'reaction',
      verb: 'remove',
      reaction_type: 'love',
      from: person(scene),
      parent_id: scene.postId,
      comment_id: scene.ofComment,
    },
  })),
  'post-reaction': feed((scene) => ({ item: 'reaction', verb: 'add', reaction_type: 'wow', from: person(scene), parent_id: scene.postId })),
  'visitor-post': feed((scene) => ({ item: 'post', verb: 'add', from: person(scene), message: 'Great shop' })),
  'post-removed': feed((scene) => ({ item: 'post', verb: 'remove', from: page(scene), recipient_id: scene.account.id })),
  'own-photo': feed((scene) => ({
    item: 'photo',
    verb: 'add',
    from: page(scene),
    message: 'New: the Pier lamp',
    link: 'https://scontent.sim/p.jpg',
    photo_id: '55',
  })),
  'unknown-item': feed(() => ({ item: 'hologram', verb: 'project' })),
  mention: (scene) => ({
    field: 'mention',
    value: {
      ...{ item: 'comment', verb: 'add', message: `ask @${scene.account.name}`, created_time: seconds(scene) },
      ...{ post_id: '208800000000044_300000000000001', comment_id: `300000000000001_${scene.commentId.split('_').at(-1)}` },
    },
  }),
  'mention-in-post': (scene) => ({
    field: 'mention',
    value: {
      item: 'post',
      verb: 'add',
      message: `at @${scene.account.name}`,
      post_id: '208800000000044_300000000000002',
      created_time: seconds(scene),
    },
  }),
} satisfies Record<string, Recipe>;
