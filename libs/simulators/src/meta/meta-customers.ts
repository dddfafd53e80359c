import { chats, chatters, type Chat } from './chats.js';
import type { MetaPlatform } from './platform.js';
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
  chat: Chat;
  answered: number;
}

/** Customers of a small lamp shop who chat on Messenger and Instagram: they start chats, and answer when they are answered. */
export class MetaCustomers {
  private readonly correspondences = new Map<string, Correspondence>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly people: string[];
  private readonly deck: Chat[];
  private readonly stopListening: () => void;
  private written = 0;

  constructor(private readonly options: MetaCustomersOptions) {
    this.people = this.shuffle(chatters);
    this.deck = this.shuffle(chats);
    this.stopListening = options.platform.onReply((_, thread) => this.answerSoon(thread));
  }

  /** The next customer starts a chat. Everybody had their turn: they begin again with another matter. */
  writeNext(): { account: MetaAccount; customer: MetaCustomer } {
    const turn = this.written++;
    const round = Math.floor(turn / this.people.length);
    const account = this.options.accounts[(turn + round) % this.options.accounts.length]!;
    const customer = this.options.platform.customer(this.people[turn % this.people.length]!);
    const chat = this.deck[(turn + round) % this.deck.length]!;
    this.correspondences.set(key(account, customer), { account, customer, chat, answered: 0 });
    for (const line of chat.opening) this.options.platform.customerWrites(account, customer, line);
    return { account, customer };
  }

  /** Reads what came and says the next line of the chat; false when there is nothing left to say. */
  answer({ account, customer }: Pick<Thread, 'account' | 'customer'>): boolean {
    const correspondence = this.correspondences.get(key(account, customer));
    const words = correspondence?.chat.answers[correspondence.answered];
    this.options.platform.customerReads(account, customer);
    if (!correspondence || words === undefined) return false;
    correspondence.answered += 1;
    this.options.platform.customerWrites(account, customer, words);
    return true;
  }

  stop(): void {
    this.stopListening();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private answerSoon(thread: Thread): void {
    const within = this.options.answerWithinMs ?? 20_000;
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        this.answer(thread);
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
