import type { EventElement } from '../core.js';
import type { Recipe, Scene } from './scene.js';

const media = { id: '17900000000000321', media_product_type: 'FEED' };

const comment =
  (make: (scene: Scene) => EventElement, field = 'comments'): Recipe =>
  (scene) => {
    const { id, username } = scene.customer;
    return { field, value: { id: scene.commentId, text: 'how much?', from: { id, username }, media, ...make(scene) } };
  };

/** What happens below Instagram media: elements of `changes` of the fields `comments`, `live_comments` and `mentions`. */
export const instagramComments = {
  comment: comment(() => ({})),
  'comment-by-other-key': comment(({ commentId }) => ({ id: undefined, comment_id: commentId })),
  answer: comment(({ ofComment }) => ({
    text: '@ada.moss me too',
    parent_id: ofComment,
    media: { ...media, media_product_type: 'REELS' },
  })),
  'scoped-author': comment(({ customer: { id, username } }) => ({ from: { id, username, self_ig_scoped_id: `9${id.slice(1)}` } })),
  'own-answer': comment(({ account, ofComment }) => ({
    text: '49 €',
    parent_id: ofComment,
    from: { id: account.id, username: account.name },
  })),
  'comment-without-author': comment(() => ({ from: undefined })),
  'ad-comment': comment(() => ({
    text: 'ship to FI?',
    media: {
      ...{ id: '17900000000000399', media_product_type: 'AD', ad_id: '23850000000000111', ad_title: 'Spring lamps' },
      original_media_id: '17900000000000321',
    },
  })),
  'ad-comment-organic-copy': comment(({ ofComment }) => ({ id: `${ofComment}7`, text: 'ship to FI?' })),
  live: comment(() => ({ text: 'hi', media: { id: '17900000000000500', media_product_type: 'LIVE' } }), 'live_comments'),
  mention: ({ commentId }) => ({ field: 'mentions', value: { media_id: '17900000000000700', comment_id: commentId } }),
  'caption-mention': () => ({ field: 'mentions', value: { media_id: '17900000000000701' } }),
} satisfies Record<string, Recipe>;
