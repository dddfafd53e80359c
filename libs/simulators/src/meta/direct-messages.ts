import type { Core, EventElement } from './core.js';
import type { Json } from './wire.js';
import type { MetaAccount, MetaCustomer, Thread, ThreadMessage } from './world.js';

/** The app id that echoes of Meta's own Page inbox carry. */
const pageInboxAppId = 263902037430900n;

/** What people do in their chats with a business, and how the app hears of it. */
export class DirectMessages {
  constructor(private readonly core: Core) {}

  customerSends(account: MetaAccount, customer: MetaCustomer, content: EventElement, how: { standby?: boolean } = {}): string {
    const thread = this.core.world.thread(account, customer);
    const { mid, at } = this.core.world.add(thread, 'customer', String(content.text ?? ''));
    const element = { ...this.sides(thread), timestamp: at, message: { mid, ...content } };
    void this.core.emit(account, element, how.standby ? 'standby' : 'messaging');
    return mid;
  }

  nativeReply(account: MetaAccount, customer: MetaCustomer, text: string): string {
    const thread = this.core.world.thread(account, customer);
    const message = this.core.world.add(thread, 'native-app', text);
    void this.echo(thread, message, account.kind === 'page' ? { app_id: pageInboxAppId } : {});
    return message.mid;
  }

  /** Messenger tells a watermark, Instagram the newest message's id. */
  customerReads(account: MetaAccount, customer: MetaCustomer): void {
    const { world } = this.core;
    const thread = world.thread(account, customer);
    const newest = thread.messages.findLast(({ by }) => by !== 'customer');
    const read = account.kind === 'page' ? { watermark: world.now() } : { mid: newest?.mid };
    void this.core.emit(account, { ...this.sides(thread), timestamp: world.now(), read });
  }

  /** The event of a message of the business itself. */
  echo(thread: Thread, { mid, text, at }: ThreadMessage, own: EventElement): Promise<void> {
    const { sender: recipient, recipient: sender } = this.sides(thread);
    return this.core.emit(thread.account, { sender, recipient, timestamp: at, message: { mid, is_echo: true, ...own, text } });
  }

  /** Sender and recipient of an event that comes from the customer. */
  sides({ account, customerId }: Thread): { sender: Json; recipient: Json } {
    const id = (digits: string) => (this.core.habits.numericIds ? BigInt(digits) : digits);
    return { sender: { id: id(customerId) }, recipient: { id: id(account.id) } };
  }
}
