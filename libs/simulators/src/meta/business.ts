import type { Accounts, NewInstagramAccount, NewPage } from './accounts.js';
import type { CatalogueName } from './catalogue/catalogue.js';
import { dashboardTest } from './catalogue/dashboard-test.js';
import { emitFromCatalogue, type About } from './catalogue/emit.js';
import type { Core, EventElement, EventList } from './core.js';
import type { Forgery } from './forgery.js';
import type { TokenDeath } from './graph-error.js';
import type { SendBehaviour } from './habits.js';
import { decide, type Choice } from './login/decide.js';
import { type AppSays, callApp, type PersonAsks } from './login/signed-request.js';
import type { Memory } from './memory.js';
import { People } from './people.js';
import type { SendFaults } from './send-faults.js';
import type { MetaUser } from './users.js';
import type { Webhooks } from './webhooks.js';
import type { Json } from './wire.js';
import type { AccountTrouble, MetaAccount, MetaCustomer } from './world.js';

/** What the business and its app have at Meta: accounts, users, tokens, a callback; and all that can befall them. */
export abstract class Business extends People {
  protected abstract readonly core: Core;
  protected abstract readonly accounts: Accounts;
  protected abstract readonly webhooks: Webhooks;
  protected abstract readonly faults: SendFaults;
  protected abstract readonly memory: Memory | null;

  get allAccounts(): readonly MetaAccount[] {
    return this.world.accounts;
  }

  /** Everybody who may sign in to apps; the owner is the first. */
  get allUsers(): readonly MetaUser[] {
    return this.world.users.all;
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
    return this.webhooks.forge(how, account, { ...this.chats.sides(thread), timestamp: this.core.clock.now(), message });
  }

  /** What the dashboard's "Test" button sends: made-up ids, in `changes`. Resolves with the HTTP status. */
  dashboardTest(account: MetaAccount, field = 'messages'): Promise<number> {
    return this.webhooks.postBody(account, dashboardTest(account.kind, field, this.core.clock.now()));
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

  private remembered(account: MetaAccount): MetaAccount {
    const { world, posts, comments } = this;
    this.memory?.recall(account, { world, posts, comments });
    return account;
  }
}
