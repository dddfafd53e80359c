import { ConnectorError, type Draft, type Prepared } from '#libs/connector';

/** Where everybody can read it: under a comment, under a post, or where somebody else mentioned the account in their own media. */
export type PublicPlace = { comment: string } | { post: string } | { mentionIn: string; comment: string | null };

/** A reply's way, stored with it before its first attempt. */
export type Envelope =
  /** In a chat. `replyTo` is the message that the agent chose to answer. */
  | { mode: null; to: { id: string }; replyTo?: string }
  /** To the author of a comment or visitor post alone; `author` as far as the platform told. */
  | { mode: 'private'; to: { comment: string } | { post: string }; author?: string }
  | { mode: 'public'; to: PublicPlace };

/** What parsing leaves with a comment, visitor post or mention, to answer it by. `root` is the topmost comment above it. */
export interface CommentEnvelope {
  comment?: string | null;
  parent?: string | null;
  root?: string | null;
  post?: string | null;
  /** Somebody else's media, in which the account was mentioned. */
  mentionIn?: string | null;
}

/** Fixes to whom a reply goes: the author of a comment, everybody under its post, or the partner of a chat. */
export function prepareReply(draft: Draft): Prepared {
  const answering = (draft.answering ?? {}) as CommentEnvelope;
  const ofComment = answering.comment ?? answering.post ?? answering.mentionIn;
  if (!ofComment) return { externalId: null, envelope: { ...inChat(draft) }, ownKeys: [`dm:${draft.customer.id}`] };
  const envelope = draft.mode === 'private' ? privately(answering, draft.customer.id) : publicly(answering);
  return { externalId: null, envelope: { ...envelope }, ownKeys: [] };
}

/** The envelope as {@link prepareReply} made it; before there were comments it named a chat's `recipient` only. */
export function envelopeOf(stored: Record<string, unknown>): Envelope {
  if (typeof stored.recipient === 'string') return { mode: null, to: { id: stored.recipient } };
  return stored as unknown as Envelope;
}

const inChat = ({ customer: { id }, replyTo }: Draft): Envelope => ({ mode: null, to: { id }, ...(replyTo && { replyTo }) });

/** Facebook shows two levels of comments, but would nest an answer to an answer deeper: so the topmost comment is answered. */
function publicly({ comment, parent, root, post, mentionIn }: CommentEnvelope): Envelope {
  if (mentionIn) return { mode: 'public', to: { mentionIn, comment: comment ?? null } };
  const topmost = root ?? parent ?? comment;
  return { mode: 'public', to: topmost ? { comment: topmost } : { post: post! } };
}

function privately({ comment, post, mentionIn }: CommentEnvelope, customer: string): Envelope {
  if (mentionIn)
    throw new ConnectorError('rejected', 'This stands under a post of somebody else’s, where Meta allows no private answer.', {
      action: 'Answer publicly.',
    });
  const author = customer.startsWith('unknown:') ? {} : { author: customer };
  return { mode: 'private', to: comment ? { comment } : { post: post! }, ...author };
}
