import type { Comment, Comments } from './comments.js';
import type { MetaAccount, ThreadMessage, World } from './world.js';

/** A message as it finally stands: what any right inbox of this account has to show. */
export interface TrueMessage {
  mid: string;
  account: string;
  customer: string;
  customerId: string;
  by: ThreadMessage['by'];
  /** After all edits; of withdrawn ones what they said at last. */
  text: string;
  at: number;
  edits: number;
  withdrawn: boolean;
  /** The customer's own reaction, an emoji. */
  reaction: string | null;
  /** Ours. */
  businessReaction: string | null;
  files: number;
}

/** A comment as it finally stands. One below an ad counts once, whatever came in twice. */
export interface TrueComment {
  id: string;
  /** The id of its copy, which may be what an inbox knows it by. */
  twin: string | null;
  account: string;
  post: string;
  parent: string | null;
  /** Null: the account itself. */
  author: string | null;
  text: string;
  at: number;
  edits: number;
  hidden: boolean;
  removed: boolean;
  likedByUs: boolean;
  answeredPrivately: boolean;
}

/** All that happened at a platform's accounts. */
export interface Truth {
  /** In the order of their time. */
  messages: TrueMessage[];
  comments: TrueComment[];
}

/** The whole truth of some accounts, against which somebody's inbox is compared. */
export function truthOf(world: World, comments: Comments, accounts: MetaAccount[]): Truth {
  const threads = world.threads.filter(({ account }) => accounts.includes(account));
  const messages = threads.flatMap(({ account, customer, customerId, messages }) =>
    messages.map((message) => ({ ...messageTruth(message), account: account.id, customer: customer.name, customerId })),
  );
  const own = comments.all.filter(({ post }) => accounts.includes(post.account));
  return { messages: messages.sort((a, b) => a.at - b.at), comments: own.map(commentTruth) };
}

function messageTruth({ mid, by, text, at, edits, withdrawnAt, reactions = [], files = [] }: ThreadMessage) {
  const emojiOf = (who: string) => reactions.find((reaction) => reaction.by === who)?.emoji ?? null;
  const withdrawn = withdrawnAt !== undefined;
  return {
    ...{ mid, by, text, at, edits: edits?.length ?? 0, withdrawn, files: files.length },
    ...{ reaction: emojiOf('customer'), businessReaction: emojiOf('business') },
  };
}

function commentTruth(comment: Comment): TrueComment {
  const { id, twin, post, parent, author, text, at, edits, hidden, removedAt, likes, answeredPrivately } = comment;
  return {
    ...{ id, twin, account: post.account.id, post: post.id, parent: parent?.id ?? null, author: author?.name ?? null, text, at },
    ...{
      edits: edits.length,
      hidden,
      removed: removedAt !== null || post.removedAt !== null,
      likedByUs: likes.has(null),
      answeredPrivately,
    },
  };
}
