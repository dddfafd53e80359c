import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { Conflict, NotFound } from '../errors.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { Composition } from './composition.service.js';
import type { MessageView } from './conversation.view.js';
import { Conversations } from './conversations.service.js';
import { Delivery, type DeliveryState, noError } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { recount } from './recount.js';
import { hasLost, onceMore } from './recipient-fates.js';

/** Second thoughts about a reply: send it again, or take it back. */
@Injectable()
export class SecondThoughts {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly composition: Composition,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  /** Sends a reply again that failed or missed some of its recipients, or that an agent decided to risk sending twice. */
  async retry(messageId: string): Promise<MessageView> {
    const { message, delivery } = await this.sent(messageId);
    const conversation = await this.conversations.row(message.conversationId);
    await this.composition.openChannel(conversation, new Date());
    const restart = { state: 'queued' as const, attempts: 0, nextAttemptAt: new Date(), committedAt: null, updatedAt: new Date() };
    const restartable: DeliveryState[] = [
      'failed',
      'uncertain',
      ...(hasLost(delivery.recipients) ? (['sent', 'delivered', 'read'] as const) : []),
    ];
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(
        Delivery,
        { id: delivery.id, fence: delivery.fence, state: In(restartable) },
        { ...restart, ...noError, recipients: onceMore(delivery.recipients) },
      );
      if (!affected) throw new Conflict(`This reply is ${delivery.state}; only one that failed or is uncertain can be sent again.`);
      await this.changes.write(manager, { type: 'message.updated', conversationId: conversation.id, messageId });
    });
    this.changes.announce();
    await this.queue.addOutbound([{ id: delivery.id, attempts: 0, notBefore: null }]);
    return this.conversations.messageView(messageId);
  }

  /** Takes back a reply that is still queued. */
  async undo(messageId: string): Promise<void> {
    const { message, delivery } = await this.sent(messageId);
    const { conversationId } = message;
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(Delivery, { id: delivery.id, state: 'queued', fence: 0 });
      if (!affected) throw new Conflict('This reply is on its way already and cannot be taken back.');
      await manager.update(Attachment, { messageId }, { messageId: null });
      await manager.delete(Message, { id: messageId });
      await recount(manager, conversationId);
      await this.changes.write(
        manager,
        { type: 'message.updated', conversationId, messageId },
        { type: 'conversation.updated', conversationId },
      );
    });
    this.changes.announce();
  }

  private async sent(messageId: string): Promise<{ message: Message; delivery: Delivery }> {
    const { manager } = this.database;
    const [message, delivery] = await Promise.all([
      manager.findOneBy(Message, { id: messageId }),
      manager.findOneBy(Delivery, { messageId }),
    ]);
    if (!message || !delivery) throw new NotFound('There is no such reply.');
    return { message, delivery };
  }
}
