import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { IgnoredEvent, InboundEvent, MessageEvent, ReceiptEvent } from '#libs/connector';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { takePostEvent } from '../conversations/post-facts.js';
import { Receipts } from '../conversations/receipts.service.js';
import { Changes } from '../realtime/changes.service.js';
import { ChatMarks } from './chat-marks.service.js';
import type { Occasion } from './occasion.js';

type Happening = Exclude<InboundEvent, MessageEvent | IgnoredEvent>;

/** What is told of messages, chats and posts, rather than said in them. In the caller's transaction. */
@Injectable()
export class Happenings {
  constructor(
    private readonly messageChanges: MessageChanges,
    private readonly receipts: Receipts,
    private readonly marks: ChatMarks,
    private readonly changes: Changes,
  ) {}

  /** False when what it speaks of is not here; it is kept until that is. */
  async take(manager: EntityManager, occasion: Occasion, event: Happening): Promise<boolean> {
    const { channel, eventId, backfill } = occasion;
    switch (event.type) {
      case 'change':
        return this.messageChanges.take(manager, channel.id, event, eventId, backfill);
      case 'receipt':
        return this.receipt(manager, occasion, event);
      case 'control':
        return this.marks.take(manager, occasion, event.threadKey, { kind: 'control', holder: event.holder }, event.at);
      case 'post':
        await this.tell(manager, await takePostEvent(manager, channel.id, event));
        return true;
    }
  }

  private async receipt(manager: EntityManager, occasion: Occasion, event: ReceiptEvent): Promise<boolean> {
    const { of, state, at } = event;
    if (typeof of === 'string') return this.receipts.take(manager, occasion.channel.id, { ...event, of }, occasion.eventId);
    // Nothing fails or is put off up to a moment.
    if (state !== 'delivered' && state !== 'read') return true;
    return this.marks.take(manager, occasion, of.threadKey, { kind: 'watermark', state, until: of.until }, at);
  }

  private async tell(manager: EntityManager, conversationIds: string[]): Promise<void> {
    const news = conversationIds.map((conversationId) => ({ type: 'conversation.updated' as const, conversationId }));
    if (news.length) await this.changes.write(manager, ...news);
  }
}
