import { Injectable, Logger } from '@nestjs/common';
import type { Action } from '#libs/connector';
import type { Conversation } from './conversation.entity.js';
import { PlatformCalls } from './platform-calls.service.js';

/** Platforms show a typing sign for longer than this. */
const everyMs = 4_000;

/** Shows the customer that we have read and that we type, where the platform can: in the background, and nobody fails for it. */
@Injectable()
export class SignsOfLife {
  private readonly logger = new Logger('signs of life');
  private readonly typing = new Map<string, number>();

  constructor(private readonly platform: PlatformCalls) {}

  seen(conversation: Conversation): void {
    void this.show(conversation, { kind: 'seen' });
  }

  /** However often a reply box tells it, the platform hears it every few seconds. */
  types(conversation: Conversation, on: boolean): void {
    const now = Date.now();
    const last = this.typing.get(conversation.id);
    if (on ? last !== undefined && now - last < everyMs : last === undefined) return;
    for (const [id, at] of this.typing) if (now - at > 60_000) this.typing.delete(id);
    if (on) this.typing.set(conversation.id, now);
    else this.typing.delete(conversation.id);
    void this.show(conversation, { kind: 'typing', on });
  }

  private async show(conversation: Conversation, sign: { kind: 'seen' } | { kind: 'typing'; on: boolean }): Promise<void> {
    try {
      const { channel, connector } = await this.platform.channelOf(conversation);
      if (conversation.kind !== 'dm' || !connector.capabilities.typing) return;
      const customer = await this.platform.customerOf(conversation);
      await this.platform.act(channel, { ...sign, customer } satisfies Action);
    } catch (error) {
      this.logger.debug({ conversation: conversation.id, sign: sign.kind, error: (error as Error).message }, 'not shown');
    }
  }
}
