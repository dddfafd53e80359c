import type { ConversationKind, MessageChange, Moderation } from '#libs/connector';
import type { Message } from './message.entity.js';

type Facts = Pick<Message, 'kind' | 'direction' | 'mode' | 'externalId' | 'deletedAt' | 'hidden' | 'liked'>;

/** What may be done to a message now, of what its connector offers: to customers' comments, and our own public answers can be deleted. */
export function allowedModeration(message: Facts, where: ConversationKind, offered: Moderation[]): Moderation[] {
  const { kind, direction, mode, externalId, deletedAt, hidden, liked } = message;
  if (where !== 'comment' || kind !== 'message' || !externalId || deletedAt || mode === 'private') return [];
  const fitting: Moderation[] = direction === 'outbound' ? ['delete'] : [hidden ? 'unhide' : 'hide', liked ? 'unlike' : 'like', 'delete'];
  return offered.filter((one) => fitting.includes(one));
}

/** Whether it is so already: two people may ask for the same at once, and both got what they wanted. */
export function isDone(moderation: Moderation, { hidden, liked, deletedAt }: Facts): boolean {
  const done: Record<Moderation, boolean> = { hide: hidden, unhide: !hidden, like: liked, unlike: !liked, delete: !!deletedAt };
  return done[moderation];
}

/** What it changes in the message. */
export const changeBy: Record<Moderation, MessageChange> = {
  hide: { kind: 'hide', hidden: true },
  unhide: { kind: 'hide', hidden: false },
  like: { kind: 'like', liked: true },
  unlike: { kind: 'like', liked: false },
  delete: { kind: 'withdraw' },
};

/** How the timeline tells it, after the name of who did it. */
export const wordsFor: Record<Moderation, string> = {
  hide: 'hid a comment',
  unhide: 'made a hidden comment visible again',
  like: 'liked a comment',
  unlike: 'took back the like of a comment',
  delete: 'deleted a comment',
};
