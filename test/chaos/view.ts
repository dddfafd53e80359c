import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation, List, Message } from '../api.js';
import type { Dice } from './dice.js';
import type { World } from './world.js';

const everyMs = 500;

/** The inbox as somebody sees it who keeps looking: its newest conversations, and when each message was first there. */
export class View {
  readonly firstSeen = new Map<string, number>();
  readonly conversations = new Map<string, Conversation>();
  readonly messages = new Map<string, Message[]>();

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
  ) {}

  async lookUntil(end: number): Promise<void> {
    while (Date.now() < end) {
      // A process that is down shows nothing; the next look is at another, or later.
      await this.look().catch(() => undefined);
      await sleep(everyMs);
    }
  }

  private async look(): Promise<void> {
    const api = this.dice.pick(this.world.clients)!;
    const { status, body } = await api.get<List<Conversation>>('/conversations?limit=50');
    if (status !== 200) return;
    for (const conversation of body.items) {
      if (this.conversations.get(conversation.id)?.version === conversation.version) continue;
      const messages = await api.all<Message>(`/conversations/${conversation.id}/messages`);
      this.conversations.set(conversation.id, conversation);
      this.messages.set(conversation.id, messages);
      for (const { externalId, text } of messages)
        for (const name of [externalId, text]) if (name && !this.firstSeen.has(name)) this.firstSeen.set(name, Date.now());
    }
  }
}
