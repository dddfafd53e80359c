import { commentEvents, type CommentVerb } from './comment-events.js';
import type { Core } from './core.js';
import { sampleFile } from './media-files.js';
import type { Post } from './posts.js';
import { metaId } from './random.js';
import type { MetaAccount, MetaCustomer } from './world.js';

/** One comment as it stands for everybody to read. */
export interface Comment {
  /** `{post number}_{number}` on Facebook, a number on Instagram. */
  id: string;
  post: Post;
  /** The comment it answers, as the platform arranges it. */
  parent: Comment | null;
  /** Null: the account itself. */
  author: MetaCustomer | null;
  text: string;
  at: number;
  /** A photo on the CDN. */
  photo: string | null;
  /** Earlier texts, oldest first. */
  edits: string[];
  hidden: boolean;
  removedAt: number | null;
  /** Who likes it; null stands for the account. */
  likes: Set<MetaCustomer | null>;
  /** Whether the one private reply it allows was used. */
  answeredPrivately: boolean;
  /** Whether its author is not shown to apps. */
  anonymous: boolean;
  /** Under an Instagram ad: the id of the copy that apps hear of under the original media. */
  twin: string | null;
}

export interface CommentOptions {
  /** The id of the comment that is answered. */
  parent?: string;
  /** With a photo; Facebook only. */
  photo?: boolean;
  /** `from` is left out wherever apps look. */
  anonymous?: boolean;
}

/** All that happens below posts, and how the app hears of it. */
export class Comments {
  readonly all: Comment[] = [];
  /** Where others named an account; the comment is null where it was in the text of a post. */
  readonly mentions: { post: Post; comment: Comment | null }[] = [];
  private readonly listeners = new Set<(comment: Comment) => void>();

  constructor(private readonly core: Core) {}

  /** Somebody writes below a post; `author` null is the account itself, through whatever tool. */
  add(post: Post, author: MetaCustomer | null, text: string, { parent, photo, anonymous = false }: CommentOptions = {}): Comment {
    const at = this.core.clock.now();
    const doubled = author !== null && post.account.kind === 'instagram' && !!post.ad?.of && this.core.habits.adCommentsTwice;
    const comment: Comment = {
      ...{ post, author, text, at, anonymous, edits: [], hidden: false, removedAt: null, likes: new Set<null>(), answeredPrivately: false },
      id: this.newId(post, 'comment'),
      parent: parent ? this.arranged(this.find(parent)) : null,
      photo: photo ? this.core.cdn.keep(sampleFile('image', this.all.length), 'facebook') : null,
      twin: doubled ? this.newId(post, 'twin') : null,
    };
    this.all.push(comment);
    this.tell(comment, 'add');
    if (!author) for (const listener of this.listeners) listener(comment);
    return comment;
  }

  /** Called for every comment of an account itself; returns the way to stop listening. */
  onOwn(listener: (comment: Comment) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The comment of an id, or of an ad comment's copy. Throws when there is none or it is gone. */
  find(id: string): Comment {
    const comment = this.lookUp(id);
    if (!comment) throw new Error(`there is no comment ${id}`);
    return comment;
  }

  lookUp(id: string): Comment | undefined {
    return this.all.find((comment) => (comment.id === id || comment.twin === id) && comment.removedAt === null);
  }

  /** Removed ones are left out; oldest first. */
  of(post: Post): Comment[] {
    return this.all.filter((comment) => comment.post === post && comment.removedAt === null);
  }

  edit(comment: Comment, text: string): void {
    comment.edits.push(comment.text);
    comment.text = text;
    this.tell(comment, 'edited');
  }

  /** With all that was answered to it. */
  remove(comment: Comment): void {
    for (const answer of this.of(comment.post).filter(({ parent }) => parent === comment)) this.remove(answer);
    comment.removedAt = this.core.clock.now();
    if (comment.photo) this.core.cdn.remove(comment.photo);
    this.tell(comment, 'remove');
  }

  hide(comment: Comment, hidden: boolean): void {
    if (comment.hidden === hidden) return;
    comment.hidden = hidden;
    this.tell(comment, hidden ? 'hide' : 'unhide');
  }

  /** `who` null is the account. */
  like(comment: Comment, who: MetaCustomer | null, on: boolean): void {
    if (comment.likes.has(who) === on) return;
    if (on) comment.likes.add(who);
    else comment.likes.delete(who);
    this.tell(comment, on ? 'like' : 'unlike', who);
  }

  /** Somebody names the account below media or a post that is not its own, or in the text of it. Returns the post and the comment. */
  mention(account: MetaAccount, who: MetaCustomer, text: string, inCaption: boolean): { post: Post; comment: Comment | null } {
    const post = this.foreign(account, who, inCaption ? text : 'My new lamp');
    const comment = inCaption ? null : this.unheard(post, who, text);
    this.mentions.push({ post, comment });
    for (const event of commentEvents(this.core).mention(post, comment)) void this.core.emit(account, event, 'changes');
    return { post, comment };
  }

  /** Facebook hangs an answer to an answer below it, Instagram below the first comment; both by habit. */
  private arranged(parent: Comment): Comment {
    const { facebookNestsReplies, instagramNestsReplies } = this.core.habits;
    const nests = parent.post.account.kind === 'page' ? facebookNestsReplies : instagramNestsReplies;
    return nests || !parent.parent ? parent : this.arranged(parent.parent);
  }

  private foreign(account: MetaAccount, author: MetaCustomer, text: string): Post {
    const page = account.kind === 'page';
    const number = metaId('foreign', this.core.world.seed, this.core.clock.now(), this.all.length, text);
    return {
      ...{ account, author, text, at: this.core.clock.now(), picture: null, product: 'FEED', ad: null, live: false, removedAt: null },
      id: page ? `2088${number}_${number}` : `179${number.padEnd(17, '0').slice(3)}`,
      permalink: page ? `https://www.facebook.com/${number}` : `https://www.instagram.com/p/${number}/`,
    };
  }

  private unheard(post: Post, author: MetaCustomer, text: string): Comment {
    const comment: Comment = {
      ...{ post, author, text, at: post.at, parent: null, photo: null, edits: [], hidden: false, removedAt: null },
      ...{ likes: new Set<null>(), answeredPrivately: false, anonymous: false, twin: null },
      id: this.newId(post, 'mention'),
    };
    this.all.push(comment);
    return comment;
  }

  private newId(post: Post, kind: string): string {
    const number = metaId(kind, this.core.world.seed, post.id, this.core.clock.now(), this.all.length);
    return post.account.kind === 'page' ? `${post.id.split('_')[1]}_${number}` : `180${number.padEnd(17, '0').slice(3)}`;
  }

  private tell(comment: Comment, verb: CommentVerb, who: MetaCustomer | null = null): void {
    for (const event of commentEvents(this.core).of(comment, verb, who)) void this.core.emit(comment.post.account, event, 'changes');
  }
}

/** The account's own comments cannot be hidden. */
export const canHide = ({ author }: Comment): boolean => author !== null;
