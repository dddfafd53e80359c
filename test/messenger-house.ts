import type { Channel, Conversation, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { Outside } from './outside.js';

/** An app with a Page connected: the shortest way to conversations for tests of what is not about channels. */
export class MessengerHouse {
  private constructor(
    readonly outside: Outside,
    readonly house: House,
    readonly channelId: string,
  ) {}

  static async open(extra: Record<string, string> = {}): Promise<MessengerHouse> {
    const outside = await Outside.start();
    const house = await openHouse({ ...outside.env, ...extra });
    const { status, body } = await house.api.post<Channel>('/channels', outside.facebookChannel());
    if (status !== 201) throw new Error(`cannot connect the Page: ${status} ${JSON.stringify(body)}`);
    await outside.meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
    return new MessengerHouse(outside, house, body.id);
  }

  get api() {
    return this.house.api;
  }

  /** A customer of that name writes; resolves with the conversation it ended in. */
  async customerWrites(name: string, text: string): Promise<Conversation> {
    const mid = this.outside.meta.customerWrites(this.outside.page, this.outside.meta.customer(name), text);
    return eventually(async () => {
      for (const conversation of await this.api.all<Conversation>('/conversations')) {
        const messages = await this.api.all<Message>(`/conversations/${conversation.id}/messages`);
        if (messages.some(({ externalId }) => externalId === mid)) return conversation;
      }
      throw new Error(`"${text}" has not arrived`);
    });
  }

  messages(conversationId: string): Promise<Message[]> {
    return this.api.all<Message>(`/conversations/${conversationId}/messages`);
  }

  async close(): Promise<void> {
    await this.house.stop();
    await this.outside.stop();
  }
}
