import type { Comment, Comments } from './comments.js';
import type { Core } from './core.js';
import { GraphError } from './graph-error.js';
import type { Post, Posts } from './posts.js';
import type { MetaAccount, Thread } from './world.js';

const WEEK = 7 * 24 * 3_600_000;

/** Where a private reply goes, and what uses the right up. */
export interface PrivateReply {
  thread: Thread;
  use(): void;
}

/** Why a comment cannot be answered in private (any more): the refusal, or null. */
export function privateReplyRefusal(comment: Comment, now: number): GraphError | null {
  const { post, author, at, answeredPrivately } = comment;
  const over = now - at > WEEK || (post.product === 'LIVE' && !post.live);
  if (post.account.kind === 'instagram') {
    if (!answeredPrivately && author && !over) return null;
    return new GraphError(100, 'The comment is invalid for a private reply', 2534025);
  }
  if (answeredPrivately) return new GraphError(10900, 'Activity already replied to');
  return author && !over ? null : new GraphError(10903, "This user can't reply to this activity");
}

/** The one message that may answer a comment, or a visitor's post, in private. */
export class PrivateReplies {
  private readonly answeredPosts = new Set<Post>();

  constructor(
    private readonly core: Core,
    private readonly posts: Posts,
    private readonly comments: Comments,
  ) {}

  /** For `recipient.comment_id`. Throws what Meta answers where it may not be. */
  toComment(accounts: MetaAccount[], id: string): PrivateReply {
    const comment = this.comments.lookUp(id);
    if (!comment || !accounts.includes(comment.post.account)) throw gone(accounts, id);
    const refusal = privateReplyRefusal(comment, this.core.clock.now());
    if (refusal) throw refusal;
    const thread = this.core.world.thread(comment.post.account, comment.author!);
    return { thread, use: () => void (comment.answeredPrivately = true) };
  }

  /** For `recipient.post_id`: a visitor's post on a Page. */
  toPost(accounts: MetaAccount[], id: string): PrivateReply {
    const post = this.posts.find(id);
    if (!post || !accounts.includes(post.account)) throw gone(accounts, id);
    if (this.answeredPosts.has(post)) throw new GraphError(10900, 'Activity already replied to');
    if (!post.author || this.core.clock.now() - post.at > WEEK) throw new GraphError(10903, "This user can't reply to this activity");
    return { thread: this.core.world.thread(post.account, post.author), use: () => void this.answeredPosts.add(post) };
  }
}

function gone(accounts: MetaAccount[], id: string): GraphError {
  if (accounts[0]?.kind === 'instagram') return new GraphError(100, 'The comment is invalid for a private reply', 2534025);
  return new GraphError(100, `Unsupported post request. Object with ID '${id}' does not exist`, 33);
}
