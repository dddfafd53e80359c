import type { Core, EventElement, EventList } from './core.js';
import { whyNotSubscribed } from './subscriptions.js';
import { WebhookSender } from './webhook-sender.js';
import type { MetaAccount } from './world.js';

/** How a POST may be forged. */
export type Forgery = 'wrong-secret' | 'unsigned' | 'reserialized' | 'truncated';

/** The app's callback: set with a handshake, told of events, and attacked with forgeries. */
export class Webhooks {
  private readonly sender: WebhookSender;

  constructor(private readonly core: Core) {
    const { app, habits, clock } = core;
    this.sender = new WebhookSender({
      habits,
      random: () => core.random(),
      now: clock.now,
      secretOf: ({ via }) => (via === 'instagram' ? app.instagramAppSecret : undefined) ?? app.appSecret,
      failed: (kind, detail) => core.note(kind, detail),
    });
  }

  async subscribe(callbackUrl: string): Promise<void> {
    const { app, clock } = this.core;
    const challenge = String(1_000_000_000_000 + clock.now());
    const url = new URL(callbackUrl);
    url.search = `hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${encodeURIComponent(app.verifyToken)}`;
    const response = await fetch(url, { redirect: 'manual' });
    const text = await response.text();
    if (response.status !== 200 || text !== challenge)
      throw new Error(`The URL couldn't be validated: ${response.status} ${text.slice(0, 80)}`);
    this.sender.callbackUrl = callbackUrl;
  }

  async emit(account: MetaAccount, element: EventElement, list: EventList = 'messaging'): Promise<void> {
    const lost = this.sender.callbackUrl ? whyNotSubscribed(this.core.world, { account, element, list }) : 'the app has no callback';
    if (lost) return this.core.note('event-lost', lost);
    await this.sender.deliver({ account, element, list });
  }

  /** Posts an event that is no truth, in a way that a right receiver refuses. Resolves with the HTTP status. */
  async forge(how: Forgery, account: MetaAccount, element: EventElement): Promise<number> {
    const { body, headers } = this.sender.body([{ account, list: 'messaging', element }]);
    const right = headers['X-Hub-Signature-256']!;
    const signature = how === 'wrong-secret' ? right.replace(/.$/, (c) => (c === '0' ? '1' : '0')) : right;
    const sent = how === 'reserialized' ? JSON.stringify(JSON.parse(body)) : how === 'truncated' ? body.slice(0, -20) : body;
    const response = await fetch(this.sender.callbackUrl!, {
      method: 'POST',
      body: sent,
      headers: { 'Content-Type': 'application/json', ...(how !== 'unsigned' && { 'X-Hub-Signature-256': signature }) },
    });
    return response.status;
  }

  settled(): Promise<void> {
    return this.sender.settled();
  }

  stop(): void {
    this.sender.stop();
  }
}
