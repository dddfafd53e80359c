import type { MessageEvent, Person } from '#libs/connector';
import type { CommentEnvelope } from './envelope.js';

/** Where a comment stands. `parentId` is null for one that stands directly under the post. */
export interface CommentPlace {
  commentId: string;
  parentId: string | null;
  postId: string;
}

/** A comment as a message: one conversation per post and top-level commenter, which answers join. */
export function commentMessage(author: Person, { commentId, parentId, postId }: CommentPlace, sentAt: Date): MessageEvent {
  const conversation = `comments:${postId}:${author.id}`;
  const envelope: CommentEnvelope = { comment: commentId, parent: parentId, post: postId };
  return {
    type: 'message',
    direction: 'inbound',
    kind: 'comment',
    externalId: commentId,
    customer: author,
    threadKeys: parentId ? [{ rule: 'comment-reply', key: `comment:${parentId}` }] : [{ rule: 'post-and-author', key: conversation }],
    ownKeys: parentId ? [`comment:${commentId}`] : [`comment:${commentId}`, conversation],
    subject: null,
    text: '',
    html: null,
    quotedText: null,
    sentAt,
    attachments: [],
    envelope: { ...envelope },
    human: true,
    ...(parentId && { replyTo: parentId }),
  };
}

/** The same by our side, e.g. written in the app itself. Whom it answers is not told: the comment above knows. */
export function ownComment(nobody: Person, place: CommentPlace & { parentId: string }, sentAt: Date): MessageEvent {
  return { ...commentMessage(nobody, place, sentAt), direction: 'outbound', sentBy: null };
}
