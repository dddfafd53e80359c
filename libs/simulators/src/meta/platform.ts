import { answer, type GraphCall } from './graph-api.js';
import { type GraphError, type TokenDeath } from './graph-error.js';
import { startGraphServer, type GraphServer } from './graph-server.js';
import { usualHabits, type Failure, type Habits, type SendBehaviour } from './habits.js';
import { Memory } from './memory.js';
import { metaId, seededRandom } from './random.js';
import { checkSend, type AllowedSend } from './send.js';
import { failAfterwards, failInstead } from './send-faults.js';
import { whyNotSubscribed } from './subscriptions.js';
import { WebhookSender, type Happening } from './webhook-sender.js';
import type { Json } from './wire.js';
import { World, type MetaAccount, type MetaCustomer, type Thread, type ThreadMessage } from './world.js';

export interface MetaPlatformOptions {
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** Signs the webhooks of accounts connected through Instagram Login; by default `appSecret`. */
  instagramAppSecret?: string;
  /** 0 or none: any free port. */
  port?: number;
  /** The same seed gives the same ids and the same faults. */
  seed?: number;
  /** The platform's clock in ms; see also {@link MetaPlatform.advance}. */
  now?: () => number;
  /** A file in which threads outlive a stop, for those who start again with what they stored themselves. */
  memory?: string;
}

/** The app id that echoes of Meta's own Page inbox carry. */
const pageInboxAppId = 263902037430900n;

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
  private readonly world: World;
  private readonly webhooks: WebhookSender;
  private readonly behaviours: SendBehaviour[] = [];
  private readonly listeners = new Set<(message: ThreadMessage, thread: Thread) => void>();
  private server: GraphServer | null = null;

  constructor(
    private readonly options: MetaPlatformOptions,
    private readonly memory: Memory | null = null,
  ) {
    const seed = options.seed ?? 1;
    this.world = new World(seed, options.now ?? Date.now);
    this.webhooks = new WebhookSender({
      habits: this.habits,
      random: seededRandom(seed),
      now: this.world.now,
      secretOf: ({ via }) => (via === 'instagram' ? options.instagramAppSecret : undefined) ?? options.appSecret,
      failed: (kind, detail) => this.note(kind, detail),
    });
  }

  /** Where Graph answers: stands for both `https://graph.facebook.com` and `https://graph.instagram.com`. */
  get url(): string {
    if (!this.server) throw new Error('the platform is not running');
    return this.server.url;
  }

  async listen(port: number): Promise<void> {
    this.server = await startGraphServer(
      port,
      this.world.now,
      (call) => this.answer(call),
      (error) => this.refusal(error),
    );
  }

  async stop(): Promise<void> {
    this.webhooks.stop();
    await this.server?.stop();
    await this.memory?.save(this.world.threads);
  }

  /** A Page. Its events flow once `subscribed_apps` was posted for it, or with `subscribed` at once. */
  addPage(page: { id?: string; name: string; accessToken?: string; subscribed?: boolean }): MetaAccount {
    const id = page.id ?? metaId('page', page.name);
    return this.addAccount(
      { kind: 'page', via: 'facebook', id, name: page.name, accessToken: page.accessToken ?? `EAASIM${id}` },
      page.subscribed,
    );
  }

  /** An Instagram account; `id` is its `user_id`. Through Facebook it hangs on a Page, shares its token and its subscription. */
  addInstagramAccount(account: {
    id?: string;
    username: string;
    via: 'facebook' | 'instagram';
    pageId?: string;
    accessToken?: string;
    subscribed?: boolean;
  }): MetaAccount {
    const { username: name, via, pageId } = account;
    const id = account.id ?? `1784${metaId('instagram', name).padEnd(17, '0').slice(4)}`;
    const linked = this.world.accounts.find((page) => page.id === pageId);
    if (via === 'facebook' && !linked)
      throw new Error('through Facebook an Instagram account needs the id of a Page that was added before');
    const accessToken = linked?.accessToken ?? account.accessToken ?? `IGAASIM${id}`;
    return this.addAccount({ kind: 'instagram', via, id, name, accessToken, pageId }, account.subscribed);
  }

  /** Sets the app's callback, after the GET handshake Meta makes. Rejects when the challenge does not come back. */
  async subscribe({ callbackUrl }: { callbackUrl: string }): Promise<void> {
    const challenge = String(1_000_000_000_000 + this.world.now());
    const url = new URL(callbackUrl);
    url.search = `hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${encodeURIComponent(this.options.verifyToken)}`;
    const response = await fetch(url, { redirect: 'manual' });
    const text = await response.text();
    if (response.status !== 200 || text !== challenge)
      throw new Error(`The URL couldn't be validated: ${response.status} ${text.slice(0, 80)}`);
    this.webhooks.callbackUrl = callbackUrl;
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
    return this.customerSends(account, customer, { text }, how);
  }

  /** A customer sends something other than plain text: `content` is put into `message` as it is. */
  customerSends(account: MetaAccount, customer: MetaCustomer, content: { [key: string]: Json }, how: { standby?: boolean } = {}): string {
    const thread = this.world.thread(account, customer);
    const { mid, at } = this.world.add(thread, 'customer', String(content.text ?? ''));
    void this.emit(account, { ...this.sides(thread), timestamp: at, message: { mid, ...content } }, how.standby ? 'standby' : 'messaging');
    return mid;
  }

  /** A human answers from Meta's own app: no API call, but an echo. */
  nativeReply(account: MetaAccount, customer: MetaCustomer, text: string): string {
    const thread = this.world.thread(account, customer);
    const message = this.world.add(thread, 'native-app', text);
    void this.echo(thread, message, account.kind === 'page' ? { app_id: pageInboxAppId } : {});
    return message.mid;
  }

  /** A customer opens the chat: Messenger tells a watermark, Instagram the newest message's id. */
  customerReads(account: MetaAccount, customer: MetaCustomer): void {
    const thread = this.world.thread(account, customer);
    const read =
      account.kind === 'page' ? { watermark: this.world.now() } : { mid: thread.messages.findLast(({ by }) => by !== 'customer')?.mid };
    void this.emit(account, { ...this.sides(thread), timestamp: this.world.now(), read });
  }

  /** From now on nothing reaches this customer from that account. */
  customerBlocks(account: MetaAccount, customer: MetaCustomer): void {
    this.world.thread(account, customer).blocked = true;
  }

  /** Any event at all, as an element of `entry[].messaging`, `standby` or `changes`. Resolves when it was taken or given up. */
  async emit(account: MetaAccount, element: Happening['element'], list: Happening['list'] = 'messaging'): Promise<void> {
    const lost = this.webhooks.callbackUrl ? whyNotSubscribed(this.world, { account, element, list }) : 'the app has no callback';
    if (lost) return this.note('event-lost', lost);
    await this.webhooks.deliver({ account, element, list });
  }

  /** One POST that a right receiver refuses: nothing happened at the account. Resolves with the HTTP status. */
  async forge(
    how: 'wrong-secret' | 'unsigned' | 'reserialized' | 'truncated',
    account: MetaAccount,
    text = 'forged: 1/2 …',
  ): Promise<number> {
    const thread = this.world.thread(account, this.customer('Mallory'));
    const element = { ...this.sides(thread), timestamp: this.world.now(), message: { mid: this.world.newMid(account), text } };
    const { body, headers } = this.webhooks.body([{ account, list: 'messaging', element }]);
    const right = headers['X-Hub-Signature-256']!;
    const signature =
      how === 'unsigned'
        ? {}
        : { 'X-Hub-Signature-256': how === 'wrong-secret' ? right.replace(/.$/, (c) => (c === '0' ? '1' : '0')) : right };
    const sent = how === 'reserialized' ? JSON.stringify(JSON.parse(body)) : how === 'truncated' ? body.slice(0, -20) : body;
    const response = await fetch(this.webhooks.callbackUrl!, {
      method: 'POST',
      body: sent,
      headers: { 'Content-Type': 'application/json', ...signature },
    });
    return response.status;
  }

  /** How the next sends end, one entry each; then all is usual again. */
  behave(...next: SendBehaviour[]): void {
    this.behaviours.push(...next);
  }

  /** Every call with this account's token fails from now on; webhooks go on. */
  killToken(account: MetaAccount, how: TokenDeath): void {
    this.world.deadTokens.set(account.accessToken, how);
  }

  /** Moves the platform's clock on, `Date` headers included: what lies before is then older than it seemed. Reply windows close. */
  advance(ms: number): void {
    this.world.advance(ms);
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
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when every webhook so far was taken or given up. */
  settled(): Promise<void> {
    return this.webhooks.settled();
  }

  private addAccount(account: Omit<MetaAccount, 'subscribedFields'>, subscribed = false): MetaAccount {
    const added = { ...account, subscribedFields: subscribed ? ['messages', 'message_echoes'] : [] };
    this.world.accounts.push(added);
    this.memory?.recall(this.world, added);
    return added;
  }

  private answer(call: GraphCall): Promise<unknown> {
    const { appId, appSecret } = this.options;
    return answer(call, { world: this.world, habits: this.habits, appId, appSecret, send: (accounts, body) => this.send(accounts, body) });
  }

  private async send(accounts: MetaAccount[], body: Record<string, unknown>): Promise<unknown> {
    const allowed = checkSend(this.world, this.habits, accounts, body);
    const behaviour = this.behaviours.shift();
    if (behaviour)
      this.note('fault-injected', typeof behaviour === 'string' ? behaviour : `error ${behaviour.code}/${behaviour.subcode ?? ''}`);
    failInstead(behaviour);
    const message = await this.reach(allowed, this.habits.echoBeforeAnswer || behaviour === 'echo-first');
    failAfterwards(behaviour);
    return { recipient_id: allowed.thread.customerId, message_id: message.mid };
  }

  /** The customer has the message; no two equal sends are ever told apart. */
  private async reach({ thread, text, metadata }: AllowedSend, echoFirst: boolean): Promise<ThreadMessage> {
    const message = this.world.add(thread, 'api', text);
    for (const listener of this.listeners) listener(message, thread);
    const own = thread.account.kind === 'page' ? { app_id: BigInt(this.options.appId), metadata } : {};
    const echoed = this.echo(thread, message, own);
    if (echoFirst) await echoed;
    if (thread.account.kind === 'page')
      void this.emit(thread.account, { ...this.sides(thread), delivery: { mids: [message.mid], watermark: message.at } });
    return message;
  }

  private echo(thread: Thread, { mid, text, at }: ThreadMessage, own: { [key: string]: Json }): Promise<void> {
    const { sender: recipient, recipient: sender } = this.sides(thread);
    return this.emit(thread.account, { sender, recipient, timestamp: at, message: { mid, is_echo: true, ...own, text } });
  }

  private sides({ account, customerId }: Thread): { sender: Json; recipient: Json } {
    const id = (digits: string) => (this.habits.numericIds ? BigInt(digits) : digits);
    return { sender: { id: id(customerId) }, recipient: { id: id(account.id) } };
  }

  private refusal(error: GraphError): unknown {
    this.note('call-refused', `${error.code}/${error.subcode ?? ''} ${error.message}`);
    const { body } = error;
    if (!this.habits.localizedErrors) return body;
    const { code, type, fbtrace_id } = body.error;
    return { error: { message: 'Pyyntöä ei voitu suorittaa.', type, code, error_subcode: error.subcode, fbtrace_id } };
  }

  private note(kind: Failure['kind'], detail: string): void {
    this.failures.push({ at: new Date(this.world.now()), kind, detail });
  }
}
