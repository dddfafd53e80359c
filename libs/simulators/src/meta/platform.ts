import { setTimeout as sleep } from 'node:timers/promises';
import { Accounts } from './accounts.js';
import { Business } from './business.js';
import { Cdn } from './cdn.js';
import { Clock } from './clock.js';
import { commentReads } from './comment-read.js';
import { commentWrites } from './comment-writes.js';
import { Comments } from './comments.js';
import type { AppOptions, Core } from './core.js';
import { DirectMessages } from './direct-messages.js';
import { accountEdge, answer, type Door, type Edge, type GraphCall } from './graph-api.js';
import type { GraphError } from './graph-error.js';
import { startGraphServer, type GraphServer } from './graph-server.js';
import { usualHabits, type Habits } from './habits.js';
import { Log, type Failure, type LogEntry } from './log.js';
import { Login } from './login/login.js';
import { userEdge } from './login/user-edge.js';
import { Memory } from './memory.js';
import { postReads } from './post-read.js';
import { Posts } from './posts.js';
import { PrivateReplies } from './private-replies.js';
import { Profiles } from './profiles.js';
import { seededRandom } from './random.js';
import { refusalOf } from './refusal.js';
import { chatReads } from './read.js';
import { Admin } from './scenario/admin.js';
import { Cast } from './scenario/cast.js';
import { SendFaults } from './send-faults.js';
import { Sending } from './sending.js';
import { ThreadControl } from './thread-control.js';
import { Usage } from './usage.js';
import { Webhooks } from './webhooks.js';
import { World, type Thread, type ThreadMessage } from './world.js';

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
export class MetaPlatform extends Business {
  /** The app's settings in the dashboard, which may change while it runs. */
  readonly app: AppOptions;
  readonly habits: Habits = { ...usualHabits };
  /** Under which names scenarios and calls from outside speak of what there is. */
  readonly cast = new Cast(this);
  private readonly clock: Clock;
  private readonly log: Log;
  protected readonly world: World;
  protected readonly core: Core;
  protected readonly accounts: Accounts;
  protected readonly webhooks: Webhooks;
  protected readonly control: ThreadControl;
  protected readonly chats: DirectMessages;
  protected readonly posts: Posts;
  protected readonly comments: Comments;
  protected readonly privateReplies: PrivateReplies;
  protected readonly faults: SendFaults;
  private readonly sending: Sending;
  private readonly login: Login;
  private readonly doors: Door[];
  private readonly edges: Edge[];
  private server: GraphServer | null = null;

  constructor(
    options: MetaPlatformOptions,
    protected readonly memory: Memory | null = null,
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
    const admin = new Admin(this.cast, (listener) => this.log.listen(listener));
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
    if (!call.path.startsWith('/_sim/')) this.core.note('call-answered', `${call.method} ${call.path}`);
    return answered;
  }

  private refuse(error: GraphError): unknown {
    this.core.note('call-refused', `${error.code}/${error.subcode ?? ''} ${error.message}`);
    return refusalOf(error, this.core);
  }
}
