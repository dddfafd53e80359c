import type { Comment, CommentOptions, Comments } from './comments.js';
import type { EventElement } from './core.js';
import type { DirectMessages, SentFile } from './direct-messages.js';
import type { NewPost, Post, Posts } from './posts.js';
import type { PrivateReplies } from './private-replies.js';
import { inboxApps, type ThreadControl } from './thread-control.js';
import { truthOf, type Truth } from './truth.js';
import type { MetaAccount, MetaCustomer, Thread, ThreadMessage, World } from './world.js';

/** What the humans at Meta do, and what they see: customers in chats and below posts, people of the business in Meta's own apps. */
export abstract class People {
  protected abstract readonly world: World;
  protected abstract readonly chats: DirectMessages;
  protected abstract readonly posts: Posts;
  protected abstract readonly comments: Comments;
  protected abstract readonly control: ThreadControl;
  protected abstract readonly privateReplies: PrivateReplies;

  /** The human of that name; the same for the same name. */
  customer(name: string): MetaCustomer {
    return this.world.customer(name);
  }

  /** The PSID or IGSID by which an account knows a customer. */
  idOf(customer: MetaCustomer, account: MetaAccount): string {
    return this.world.idOf(customer, account);
  }

  /** The id by which comments name a customer; on Facebook it is not their PSID. */
  commenterIdOf(customer: MetaCustomer, account: MetaAccount): string {
    return this.world.commenterId(customer, account);
  }

  /** A customer writes; the webhook follows by itself. `standby` when another app owns the thread. Returns the message id. */
  customerWrites(account: MetaAccount, customer: MetaCustomer, text: string, how: { standby?: boolean; replyTo?: string } = {}): string {
    const reply = how.replyTo ? { reply_to: { mid: how.replyTo } } : {};
    return this.chats.customerSends(account, customer, { text, ...reply }, how);
  }

  /** A customer sends something other than plain text: `content` is put into `message` as it is. */
  customerSends(account: MetaAccount, customer: MetaCustomer, content: EventElement, how: { standby?: boolean } = {}): string {
    return this.chats.customerSends(account, customer, content, how);
  }

  /** One message with files on Meta's CDN: real small ones, or those given. Returns the message id. */
  customerSendsFiles(account: MetaAccount, customer: MetaCustomer, files: SentFile | SentFile[], text?: string): string {
    return this.chats.customerSendsFiles(account, customer, [files].flat(), text);
  }

  /** A reply to a story of the account's, or a story of the customer's own that names the account. */
  customerOnStory(account: MetaAccount, customer: MetaCustomer, how: 'reply' | 'mention', text?: string): string {
    return this.chats.customerOnStory(account, customer, how, text);
  }

  customerTaps(account: MetaAccount, customer: MetaCustomer, button: { title: string; payload: string }, referral?: EventElement): string {
    return this.chats.customerTaps(account, customer, button, referral);
  }

  /** Comes back by an ad or a link, without a word. */
  customerArrives(account: MetaAccount, customer: MetaCustomer, referral: EventElement): void {
    this.chats.customerArrives(account, customer, referral);
  }

  /** Null takes the reaction back. */
  customerReacts(account: MetaAccount, customer: MetaCustomer, mid: string, emoji: string | null): void {
    this.chats.customerReacts(account, customer, mid, emoji);
  }

  customerEdits(account: MetaAccount, customer: MetaCustomer, mid: string, text: string): void {
    this.chats.customerEdits(account, customer, mid, text);
  }

  customerUnsends(account: MetaAccount, customer: MetaCustomer, mid: string): void {
    this.chats.customerUnsends(account, customer, mid);
  }

  /** A customer opens the chat. */
  customerReads(account: MetaAccount, customer: MetaCustomer): void {
    this.chats.customerReads(account, customer);
  }

  /** From now on nothing reaches this customer from that account; `null` makes it good again. */
  customerBlocks(account: MetaAccount, customer: MetaCustomer, how: Thread['unreachable'] | null = 'blocked'): void {
    this.world.thread(account, customer).unreachable = how ?? undefined;
  }

  /** A human answers from Meta's own app: no API call, but an echo. Where routing is on they hold the thread from then on. */
  nativeReply(account: MetaAccount, customer: MetaCustomer, text: string): string {
    return this.chats.nativeReply(account, customer, text);
  }

  /** Another app of the business answers: an echo with its id. */
  otherAppReplies(account: MetaAccount, customer: MetaCustomer, text: string, appId = '700800900100200'): string {
    return this.chats.otherAppReplies(account, customer, text, appId);
  }

  /** Switches Conversation Routing on with this default app, or off with null. */
  setDefaultApp(account: MetaAccount, appId: string | null): void {
    this.control.setDefaultApp(account, appId);
  }

  /** What happens to a thread at the hands of others: it is taken by or passed to an app, given free, or ours is asked for it. */
  threadGoes(account: MetaAccount, customer: MetaCustomer, how: 'taken' | 'passed' | 'released' | 'requested', appId?: string): void {
    const thread = this.world.thread(account, customer);
    if (how === 'taken') this.control.takeOver(thread, appId ?? inboxApps[account.kind]);
    else if (how === 'passed') this.control.pass(thread, appId ?? inboxApps[account.kind]);
    else if (how === 'released') this.control.release(thread);
    else this.control.ask(thread, 'may I?');
  }

  /** A post of the account, an ad, a broadcast, or a visitor's post. */
  addPost(account: MetaAccount, post: NewPost): Post {
    return this.posts.add(account, post);
  }

  post(id: string): Post | undefined {
    return this.posts.find(id);
  }

  /** What an account has put up, oldest first. */
  postsOf(account: MetaAccount): Post[] {
    return this.posts.all.filter((post) => post.account === account && post.removedAt === null);
  }

  removePost(post: Post): void {
    this.posts.remove(post);
  }

  /** A broadcast ends. */
  endLive(post: Post): void {
    post.live = false;
  }

  /** A customer writes below a post; with `parent` they answer a comment. Returns the comment id. */
  customerComments(account: MetaAccount, post: Post, customer: MetaCustomer, text: string, how: CommentOptions = {}): string {
    if (post.account !== account) throw new Error('the post is not one of this account');
    return this.comments.add(post, customer, text, how).id;
  }

  customerEditsComment(id: string, text: string): void {
    this.comments.edit(this.comments.find(id), text);
  }

  /** With all that was answered to it. */
  customerDeletesComment(id: string): void {
    this.comments.remove(this.comments.find(id));
  }

  customerLikesComment(id: string, customer: MetaCustomer, on = true): void {
    this.comments.like(this.comments.find(id), customer, on);
  }

  /** Somebody names the account below a post that is not its own, or in the text of one. */
  customerMentions(account: MetaAccount, customer: MetaCustomer, text: string, where: 'comment' | 'caption' = 'comment') {
    return this.comments.mention(account, customer, text, where === 'caption');
  }

  /** Somebody of the business writes below a post in Meta's own app. */
  nativeComment(post: Post, text: string, parent?: string): string {
    return this.comments.add(post, null, text, { parent }).id;
  }

  /** Somebody of the business hides a comment in Meta's own app, or a filter of Meta's does. */
  nativeHide(id: string, hidden = true): void {
    this.comments.hide(this.comments.find(id), hidden);
  }

  /** Somebody of the business answers a comment in private, in Meta's own app: that right is used up. Returns the message id. */
  nativePrivateReply(account: MetaAccount, commentId: string, text: string): string {
    const { thread, use } = this.privateReplies.toComment([account], commentId);
    use();
    return this.chats.nativeReply(account, thread.customer, text);
  }

  /** Called for every comment of an account itself; returns the way to stop listening. */
  onComment(listener: (comment: Comment) => void): () => void {
    return this.comments.onOwn(listener);
  }

  /** A comment as it stands, gone ones too; undefined for one that never was. */
  comment(id: string): Comment | undefined {
    return this.comments.all.find((comment) => comment.id === id || comment.twin === id);
  }

  /** What everybody can read below a post, oldest first. */
  commentsOf(post: Post): Comment[] {
    return this.comments.of(post);
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

  /** What the customer sees of the business in a chat besides its messages. */
  signsTo(account: MetaAccount, customer: MetaCustomer): { typing: boolean; seen: boolean } {
    const { typingUntil = 0, seenAt = -1, messages } = this.world.thread(account, customer);
    return { typing: typingUntil > this.world.now(), seen: seenAt >= (messages.findLast(({ by }) => by === 'customer')?.at ?? Infinity) };
  }

  /** Everything as it finally stands, of some accounts or of all. */
  truth(accounts: MetaAccount[] = this.world.accounts): Truth {
    return truthOf(this.world, this.comments, accounts);
  }
}
