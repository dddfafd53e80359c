import { Accounts, type NewInstagramAccount, type NewPage } from './accounts.js';
import { Clock } from './clock.js';
import type { AppOptions, Core, EventElement, EventList } from './core.js';
import { DirectMessages } from './direct-messages.js';
import { accountEdge, answer, chatEdge, type Edge } from './graph-api.js';
import { type GraphError, type TokenDeath } from './graph-error.js';
import { startGraphServer, type GraphServer } from './graph-server.js';
import { usualHabits, type Failure, type Habits, type SendBehaviour } from './habits.js';
import { Memory } from './memory.js';
import { seededRandom } from './random.js';
import { Sending } from './sending.js';
import { Webhooks, type Forgery } from './webhooks.js';
import { World, type MetaAccount, type MetaCustomer, type Thread, type ThreadMessage } from './world.js';

export interface MetaPlatformOptions extends AppOptions {
  /** 0 or none: any free port. */
  port?: number;
  /** The same seed gives the same ids and the same faults. */
  seed?: number;
  /** The platform's clock in ms; see also {@link MetaPlatform.advance}. */
  now?: () => number;
  /** A file in which threads outlive a stop, for those who start again with what they stored themselves. */
  memory?: string;
}

/** Starts Meta's messaging platform on a loopback port: both Graph hosts, and webhooks once {@link MetaPlatform.subscribe} was called. */
export async function startMetaPlatform(options: MetaPlatformOptions): Promise<MetaPlatform> {
  const memory = options.memory ? await Memory.open(options.memory) : null;
  const platform = new MetaPlatform(options, memory);
  await platform.listen(options.port ?? 0);
  return platform;
}

/** Meta, as an app developer and the humans in its apps see it. */
export class MetaPlatform {
  readonly habits: Habits = { ...usualHabits };
  readonly failures: Failure[] = [];
  private readonly clock: Clock;
  private readonly world: World;
  private readonly core: Core;
  private readonly accounts: Accounts;
  private readonly webhooks: Webhooks;
  private readonly chats: DirectMessages;
  private readonly sending: Sending;
  private readonly edges: Edge[];
  private server: GraphServer | null = null;

  constructor(
    options: MetaPlatformOptions,
    private readonly memory: Memory | null = null,
  ) {
    const seed = options.seed ?? 1;
    this.clock = new Clock(options.now);
    this.world = new World(seed, this.clock);
    this.core = {
      app: options,
      world: this.world,
      clock: this.clock,
      habits: this.habits,
      random: seededRandom(seed),
      emit: (account, element, list) => this.webhooks.emit(account, element, list),
      note: (kind, detail) => void this.failures.push({ at: new Date(this.clock.now()), kind, detail }),
    };
    this.accounts = new Accounts(this.world, memory);
    this.webhooks = new Webhooks(this.core);
    this.chats = new DirectMessages(this.core);
    this.sending = new Sending(this.core, this.chats);
    this.edges = [
      (request) => accountEdge(request, this.core),
      (request) => this.sending.answer(request),
      (request) => chatEdge(request, this.core),
    ];
  }

  /** Where Graph answers: stands for both `https://graph.facebook.com` and `https://graph.instagram.com`. */
  get url(): string {
    if (!this.server) throw new Error('the platform is not running');
    return this.server.url;
  }

  async listen(port: number): Promise<void> {
    this.server = await startGraphServer(
      port,
      this.clock.now,
      (call) => answer(call, this.core, this.edges),
      (error) => this.refusal(error),
    );
  }

  async stop(): Promise<void> {
    this.webhooks.stop();
    this.clock.stop();
    await this.server?.stop();
    await this.memory?.save(this.world.threads);
  }

  /** A Page. Its events flow once `subscribed_apps` was posted for it, or with `subscribed` at once. */
  addPage(page: NewPage): MetaAccount {
    return this.accounts.addPage(page);
  }

  /** An Instagram account; `id` is its `user_id`. Through Facebook it hangs on a Page, shares its token and its subscription. */
  addInstagramAccount(account: NewInstagramAccount): MetaAccount {
    return this.accounts.addInstagram(account);
  }

  /** Sets the app's callback, after the GET handshake Meta makes. Rejects when the challenge does not come back. */
  subscribe({ callbackUrl }: { callbackUrl: string }): Promise<void> {
    return this.webhooks.subscribe(callbackUrl);
  }

  /** The human of that name; the same for the same name. */
  customer(name: string): MetaCustomer {
    return this.world.customer(name);
  }

  /** The PSID or IGSID by which an account knows a customer. */
  idOf(customer: MetaCustomer, account: MetaAccount): string {
    return this.world.idOf(customer, account);
  }

  /** A customer writes; the webhook follows by itself. `standby` when another app owns the thread. Returns the message id. */
  customerWrites(account: MetaAccount, customer: MetaCustomer, text: string, how: { standby?: boolean } = {}): string {
    return this.chats.customerSends(account, customer, { text }, how);
  }

  /** A customer sends something other than plain text: `content` is put into `message` as it is. */
  customerSends(account: MetaAccount, customer: MetaCustomer, content: EventElement, how: { standby?: boolean } = {}): string {
    return this.chats.customerSends(account, customer, content, how);
  }

  /** A human answers from Meta's own app: no API call, but an echo. */
  nativeReply(account: MetaAccount, customer: MetaCustomer, text: string): string {
    return this.chats.nativeReply(account, customer, text);
  }

  /** A customer opens the chat. */
  customerReads(account: MetaAccount, customer: MetaCustomer): void {
    this.chats.customerReads(account, customer);
  }

  /** From now on nothing reaches this customer from that account. */
  customerBlocks(account: MetaAccount, customer: MetaCustomer): void {
    this.world.thread(account, customer).blocked = true;
  }

  /** Any event at all, as an element of `entry[].messaging`, `standby` or `changes`. Resolves when it was taken or given up. */
  emit(account: MetaAccount, element: EventElement, list: EventList = 'messaging'): Promise<void> {
    return this.webhooks.emit(account, element, list);
  }

  /** One POST that a right receiver refuses: nothing happened at the account. Resolves with the HTTP status. */
  forge(how: Forgery, account: MetaAccount, text = 'forged: 1/2 …'): Promise<number> {
    const thread = this.world.thread(account, this.customer('Mallory'));
    const message = { mid: this.world.newMid(account), text };
    return this.webhooks.forge(how, account, { ...this.chats.sides(thread), timestamp: this.clock.now(), message });
  }

  /** How the next sends end, one entry each; then all is usual again. */
  behave(...next: SendBehaviour[]): void {
    this.sending.behave(...next);
  }

  /** Every call with this account's token fails from now on; webhooks go on. */
  killToken(account: MetaAccount, how: TokenDeath): void {
    this.world.deadTokens.set(account.accessToken, how);
  }

  /** Moves the platform's clock on, `Date` headers included: what lies before is then older than it seemed. Reply windows close. */
  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** All that businesses sent this customer, over all accounts, oldest first: the truth about duplicates and losses. */
  sentTo(customer: MetaCustomer): ThreadMessage[] {
    const theirs = this.world.threads.filter((thread) => thread.customer === customer);
    return theirs.flatMap(({ messages }) => messages.filter(({ by }) => by !== 'customer')).sort((a, b) => a.at - b.at);
  }

  /** Both sides of one chat as the customer sees it. */
  transcript(account: MetaAccount, customer: MetaCustomer): ThreadMessage[] {
    return [...this.world.thread(account, customer).messages];
  }

  /** Called for every message a business got through to a customer; returns the way to stop listening. */
  onReply(listener: (message: ThreadMessage, thread: Thread) => void): () => void {
    return this.sending.onReply(listener);
  }

  /** Resolves when every webhook so far was taken or given up. */
  settled(): Promise<void> {
    return this.webhooks.settled();
  }

  private refusal(error: GraphError): unknown {
    this.core.note('call-refused', `${error.code}/${error.subcode ?? ''} ${error.message}`);
    const { body } = error;
    if (!this.habits.localizedErrors) return body;
    const { code, type, fbtrace_id } = body.error;
    return { error: { message: 'Pyyntöä ei voitu suorittaa.', type, code, error_subcode: error.subcode, fbtrace_id } };
  }
}
