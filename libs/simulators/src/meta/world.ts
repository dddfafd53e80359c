import type { Clock } from './clock.js';
import { GraphError, tokenDeaths, type TokenDeath } from './graph-error.js';
import { metaId } from './random.js';

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
  /** What `subscribed_apps` has set; events of other fields are not delivered. */
  subscribedFields: string[];
}

/** One human. Every account knows them by another id. */
export interface MetaCustomer {
  name: string;
  username: string;
}

/** One message as it stands in the customer's app. `by` says who typed it: the customer, our API call, or a human in Meta's own app. */
export interface ThreadMessage {
  mid: string;
  by: 'customer' | 'api' | 'native-app';
  text: string;
  /** The platform's clock, ms. */
  at: number;
}

export interface Thread {
  id: string;
  account: MetaAccount;
  customer: MetaCustomer;
  customerId: string;
  messages: ThreadMessage[];
  lastCustomerAt: number | null;
  blocked: boolean;
}

/** Everything Meta knows: accounts, tokens, humans and their threads. */
export class World {
  readonly accounts: MetaAccount[] = [];
  readonly customers = new Map<string, MetaCustomer>();
  readonly deadTokens = new Map<string, TokenDeath>();
  private readonly byPerson = new Map<string, Thread>();
  private messageCount = 0;

  constructor(
    private readonly seed: number,
    private readonly clock: Clock,
  ) {}

  now = (): number => this.clock.now();

  /** The accounts a living token opens: a Page and what is linked to it, or one Instagram account. */
  accountsOf(token: string | undefined): [MetaAccount, ...MetaAccount[]] {
    if (!token) throw new GraphError(2500, 'An active access token must be used to query information about the current user.');
    const death = this.deadTokens.get(token);
    if (death) throw new GraphError(190, tokenDeaths[death][1], tokenDeaths[death][0], 401);
    const [own, ...linked] = this.accounts.filter((account) => account.accessToken === token);
    if (!own) throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
    return [own, ...linked];
  }

  customer(name: string): MetaCustomer {
    const known = this.customers.get(name);
    if (known) return known;
    const customer = { name, username: name.toLowerCase().replace(/[^a-z0-9]+/g, '.') };
    this.customers.set(name, customer);
    return customer;
  }

  idOf(customer: MetaCustomer, account: MetaAccount): string {
    return metaId('person', this.seed, account.id, customer.name);
  }

  thread(account: MetaAccount, customer: MetaCustomer): Thread {
    const customerId = this.idOf(customer, account);
    const known = this.threadWith(account, customerId);
    if (known) return known;
    const number = metaId('thread', this.seed, account.id, customer.name);
    const id = account.kind === 'page' ? `t_${number}` : `aWdfZAG06${Buffer.from(number).toString('base64url')}ZD`;
    const thread = { id, account, customer, customerId, messages: [], lastCustomerAt: null, blocked: false };
    this.byPerson.set(`${account.id} ${customerId}`, thread);
    return thread;
  }

  threadWith(account: MetaAccount, customerId: string): Thread | undefined {
    return this.byPerson.get(`${account.id} ${customerId}`);
  }

  get threads(): Thread[] {
    return [...this.byPerson.values()];
  }

  add(thread: Thread, by: ThreadMessage['by'], text: string): ThreadMessage {
    const message = { mid: this.newMid(thread.account), by, text, at: this.now() };
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
