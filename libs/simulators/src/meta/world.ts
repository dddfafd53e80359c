import type { Clock } from './clock.js';
import type { EventElement } from './core.js';
import { metaId } from './random.js';
import { type Token, Tokens } from './tokens.js';
import { Users } from './users.js';

/** A Page or an Instagram professional account. `via` is the login route that its access token came by. */
export interface MetaAccount {
  kind: 'page' | 'instagram';
  via: 'facebook' | 'instagram';
  /** The Page id, or the Instagram account's `user_id`; webhooks name it in `entry.id`. */
  id: string;
  /** The Page's name or the account's username. */
  name: string;
  accessToken: string;
  /** The Page an Instagram account is linked to; its token is that Page's. */
  pageId?: string;
  /** What has gone wrong with it at Meta, see {@link AccountTrouble}. */
  troubles: Set<AccountTrouble>;
  /** What `subscribed_apps` has set; events of other fields are not delivered. */
  subscribedFields: string[];
}

/**
 * `access-off`: its owner does not allow apps to its messages (error 200/2534041, no events). `unlinked`: an Instagram account hangs on
 * its Page no longer (100/2534013). `restricted`: a Page may not send for a while (10/1893063).
 */
export const accountTroubles = ['access-off', 'unlinked', 'restricted'] as const;
export type AccountTrouble = (typeof accountTroubles)[number];

/** One human. Every account knows them by another id. */
export interface MetaCustomer {
  name: string;
  username: string;
  /** What profiles say of them, if not all: nothing, as of people with only a phone number, or no name. */
  profile?: 'nobody' | 'phone' | 'nameless';
}

/** One message as it stands in the customer's app. `by` says who typed it: the customer, our API call, a human in Meta's own app, or another app. */
export interface ThreadMessage {
  mid: string;
  by: 'customer' | 'api' | 'native-app' | 'other-app';
  /** As it reads now, after edits. */
  text: string;
  /** The platform's clock, ms. */
  at: number;
  /** What it holds beside its text, as webhooks put it into `message`. */
  content?: EventElement;
  /** Files of its own on the CDN, which go when it is unsent. */
  files?: string[];
  /** Earlier texts, oldest first. */
  edits?: string[];
  /** When its author took it back. */
  withdrawnAt?: number;
  reactions?: { by: 'customer' | 'business'; reaction: string; emoji: string }[];
  /** When the customer opened the chat with it. */
  readAt?: number;
  /** The mid it answers. */
  replyTo?: string;
}

export interface Thread {
  id: string;
  account: MetaAccount;
  customer: MetaCustomer;
  customerId: string;
  messages: ThreadMessage[];
  /** When the customer last did what opens the reply window, ms; edits, reads and comments do not. */
  lastCustomerAt: number | null;
  /** Why nothing reaches the customer, if so. */
  unreachable?: 'blocked' | 'muted' | 'deleted';
  /** Until when the customer sees somebody of the business type, ms. */
  typingUntil?: number;
  /** When the business showed that it has read, ms. */
  seenAt?: number;
}

/** Everything Meta knows: accounts, tokens, humans and their threads. */
export class World {
  readonly accounts: MetaAccount[] = [];
  readonly customers = new Map<string, MetaCustomer>();
  readonly tokens: Tokens;
  readonly users: Users;
  private readonly byPerson = new Map<string, Thread>();
  private messageCount = 0;

  constructor(
    readonly seed: number,
    private readonly clock: Clock,
  ) {
    this.tokens = new Tokens(seed, clock);
    this.users = new Users(seed);
  }

  now = (): number => this.clock.now();

  /** What a token opens: a Page and what is linked to it, one Instagram account, or the accounts its person granted. */
  accountsOf({ kind, account, user, chosen }: Token): MetaAccount[] {
    if (kind === 'instagram') return [account!];
    const granted = this.users
      .accountsOf(user, this.accounts)
      .filter(({ id, via }) => via === 'facebook' && (!chosen || chosen.includes(id)));
    if (kind !== 'page') return granted;
    return [account!, ...this.accounts.filter((each) => each.pageId === account!.id && each.via === 'facebook')];
  }

  /** The Instagram account that hangs on a Page. */
  instagramOf(page: MetaAccount): MetaAccount | undefined {
    return this.accounts.find(({ pageId, via, troubles }) => pageId === page.id && via === 'facebook' && !troubles.has('unlinked'));
  }

  customer(name: string): MetaCustomer {
    const known = this.customers.get(name);
    if (known) return known;
    const customer: MetaCustomer = { name, username: name.toLowerCase().replace(/[^a-z0-9]+/g, '.') };
    this.customers.set(name, customer);
    return customer;
  }

  idOf(customer: MetaCustomer, account: MetaAccount): string {
    return metaId('person', this.seed, account.id, customer.name);
  }

  /** The id by which comments name a person: on Facebook not their PSID, on Instagram the IGSID of their chats. */
  commenterId(customer: MetaCustomer, account: MetaAccount): string {
    return account.kind === 'page' ? metaId('commenter', this.seed, account.id, customer.name) : this.idOf(customer, account);
  }

  /** An Instagram account's own id as apps may see it below comments. */
  scopedSelf(account: MetaAccount): string {
    return metaId('self', this.seed, account.id);
  }

  thread(account: MetaAccount, customer: MetaCustomer): Thread {
    const customerId = this.idOf(customer, account);
    const known = this.threadWith(account, customerId);
    if (known) return known;
    const number = metaId('thread', this.seed, account.id, customer.name);
    const id = account.kind === 'page' ? `t_${number}` : `aWdfZAG06${Buffer.from(number).toString('base64url')}ZD`;
    const thread: Thread = { id, account, customer, customerId, messages: [], lastCustomerAt: null };
    this.byPerson.set(`${account.id} ${customerId}`, thread);
    return thread;
  }

  threadWith(account: MetaAccount, customerId: string): Thread | undefined {
    return this.byPerson.get(`${account.id} ${customerId}`);
  }

  get threads(): Thread[] {
    return [...this.byPerson.values()];
  }

  add(thread: Thread, by: ThreadMessage['by'], text: string, more: Partial<ThreadMessage> = {}): ThreadMessage {
    const message = { mid: this.newMid(thread.account), by, text, at: this.now(), ...more };
    thread.messages.push(message);
    if (by === 'customer') thread.lastCustomerAt = message.at;
    return message;
  }

  /** Messenger: `m_…`; Instagram: base64 of some 160 characters. Fresh in every run, as people's databases outlive the platform's. */
  newMid(account: MetaAccount): string {
    const unique = `${metaId('mid', this.seed, this.clock.now(), ++this.messageCount)}${this.messageCount}`;
    if (account.kind === 'page') return `m_${Buffer.from(unique).toString('base64url')}`;
    return `aWdfZAG1f${Buffer.from(`${unique}:IGMessageID:${account.id}:${'0'.repeat(60)}`).toString('base64url')}ZD`;
  }
}
