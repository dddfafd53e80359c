import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import type { Draft } from './draft.js';
import { authorName } from './people.js';
import { useMessages } from './use-messages.js';

type Window = Conversation['privateReply'];

/**
 * Whom an answer goes to, and whether it may go in private. Under a post that is the author of the comment that the agent
 * picked, else of the newest one that still stands, who need not be the one who began the conversation.
 */
export function useAnswered({ id, kind, contact, privateReply }: Conversation, { replyTo }: Draft): { name: string; privately: Window } {
  const { messages = [] } = useMessages(id);
  const usual = contact.name ?? text.thread.customer;
  if (kind !== 'comment') return { name: usual, privately: null };
  const theirs = messages.filter(({ kind: of, direction }) => of === 'message' && direction === 'inbound');
  const newest = theirs.findLast(({ deletedAt }) => !deletedAt) ?? theirs.at(-1);
  const picked = theirs.find((message) => message.id === replyTo) ?? newest;
  return { name: picked ? authorName(picked) : usual, privately: privateWindow(picked, newest, privateReply) };
}

/** The server tells it of the newest comment. Of another one it is known whether it was answered in private; the rest the server says when it is tried. */
function privateWindow(picked: Message | undefined, newest: Message | undefined, ofNewest: Window): Window {
  if (!ofNewest || picked?.id === newest?.id) return ofNewest;
  if (picked?.answeredPrivately) return { open: false, mode: 'closed', closesAt: null, reason: text.composer.answeredPrivately };
  return newest?.answeredPrivately ? { open: true, mode: 'private', closesAt: null, reason: null } : ofNewest;
}
