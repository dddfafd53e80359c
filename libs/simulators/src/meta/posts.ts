import type { Core } from './core.js';
import type { livesMs } from './cdn.js';
import { sampleFile } from './media-files.js';
import { metaId } from './random.js';
import type { MetaAccount, MetaCustomer } from './world.js';

export type Product = 'FEED' | 'REELS' | 'AD' | 'LIVE' | 'STORY';

/** A Page's post or an Instagram account's media. */
export interface Post {
  /** `{page}_{number}` on Facebook, a media id on Instagram. */
  id: string;
  account: MetaAccount;
  /** Who put it up: a visitor of the Page, somebody who mentions the account, or the account itself (null). */
  author: MetaCustomer | null;
  text: string;
  at: number;
  permalink: string;
  /** Its picture on the CDN. */
  picture: string | null;
  product: Product;
  /** An ad is not published: it is only where it is shown. `of` is the post it was made from. */
  ad: { id: string; title: string; of: string | null } | null;
  /** Whether it is being broadcast now. */
  live: boolean;
  removedAt: number | null;
}

export interface NewPost {
  text: string;
  /** False for a post without picture. */
  picture?: boolean;
  /** An ad; of a post that is there already, or a dark post of its own. */
  ad?: boolean | { title?: string; of?: Post };
  live?: boolean;
  /** What kind of Instagram media it is, where neither ad nor live. */
  product?: 'FEED' | 'REELS' | 'STORY';
  /** A visitor of the Page, or somebody whose own media mentions the account. */
  author?: MetaCustomer;
}

/** Everything public that people can comment on. */
export class Posts {
  readonly all: Post[] = [];

  constructor(private readonly core: Core) {}

  add(account: MetaAccount, { text, ...how }: NewPost): Post {
    const at = this.core.clock.now();
    const ad = this.adOf(how.ad);
    const number = metaId('post', this.core.world.seed, account.id, at, this.all.length);
    const post: Post = {
      ...{ account, text, at, ad, author: how.author ?? null, live: how.live ?? false, removedAt: null },
      id: account.kind === 'page' ? `${account.id}_${number}` : `179${number.padEnd(17, '0').slice(3)}`,
      permalink:
        account.kind === 'page' ? `https://www.facebook.com/${account.id}/posts/${number}` : `https://www.instagram.com/p/${number}/`,
      picture: how.picture === false ? null : this.picture(account),
      product: ad ? 'AD' : how.live ? 'LIVE' : (how.product ?? 'FEED'),
    };
    this.all.push(post);
    if (account.kind === 'page' && !ad) void this.tell(post, 'add');
    return post;
  }

  /** One of an earlier run: its picture lies on the CDN again. */
  recall(post: Post): void {
    this.all.push({ ...post, picture: post.picture && this.picture(post.account) });
  }

  find(id: string): Post | undefined {
    return this.all.find((post) => post.id === id && post.removedAt === null);
  }

  remove(post: Post): void {
    post.removedAt = this.core.clock.now();
    if (post.account.kind === 'page') void this.tell(post, 'remove');
  }

  private adOf(ad: NewPost['ad']): Post['ad'] {
    if (!ad) return null;
    const { title = 'Spring lamps', of = null } = ad === true ? {} : ad;
    return { id: metaId('ad', this.core.world.seed, this.all.length), title, of: of?.id ?? null };
  }

  private picture({ kind }: MetaAccount): string {
    const life: keyof typeof livesMs = kind === 'page' ? 'facebook' : 'instagram';
    return this.core.cdn.keep(sampleFile('image', this.all.length), life);
  }

  /** A Page hears of its own posts and of its visitors' through `feed`; times in seconds. */
  private tell({ account, author, id, text, at, removedAt }: Post, verb: 'add' | 'remove'): Promise<void> {
    const from = author ? { id: this.core.world.commenterId(author, account), name: author.name } : { id: account.id, name: account.name };
    const item = author || removedAt ? 'post' : 'status';
    const value = {
      item,
      verb,
      from,
      ...(!removedAt && { message: text }),
      post_id: id,
      created_time: Math.floor((removedAt ?? at) / 1000),
    };
    return this.core.emit(account, { field: 'feed', value }, 'changes');
  }
}
