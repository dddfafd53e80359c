import { chats, chatters, commentChats, type Chat, type CommentChat } from './chats.js';
import type { Comment } from './comments.js';
import type { MetaPlatform } from './platform.js';
import type { Post } from './posts.js';
import type { MetaAccount, MetaCustomer, Thread } from './world.js';

interface MetaCustomersOptions {
  platform: MetaPlatform;
  /** The Pages and Instagram accounts they write to, in turn. */
  accounts: MetaAccount[];
  /** Numbers in [0, 1); the same numbers give the same customers and chats. */
  random: () => number;
  /** How long they take to answer, at most. */
  answerWithinMs?: number;
}

interface Correspondence {
  account: MetaAccount;
  customer: MetaCustomer;
  chat: Pick<Chat, 'answers' | 'reaction'>;
  answered: number;
}

/**
 * Customers of a small lamp shop on Facebook and Instagram: they start chats and write below posts and ads, and answer when they are
 * answered.
 */
export class MetaCustomers {
  private readonly correspondences = new Map<string, Correspondence>();
  private readonly asked = new Map<string, CommentChat>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly people: string[];
  private readonly deck: Chat[];
  private readonly comments: CommentChat[];
  private readonly stopListening: (() => void)[];
  private written = 0;
  private commented = 0;

  constructor(private readonly options: MetaCustomersOptions) {
    this.people = this.shuffle(chatters);
    this.deck = this.shuffle(chats);
    this.comments = this.shuffle(commentChats);
    const { platform } = options;
    this.stopListening = [
      platform.onReply((_, thread) => this.soon(() => this.answer(thread))),
      platform.onComment((comment) => this.soon(() => this.answerBelow(comment))),
    ];
  }

  /** The next customer starts a chat. Everybody had their turn: they begin again with another matter. */
  writeNext(): { account: MetaAccount; customer: MetaCustomer } {
    const turn = this.written++;
    const round = Math.floor(turn / this.people.length);
    const account = this.options.accounts[(turn + round) % this.options.accounts.length]!;
    const customer = this.options.platform.customer(this.people[turn % this.people.length]!);
    // Not in step with the accounts: every matter comes up on each of them.
    const chat = this.deck[(turn + Math.floor(turn / this.deck.length)) % this.deck.length]!;
    this.correspondences.set(key(account, customer), { account, customer, chat, answered: 0 });
    this.open(account, customer, chat);
    return { account, customer };
  }

  /** Somebody writes below a post of an account's, or below an ad. Returns the comment's id. */
  commentNext(): string {
    const turn = this.commented++;
    const { platform, accounts } = this.options;
    const account = accounts[turn % accounts.length]!;
    const posts = this.postsOf(account);
    const customer = platform.customer(this.people.at(-1 - (turn % this.people.length))!);
    const chat = this.comments[turn % this.comments.length]!;
    const id = platform.customerComments(account, posts[Math.floor(turn / accounts.length) % posts.length]!, customer, chat.text);
    this.asked.set(id, chat);
    return id;
  }

  /** Reads what came and says the next line of the chat; false when there is nothing left to say. */
  answer({ account, customer }: Pick<Thread, 'account' | 'customer'>): boolean {
    const { platform } = this.options;
    const correspondence = this.correspondences.get(key(account, customer)) ?? this.fromComment(account, customer);
    const words = correspondence?.chat.answers[correspondence.answered];
    platform.customerReads(account, customer);
    if (!correspondence) return false;
    if (words === undefined) return this.like(correspondence);
    correspondence.answered += 1;
    platform.customerWrites(account, customer, words);
    return true;
  }

  stop(): void {
    for (const stop of this.stopListening) stop();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private open(account: MetaAccount, customer: MetaCustomer, { opening, picture, story, corrected }: Chat): void {
    const { platform } = this.options;
    const [first, ...more] = opening as [string, ...string[]];
    const onStory = story && account.kind === 'instagram';
    let last = onStory ? platform.customerOnStory(account, customer, 'reply', first) : platform.customerWrites(account, customer, first);
    for (const line of more) last = platform.customerWrites(account, customer, line);
    if (corrected) platform.customerEdits(account, customer, last, corrected);
    if (picture) platform.customerSendsFiles(account, customer, { kind: 'image' });
  }

  /** The matter is settled: no more words, but perhaps a heart. */
  private like({ account, customer, chat, answered }: Correspondence): false {
    const { platform } = this.options;
    const newest = platform.transcript(account, customer).findLast(({ by }) => by !== 'customer');
    if (chat.reaction && answered && newest && !newest.reactions?.length)
      platform.customerReacts(account, customer, newest.mid, chat.reaction);
    return false;
  }

  /** Somebody whose comment was answered in private goes on in the chat. */
  private fromComment(account: MetaAccount, customer: MetaCustomer): Correspondence | undefined {
    const comment = [...this.asked.keys()]
      .map((id) => this.options.platform.comment(id))
      .findLast((each) => each?.author === customer && each.post.account === account);
    if (!comment) return undefined;
    const correspondence = { account, customer, chat: { answers: this.asked.get(comment.id)!.privately }, answered: 0 };
    this.correspondences.set(key(account, customer), correspondence);
    return correspondence;
  }

  /** Whoever was answered below a post says so there, once. */
  private answerBelow({ parent, post }: Comment): void {
    const chat = parent && this.asked.get(parent.id);
    if (!chat || !parent.author || parent.removedAt !== null) return;
    const { platform } = this.options;
    if (platform.commentsOf(post).some(({ parent: above, author }) => above === parent && author === parent.author)) return;
    platform.customerComments(post.account, post, parent.author, chat.publicly, { parent: parent.id });
  }

  /** A post and an ad, as they were or new. */
  private postsOf(account: MetaAccount): Post[] {
    const { platform } = this.options;
    const known = platform.postsOf(account);
    if (known.length) return known;
    const post = platform.addPost(account, { text: 'The Pier lamp is back, in brass and in black. Which one would you hang up?' });
    const ad = account.kind === 'page' ? true : { title: 'Light for long evenings', of: post };
    return [post, platform.addPost(account, { text: 'Light for long evenings: 15 % off all table lamps until Sunday.', ad })];
  }

  private soon(act: () => void): void {
    const within = this.options.answerWithinMs ?? 20_000;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        act();
      },
      within * (0.3 + 0.7 * this.options.random()),
    );
    this.timers.add(timer);
  }

  private shuffle<T>(items: T[]): T[] {
    return items
      .map((item) => ({ item, place: this.options.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  }
}

const key = (account: MetaAccount, customer: MetaCustomer) => `${account.id} ${customer.name}`;
