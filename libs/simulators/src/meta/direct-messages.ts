import type { CdnFault } from './cdn.js';
import type { Core, EventElement } from './core.js';
import { sampleFile, type FileKind, type MediaFile } from './media-files.js';
import { metaId } from './random.js';
import { reactionName } from './reactions.js';
import { inboxApps, type ThreadControl } from './thread-control.js';
import type { Json } from './wire.js';
import type { MetaAccount, MetaCustomer, Thread, ThreadMessage } from './world.js';

/** What a customer sends besides words. */
export interface SentFile {
  kind: FileKind;
  /** By default a small real file of the kind. */
  file?: MediaFile;
  /** What is wrong with its address. */
  fault?: CdnFault;
}

/** Meta's apps let people edit a message this often. */
const mostEdits = 5;

/** What people do in their chats with a business, and how the app hears of it. */
export class DirectMessages {
  constructor(
    private readonly core: Core,
    private readonly control: ThreadControl,
  ) {}

  /** `content` is what webhooks put into `message`. Returns the message id. */
  customerSends(
    account: MetaAccount,
    customer: MetaCustomer,
    content: EventElement,
    how: { standby?: boolean; files?: string[] } = {},
  ): string {
    const thread = this.core.world.thread(account, customer);
    const { text, ...rest } = content;
    const replyTo = (content.reply_to as { mid?: string } | undefined)?.mid;
    const more = { content: rest, files: how.files, replyTo };
    const { mid, at } = this.core.world.add(thread, 'customer', typeof text === 'string' ? text : '', more);
    this.control.customerWrote(thread);
    void this.tell(thread, { timestamp: at, message: { mid, ...content } }, how.standby);
    return mid;
  }

  /** One message with one or several files, on Meta's CDN. */
  customerSendsFiles(account: MetaAccount, customer: MetaCustomer, sent: SentFile[], text?: string): string {
    const life = account.kind === 'page' ? 'facebook' : 'instagram';
    const files = sent.map(({ kind, file, fault }, index) => this.core.cdn.keep(file ?? sampleFile(kind, index), life, fault));
    const attachments = files.map((id, index) => ({ type: sent[index]!.kind, payload: { url: this.core.cdn.url(id) } }));
    return this.customerSends(account, customer, { text, attachments }, { files });
  }

  /** About a story of the account's (`reply`), or one of the customer's that names the account (`mention`). Lives a day. */
  customerOnStory(account: MetaAccount, customer: MetaCustomer, how: 'reply' | 'mention', text?: string): string {
    const file = this.core.cdn.keep(sampleFile('image', this.core.world.threads.length), 'story');
    const url = this.core.cdn.url(file);
    const id = `179${metaId('story', account.id, file).padEnd(17, '0').slice(3)}`;
    const content: EventElement =
      how === 'reply' ? { text, reply_to: { story: { id, url } } } : { attachments: [{ type: 'story_mention', payload: { url } }] };
    return this.customerSends(account, customer, content, { files: [file] });
  }

  /** Taps a button or an ice breaker. In standby its payload is withheld. */
  customerTaps(account: MetaAccount, customer: MetaCustomer, button: { title: string; payload: string }, referral?: EventElement): string {
    const thread = this.core.world.thread(account, customer);
    const { mid, at } = this.core.world.add(thread, 'customer', button.title);
    this.control.customerWrote(thread);
    const payload = this.control.listFor(thread) === 'standby' ? undefined : button.payload;
    void this.tell(thread, { timestamp: at, postback: { mid, title: button.title, payload, referral } });
    return mid;
  }

  /** Comes back to the chat by an ad or a link, without a word; the reply window opens. */
  customerArrives(account: MetaAccount, customer: MetaCustomer, referral: EventElement): void {
    const thread = this.core.world.thread(account, customer);
    thread.lastCustomerAt = this.core.clock.now();
    void this.tell(thread, { timestamp: thread.lastCustomerAt, referral });
  }

  /** To any message of the chat; null takes the reaction back, and then the event may not say which it was. */
  customerReacts(account: MetaAccount, customer: MetaCustomer, mid: string, emoji: string | null): void {
    const { thread, message } = this.find(account, customer, mid);
    const before = message.reactions?.find(({ by }) => by === 'customer');
    const reaction = emoji ? { by: 'customer' as const, emoji, reaction: reactionName(emoji, account.kind) } : null;
    message.reactions = [...(message.reactions ?? []).filter(({ by }) => by !== 'customer'), ...(reaction ? [reaction] : [])];
    if (reaction) thread.lastCustomerAt = this.core.clock.now();
    const told = reaction ?? (this.core.random() < 0.5 ? before : undefined);
    const what = { mid, action: reaction ? 'react' : 'unreact', reaction: told?.reaction, emoji: told?.emoji };
    void this.tell(thread, { timestamp: this.core.clock.now(), reaction: what });
  }

  customerEdits(account: MetaAccount, customer: MetaCustomer, mid: string, text: string): void {
    const { thread, message } = this.find(account, customer, mid);
    if (message.by !== 'customer') throw new Error('people edit only what they wrote themselves');
    if ((message.edits?.length ?? 0) >= mostEdits) throw new Error(`a message can be edited ${mostEdits} times`);
    message.edits = [...(message.edits ?? []), message.text];
    message.text = text;
    void this.tell(thread, { timestamp: this.core.clock.now(), message_edit: { mid, text, num_edit: message.edits.length } });
  }

  /** Takes it back: its files answer 404, and it can no longer be read. */
  customerUnsends(account: MetaAccount, customer: MetaCustomer, mid: string): void {
    const { thread, message } = this.find(account, customer, mid);
    message.withdrawnAt = this.core.clock.now();
    for (const file of message.files ?? []) this.core.cdn.remove(file);
    void this.tell(thread, { timestamp: message.withdrawnAt, message: { mid, is_deleted: true } });
  }

  /** Messenger tells a watermark, Instagram the newest message's id. */
  customerReads(account: MetaAccount, customer: MetaCustomer): void {
    const thread = this.core.world.thread(account, customer);
    const now = this.core.clock.now();
    const theirs = thread.messages.filter(({ by }) => by !== 'customer');
    for (const message of theirs) message.readAt ??= now;
    const read = account.kind === 'page' ? { watermark: now } : { mid: theirs.at(-1)?.mid };
    if (theirs.length || account.kind === 'page') void this.tell(thread, { timestamp: now, read });
  }

  /** A human answers in Meta's own app; where routing is on, the thread is theirs from then on. */
  nativeReply(account: MetaAccount, customer: MetaCustomer, text: string): string {
    const thread = this.core.world.thread(account, customer);
    this.control.takeOver(thread, inboxApps[account.kind]);
    return this.foreignReply(thread, text, inboxApps[account.kind], 'native-app');
  }

  /** Another app of the business answers. */
  otherAppReplies(account: MetaAccount, customer: MetaCustomer, text: string, appId: string): string {
    return this.foreignReply(this.core.world.thread(account, customer), text, appId, 'other-app');
  }

  private foreignReply(thread: Thread, text: string, appId: string, by: 'native-app' | 'other-app'): string {
    const message = this.core.world.add(thread, by, text);
    void this.echo(thread, message, { app_id: BigInt(appId) });
    return message.mid;
  }

  /** The event of a message of the business itself. Only Messenger says which app sent it, but for the habit. */
  async echo(thread: Thread, { mid, text, at, content, replyTo }: ThreadMessage, own: EventElement): Promise<void> {
    const { habits, clock } = this.core;
    const { sender: recipient, recipient: sender } = this.sides(thread);
    const named = thread.account.kind === 'page' ? own : habits.instagramEchoesNameApp ? { app_id: own.app_id } : {};
    const reply = replyTo ? { reply_to: { mid: replyTo } } : {};
    const other = habits.echoIdsDiffer && own.metadata !== undefined;
    const message = { mid: other ? `${mid}e` : mid, is_echo: true, ...named, text: text || undefined, ...reply, ...content };
    const tell = () => this.core.emit(thread.account, { sender, recipient, timestamp: at, message }, this.control.listFor(thread));
    if (!habits.echoWithinMs) return tell();
    await new Promise<void>((resolve) => void clock.later(this.core.random() * habits.echoWithinMs, () => resolve(tell())));
  }

  /** An event that comes from the customer, in `standby` where another app holds the thread. */
  tell(thread: Thread, element: EventElement, standby = false): Promise<void> {
    const list = standby ? 'standby' : this.control.listFor(thread);
    return this.core.emit(thread.account, { ...this.sides(thread), ...element }, list);
  }

  /** Sender and recipient of an event that comes from the customer. */
  sides({ account, customerId }: Thread): { sender: Json; recipient: Json } {
    const id = (digits: string) => (this.core.habits.numericIds ? BigInt(digits) : digits);
    return { sender: { id: id(customerId) }, recipient: { id: id(account.id) } };
  }

  private find(account: MetaAccount, customer: MetaCustomer, mid: string): { thread: Thread; message: ThreadMessage } {
    const thread = this.core.world.thread(account, customer);
    const message = thread.messages.find((candidate) => candidate.mid === mid && candidate.withdrawnAt === undefined);
    if (!message) throw new Error(`there is no message ${mid} in this chat`);
    return { thread, message };
  }
}
