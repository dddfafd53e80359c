import type { Core, EventElement, EventList } from './core.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import type { MetaAccount, Thread } from './world.js';

const DAY = 24 * 3_600_000;

/** The apps of Meta's own inboxes, where people of the business type by hand. */
export const inboxApps = { page: '263902037430900', instagram: '1217981644879628' } as const;

interface Owner {
  appId: string;
  /** After this the thread is idle, ms. */
  until: number;
}

type Change = 'pass_thread_control' | 'take_thread_control';

/**
 * Conversation Routing: who may answer a thread. Without a default app everybody may, until a thread was passed to somebody. With
 * one, an idle thread is the default app's, else its owner's; whoever does not own it hears of it in `standby`.
 */
export class ThreadControl {
  private readonly owners = new Map<Thread, Owner>();
  private readonly defaults = new Map<MetaAccount, string>();

  constructor(private readonly core: Core) {}

  /** Null: routing is off again. */
  setDefaultApp(account: MetaAccount, appId: string | null): void {
    if (appId === null) this.defaults.delete(account);
    else this.defaults.set(account, appId);
  }

  /** The app that may answer; null for any. */
  holderOf(thread: Thread): string | null {
    return this.ownerOf(thread)?.appId ?? this.defaults.get(thread.account) ?? null;
  }

  listFor(thread: Thread): EventList {
    const holder = this.holderOf(thread);
    return holder === null || holder === this.core.app.appId ? 'messaging' : 'standby';
  }

  /** Throws where another app holds the thread. */
  checkOwner(thread: Thread): void {
    if (this.listFor(thread) === 'messaging') return;
    if (thread.account.kind === 'page')
      throw new GraphError(10, 'Message failed to send because another app is controlling this thread now.', 2018300);
    throw new GraphError(100, 'The thread owner has control of the thread.', 2534037);
  }

  /** An app wrote into an idle thread: it is its own from now on. */
  wrote(thread: Thread, appId: string): void {
    if (this.defaults.has(thread.account) && !this.ownerOf(thread)) this.own(thread, appId);
  }

  customerWrote(thread: Thread): void {
    const owner = this.ownerOf(thread);
    if (owner) owner.until = Math.max(owner.until, this.core.clock.now() + DAY);
  }

  /** Somebody types in Meta's own inbox, or another app takes the thread; only where routing is on. Our app is told. */
  takeOver(thread: Thread, appId: string): void {
    if (this.defaults.has(thread.account)) this.change(thread, 'take_thread_control', appId, 'human agent');
  }

  /** The owner hands it to an app. */
  pass(thread: Thread, appId: string, metadata?: string): void {
    this.change(thread, 'pass_thread_control', appId, metadata);
  }

  /** Another app asks ours for the thread. */
  ask(thread: Thread, metadata: string): void {
    const request = { requested_owner_app_id: BigInt(this.core.app.appId), metadata };
    void this.core.emit(thread.account, { ...sidesOf(thread), timestamp: this.core.clock.now(), request_thread_control: request });
  }

  release(thread: Thread): void {
    this.owners.delete(thread);
  }

  /** `pass|take|request|release|extend_thread_control` and `thread_owner` of an account. */
  answer(request: GraphRequest): unknown {
    const { account, accounts, route, call } = request;
    const [, act] = /^POST (pass|take|request|release|extend)_thread_control$/.exec(route) ?? [];
    if (!account || (!act && route !== 'GET thread_owner')) return undefined;
    const thread = this.threadOf(accounts, act ? call.body.recipient : call.query.get('recipient'));
    if (!act) return this.ownerNode(thread);
    this.act(act, thread, call.body);
    return { success: true };
  }

  private act(act: string, thread: Thread, { target_app_id, metadata, duration }: Record<string, unknown>): void {
    const ours = this.core.app.appId;
    const note = typeof metadata === 'string' ? metadata : undefined;
    if (act === 'request') return;
    if (act === 'take') {
      if (!this.defaults.has(thread.account)) throw new GraphError(27, 'Conversation Routing is not enabled for this Page');
      return this.change(thread, 'take_thread_control', ours, note);
    }
    this.checkOwner(thread);
    if (act === 'release') return this.release(thread);
    if (act === 'extend') return this.extend(thread, Number(duration));
    if (typeof target_app_id !== 'string' && typeof target_app_id !== 'number')
      throw new GraphError(100, 'The parameter target_app_id is required');
    this.change(thread, 'pass_thread_control', String(target_app_id), note);
  }

  private extend(thread: Thread, seconds: number): void {
    if (!(seconds > 0 && seconds * 1000 <= 7 * DAY)) throw new GraphError(100, 'Param duration must be at most 604800');
    this.own(thread, this.core.app.appId).until = this.core.clock.now() + seconds * 1000;
  }

  private change(thread: Thread, kind: Change, appId: string, metadata?: string): void {
    const previous = this.ownerOf(thread)?.appId ?? null;
    this.own(thread, appId);
    const what = { previous_owner_app_id: previous, new_owner_app_id: appId, metadata };
    void this.core.emit(thread.account, { ...sidesOf(thread), timestamp: this.core.clock.now(), [kind]: what });
  }

  private own(thread: Thread, appId: string): Owner {
    const owner = { appId, until: (thread.lastCustomerAt ?? this.core.clock.now()) + DAY };
    this.owners.set(thread, owner);
    return owner;
  }

  private ownerOf(thread: Thread): Owner | null {
    const owner = this.owners.get(thread);
    return owner && owner.until > this.core.clock.now() ? owner : null;
  }

  private ownerNode(thread: Thread): unknown {
    const owner = this.ownerOf(thread);
    return { data: owner ? [{ thread_owner: { app_id: owner.appId, expiration: Math.floor(owner.until / 1000) } }] : [] };
  }

  private threadOf(accounts: MetaAccount[], recipient: unknown): Thread {
    const id = typeof recipient === 'object' && recipient !== null && 'id' in recipient ? recipient.id : recipient;
    const [thread] = accounts.flatMap((account) => this.core.world.threadWith(account, String(id)) ?? []);
    if (!thread) throw new GraphError(100, 'No matching user found', 2018001);
    return thread;
  }
}

const sidesOf = ({ account, customerId }: Thread): EventElement => ({ sender: { id: customerId }, recipient: { id: account.id } });
