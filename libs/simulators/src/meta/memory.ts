import { readFile, writeFile } from 'node:fs/promises';
import type { Comment, Comments } from './comments.js';
import type { Post, Posts } from './posts.js';
import type { Token } from './tokens.js';
import { metaJson, type Json } from './wire.js';
import type { MetaAccount, MetaCustomer, Thread, ThreadMessage, World } from './world.js';

interface RememberedThread {
  account: string;
  customer: string;
  messages: ThreadMessage[];
  lastCustomerAt: number | null;
  unreachable?: Thread['unreachable'];
}

type RememberedPost = Omit<Post, 'account' | 'author'> & { account: string; author: string | null };
type RememberedComment = Omit<Comment, 'post' | 'parent' | 'author' | 'likes'> & {
  post: string;
  parent: string | null;
  author: string | null;
  likes: (string | null)[];
};

type RememberedToken = Omit<Token, 'account' | 'user' | 'from'> & { account: string | null; user: string };

interface Remembered {
  /** An app may have refreshed the tokens it was given, and knows only the new ones. */
  tokens: RememberedToken[];
  threads: RememberedThread[];
  posts: RememberedPost[];
  comments: RememberedComment[];
}

/** Where things are remembered from and recalled to. */
interface Minds {
  world: World;
  posts: Posts;
  comments: Comments;
}

/** What an earlier run left: tokens, threads, posts and comments in a JSON file, so that whoever keeps a database beside the platform may start both again. */
export class Memory {
  private constructor(
    private readonly file: string,
    private readonly kept: Remembered,
  ) {}

  /** A file that is not there yet is an empty memory. */
  static async open(file: string): Promise<Memory> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}';
      throw error;
    });
    return new Memory(file, { tokens: [], threads: [], posts: [], comments: [], ...(JSON.parse(text) as Partial<Remembered>) });
  }

  /** Gives an account back what was its own. Files are gone, but for the pictures of posts. */
  recall(account: MetaAccount, { world, posts, comments }: Minds): void {
    const person = (name: string | null): MetaCustomer | null => (name === null ? null : world.customer(name));
    for (const { user, account: id, ...token } of this.kept.tokens)
      if (id === account.id && !world.tokens.find(token.value))
        world.tokens.issue({ ...token, account, user: world.users.find(user) ?? world.users.owner });
    for (const { customer, account: id, ...thread } of this.kept.threads)
      if (id === account.id) Object.assign(world.thread(account, world.customer(customer)), thread);
    for (const { author, account: id, ...post } of this.kept.posts)
      if (id === account.id) posts.recall({ ...post, account, author: person(author) });
    for (const { post: id, parent, author, likes, ...comment } of this.kept.comments) {
      const post = posts.all.find((each) => each.id === id && each.account === account);
      const above = comments.all.find((each) => each.id === parent) ?? null;
      if (post) comments.all.push({ ...comment, post, parent: above, author: person(author), likes: new Set(likes.map(person)) });
    }
  }

  async save({ world, posts, comments }: Minds): Promise<void> {
    const kept: Remembered = {
      tokens: world.tokens.all.map(({ account, user, from: _, ...token }) => ({ ...token, account: account?.id ?? null, user: user.name })),
      threads: world.threads.map(({ account, customer, messages, lastCustomerAt, unreachable }) => {
        return { account: account.id, customer: customer.name, messages, lastCustomerAt, unreachable };
      }),
      posts: posts.all.map((post) => ({ ...post, account: post.account.id, author: post.author?.name ?? null })),
      comments: comments.all.map(({ post, parent, author, likes, ...comment }) => {
        const liked = [...likes].map((who) => who?.name ?? null);
        return { ...comment, post: post.id, parent: parent?.id ?? null, author: author?.name ?? null, likes: liked };
      }),
    };
    // What came with a message may hold ids beyond what plain JSON can write.
    await writeFile(this.file, metaJson(kept as unknown as Json));
  }
}
