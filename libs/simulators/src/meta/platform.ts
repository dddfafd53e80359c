import { setTimeout as sleep } from 'node:timers/promises';
import { Accounts, type NewInstagramAccount, type NewPage } from './accounts.js';
import type { CatalogueName } from './catalogue/catalogue.js';
import { emitFromCatalogue, type About } from './catalogue/emit.js';
import { dashboardTest } from './catalogue/dashboard-test.js';
import { Cdn } from './cdn.js';
import { Clock } from './clock.js';
import { commentReads } from './comment-read.js';
import { commentWrites } from './comment-writes.js';
import { Comments } from './comments.js';
import type { AppOptions, Core, EventElement, EventList } from './core.js';
import { DirectMessages } from './direct-messages.js';
import { accountEdge, answer, type Door, type Edge, type GraphCall } from './graph-api.js';
import { type GraphError, type TokenDeath } from './graph-error.js';
import { startGraphServer, type GraphServer } from './graph-server.js';
import { usualHabits, type Habits, type SendBehaviour } from './habits.js';
import { Log, type Failure, type LogEntry } from './log.js';
import { decide, type Choice } from './login/decide.js';
import { Login } from './login/login.js';
import { type AppSays, callApp, type PersonAsks } from './login/signed-request.js';
import { userEdge } from './login/user-edge.js';
import { Memory } from './memory.js';
import { People } from './people.js';
import { postReads } from './post-read.js';
import { Posts } from './posts.js';
import { PrivateReplies } from './private-replies.js';
import { Profiles } from './profiles.js';
import { seededRandom } from './random.js';
import { refusalOf } from './refusal.js';
import { Admin } from './scenario/admin.js';
import { chatReads } from './read.js';
import { SendFaults } from './send-faults.js';
import { Sending } from './sending.js';
import { ThreadControl } from './thread-control.js';
import { Usage } from './usage.js';
import type { MetaUser } from './users.js';
import type { Forgery } from './forgery.js';
import { Webhooks } from './webhooks.js';
import type { Json } from './wire.js';
import { World, type AccountTrouble, type MetaAccount, type MetaCustomer, type Thread, type ThreadMessage } from './world.js';

export interface MetaPlatformOptions extends AppOptions {
  /** 0 or none: any free port. */
  port?: number;
  /** The same seed gives the same ids and the same faults. */
  seed?: number;
  /** The platform's clock in ms; see also {@link MetaPlatform.advance}. */
  now?: () => number;
  /** The clock stands but for {@link MetaPlatform.pass} and {@link MetaPlatform.advance}: nothing falls due by itself. */
  stillClock?: boolean;
  /** A file in which chats, posts and comments outlive a stop, for those who start again with what they stored themselves. */
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
export class MetaPlatform extends People {
  /** The app's settings in the dashboard, which may change while it runs. */
  readonly app: AppOptions;
  readonly habits: Habits = { ...usualHabits };
  private readonly clock: Clock;
  private readonly log: Log;
  protected readonly world: World;
  private readonly core: Core;
  private readonly accounts: Accounts;
  private readonly webhooks: Webhooks;
  protected readonly control: ThreadControl;
  protected readonly chats: DirectMessages;
  protected readonly posts: Posts;
  protected readonly comments: Comments;
  protected readonly privateReplies: PrivateReplies;
  private readonly faults: SendFaults;
  private readonly sending: Sending;
  private readonly login: Login;
  private readonly doors: Door[];
  private readonly edges: Edge[];
  private server: GraphServer | null = null;

  constructor(
    options: MetaPlatformOptions,
    private readonly memory: Memory | null = null,
  ) {
    super();
    const seed = options.seed ?? 1;
    this.app = { ...options };
    this.clock = new Clock(options.now, options.stillClock);
    this.log = new Log(this.clock.now);
    this.world = new World(seed, this.clock);
    this.core = {
      app: this.app,
      world: this.world,
      clock: this.clock,
      habits: this.habits,
      random: seededRandom(seed),
      cdn: new Cdn(this.clock, seed, () => this.url),
      url: () => this.url,
      emit: (account, element, list) => this.webhooks.emit(account, element, list),
      note: (kind, detail, event) => this.log.write(kind, detail, event),
    };
    this.accounts = new Accounts(this.core);
    this.login = new Login(this.core);
    // Draws of its own: how many events there are changes nothing else of a run.
    this.webhooks = new Webhooks({ ...this.core, random: seededRandom(seed + 1) });
    this.control = new ThreadControl(this.core);
    this.chats = new DirectMessages(this.core, this.control);
    this.posts = new Posts(this.core);
    this.comments = new Comments(this.core);
    this.privateReplies = new PrivateReplies(this.core, this.posts, this.comments);
    this.faults = new SendFaults(this.core);
    const usage = new Usage(this.core);
    const { core, control, posts, comments, privateReplies, faults } = this;
    const parts = { core, control, posts, comments, privateReplies, faults, usage };
    this.sending = new Sending(parts, this.chats);
    const profiles = new Profiles(this.core, this.comments);
    const admin = new Admin(this);
    this.doors = [
      (call) => admin.answer(call),
      (call) => this.login.answer(call),
      (call) => this.webhooks.subscriptions.answer(call),
      (call) => this.core.cdn.answer(call),
    ];
    this.edges = [
      (request) => usage.meter(request),
      (request) => userEdge(request, this.core),
      (request) => postReads(request, parts),
      (request) => accountEdge(request, this.core),
      (request) => this.sending.answer(request),
      (request) => this.control.answer(request),
      (request) => commentReads(request, parts),
      (request) => commentWrites(request, parts),
      (request) => chatReads(request, parts),
      (request) => profiles.answer(request),
    ];
  }

  get allAccounts(): readonly MetaAccount[] {
    return this.world.accounts;
  }

  /** Everybody who may sign in to apps; the owner is the first. */
  get allUsers(): readonly MetaUser[] {
    return this.world.users.all;
  }

  /** What went wrong so far, by nature or on purpose, oldest first. */
  get failures(): Failure[] {
    return this.log.failures;
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
      (call) => this.answer(call),
      (error) => this.refuse(error),
    );
  }

  async stop(): Promise<void> {
    this.webhooks.sender.stop();
    this.clock.stop();
    await this.server?.stop();
    const { world, posts, comments } = this;
    await this.memory?.save({ world, posts, comments });
  }

  /** A Page. Its events flow once `subscribed_apps` was posted for it, or with `subscribed` at once. */
  addPage(page: NewPage): MetaAccount {
    return this.remembered(this.accounts.addPage(page));
  }

  /** An Instagram account; `id` is its `user_id`. Through Facebook it hangs on a Page, shares its token and its subscription. */
  addInstagramAccount(account: NewInstagramAccount): MetaAccount {
    return this.remembered(this.accounts.addInstagram(account));
  }

  /**
   * Sets the app's callback as the dashboard does, after the GET handshake Meta makes: for these fields of these objects, or for all.
   * Rejects when the challenge does not come back.
   */
  subscribe({ callbackUrl, fields }: { callbackUrl: string; fields?: { page?: string[]; instagram?: string[] } }): Promise<void> {
    return this.webhooks.subscriptions.set(callbackUrl, fields);
  }

  /** Any event at all, as an element of `entry[].messaging`, `standby` or `changes`. Resolves when it was taken or given up. */
  emit(account: MetaAccount, element: EventElement, list: EventList = 'messaging'): Promise<void> {
    return this.webhooks.emit(account, element, list);
  }

  /**
   * An event of the catalogue, as it is; `about` names the message, comment or post it is about. Returns the id of the message or comment
   * it brings. A customer's new message is in the thread then; else nothing happened but the event.
   */
  emitFromCatalogue(name: CatalogueName, account: MetaAccount, customer: MetaCustomer, about?: About): string {
    return emitFromCatalogue(this.core, name, account, customer, about);
  }

  /** One POST that a right receiver refuses: nothing happened at the account. Resolves with the HTTP status. */
  forge(how: Forgery, account: MetaAccount, text = 'forged: 1/2 …'): Promise<number> {
    const thread = this.world.thread(account, this.customer('Mallory'));
    const message = { mid: this.world.newMid(account), text };
    return this.webhooks.forge(how, account, { ...this.chats.sides(thread), timestamp: this.clock.now(), message });
  }

  /** What the dashboard's "Test" button sends: made-up ids, in `changes`. Resolves with the HTTP status. */
  dashboardTest(account: MetaAccount, field = 'messages'): Promise<number> {
    return this.webhooks.postBody(account, dashboardTest(account.kind, field, this.clock.now()));
  }

  /** Any body at all, signed as it should be. Resolves with the HTTP status. */
  postBody(account: MetaAccount, body: Json): Promise<number> {
    return this.webhooks.postBody(account, body);
  }

  /** The next so many events happen, but are never delivered. */
  dropNext(count: number): void {
    this.webhooks.dropNext(count);
  }

  /** Events wait until {@link release}, so that they can be delivered in any order. */
  hold(): void {
    this.webhooks.sender.hold();
  }

  /** Delivers what was held: all as it happened, or these by their place, 0 first. What is not named is lost. */
  release(order?: number[]): Promise<void> {
    return this.webhooks.sender.release(order);
  }

  /** How the next sends end, one entry each; then all is usual again. */
  behave(...next: SendBehaviour[]): void {
    this.faults.add(...next);
  }

  /** Every call with a token of this account fails from now on; webhooks go on. */
  killToken(account: MetaAccount, how: TokenDeath): void {
    const page = account.pageId ?? account.id;
    this.world.tokens.kill(how, (token) => token.account?.id === page);
  }

  /** A token by which some other app acts for a Page, which no call of ours can tell from our own. */
  tokenOfAnotherApp(page: MetaAccount): string {
    return this.accounts.tokenOfAnotherApp(page);
  }

  /** Somebody with roles on some accounts. The owner, who has them all on all, is there from the start. */
  addUser(name: string, roles: { account: MetaAccount; tasks: string[] }[]): MetaUser {
    const user = this.world.users.add(name);
    for (const { account, tasks } of roles) user.roles.set(account.id, tasks);
    return user;
  }

  /** What somebody does on the pages of a dialog that an app opened. Resolves with the address the browser is sent to at the end. */
  signIn(dialogUrl: string, choice: Choice = {}): Promise<string> {
    return decide(dialogUrl, choice);
  }

  /** A person takes their grant back, or asks for their data to be deleted: the app is called with a `signed_request`. By default the owner. */
  signedRequest(what: PersonAsks, user: MetaUser = this.world.users.owner, { forged = false } = {}): Promise<AppSays> {
    return callApp(this.core, what, user, forged);
  }

  /** A fresh token for the account, which is its `accessToken` from now on, as an admin gets one by signing in again. */
  renewToken(account: MetaAccount): string {
    return this.accounts.renewToken(account);
  }

  /** Something at Meta goes wrong with an account, or is put right again with `on: false`. */
  trouble(account: MetaAccount, what: AccountTrouble, on = true): void {
    if (on) account.troubles.add(what);
    else account.troubles.delete(what);
  }

  /** Moves the platform's clock on, `Date` headers included: what lies before is then older than it seemed. Reply windows close. */
  advance(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time pass: what falls due happens at its time, and each POST is answered before the clock moves on. Retries, timers, all of it. */
  async pass(ms: number): Promise<void> {
    await this.clock.pass(ms, () => this.webhooks.sender.idle());
  }

  /** The platform's clock, ms. */
  now(): number {
    return this.clock.now();
  }

  /** Waits so long: in real time, or by {@link MetaPlatform.pass} where the clock stands still. */
  async wait(ms: number): Promise<void> {
    if (this.clock.still) await this.pass(ms);
    else await sleep(ms);
  }

  /** Called for everything that happens, failures included; returns the way to stop listening. */
  onHappening(listener: (entry: LogEntry) => void): () => void {
    return this.log.listen(listener);
  }

  /** Called for every message a business got through to a customer; returns the way to stop listening. */
  onReply(listener: (message: ThreadMessage, thread: Thread) => void): () => void {
    return this.sending.onReply(listener);
  }

  /** How many events are neither taken nor given up. */
  get unsettled(): number {
    return this.webhooks.sender.open;
  }

  /** Resolves when every webhook so far was taken or given up. */
  settled(): Promise<void> {
    return this.webhooks.sender.settled();
  }

  private async answer(call: GraphCall): Promise<unknown> {
    const answered = await answer(call, this.core, this.doors, this.edges);
    this.core.note('call-answered', `${call.method} ${call.path}`);
    return answered;
  }

  private refuse(error: GraphError): unknown {
    this.core.note('call-refused', `${error.code}/${error.subcode ?? ''} ${error.message}`);
    return refusalOf(error, this.core);
  }

  private remembered(account: MetaAccount): MetaAccount {
    const { world, posts, comments } = this;
    this.memory?.recall(account, { world, posts, comments });
    return account;
  }
}
