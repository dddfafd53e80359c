import { AppSubscriptions } from './app-subscriptions.js';
import type { Core, EventElement, EventList } from './core.js';
import { eventName } from './event-name.js';
import { postForged, type Forgery } from './forgery.js';
import { whyNotSubscribed } from './subscriptions.js';
import { entriesOf, signedPost, type Happening } from './webhook-body.js';
import { WebhookSender } from './webhook-sender.js';
import type { Json } from './wire.js';
import type { MetaAccount } from './world.js';

/** The app's callback: told of events, tested from the dashboard, and attacked with forgeries. */
export class Webhooks {
  readonly subscriptions: AppSubscriptions;
  readonly sender: WebhookSender;
  private toDrop = 0;

  constructor(private readonly core: Core) {
    this.subscriptions = new AppSubscriptions(core);
    this.sender = new WebhookSender(core, {
      callbackOf: ({ kind }) => this.subscriptions.callbackOf(kind),
      secretOf: (account) => this.secretOf(account),
      whyNot: (happening) => this.whyNot(happening),
    });
  }

  async emit(account: MetaAccount, element: EventElement, list: EventList = 'messaging'): Promise<void> {
    const name = eventName(element);
    this.core.note('event', `${account.name}: ${list}`, name);
    const lost = this.whyNot({ account, element, list }) ?? this.dropped();
    if (lost) return this.core.note('event-lost', lost, name);
    await this.sender.deliver({ account, element, list });
  }

  /** The next so many events are never delivered, as if Meta had lost them. */
  dropNext(count: number): void {
    this.toDrop += count;
  }

  /** Posts an event that is no truth, in a way that a right receiver refuses. Resolves with the HTTP status. */
  forge(how: Forgery, account: MetaAccount, element: EventElement): Promise<number> {
    const entry = entriesOf([{ account, list: 'messaging', element }], this.core.clock.now(), this.core.habits);
    return postForged(this.callbackOf(account), how, { object: account.kind, entry }, this.secretOf(account));
  }

  /** Posts a whole body, signed as it should be. Resolves with the HTTP status. */
  async postBody(account: MetaAccount, body: Json): Promise<number> {
    const response = await fetch(this.callbackOf(account), { method: 'POST', ...signedPost(body, this.secretOf(account)) });
    return response.status;
  }

  private whyNot(happening: Happening): string | null {
    return whyNotSubscribed(this.core.world, this.subscriptions, happening);
  }

  private dropped(): string | null {
    const { random, habits } = this.core;
    const chance = random() < habits.losses;
    if (this.toDrop > 0) this.toDrop -= 1;
    else if (!chance) return null;
    return 'lost on purpose';
  }

  private secretOf({ via }: MetaAccount): string {
    const { instagramAppSecret, appSecret } = this.core.app;
    return (via === 'instagram' ? instagramAppSecret : undefined) ?? appSecret;
  }

  private callbackOf({ kind }: MetaAccount): string {
    const url = this.subscriptions.callbackOf(kind);
    if (!url) throw new Error(`the app has no callback for ${kind}`);
    return url;
  }
}
