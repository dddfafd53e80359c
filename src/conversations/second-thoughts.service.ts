import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { transact } from '../database/data-source.js';
import { Conflict, NotFound } from '../errors.js';
import { Changes } from '../realtime/changes.service.js';
import { ThreadKey } from './conversation.entity.js';
import type { MessageView } from './conversation.view.js';
import { Conversations } from './conversations.service.js';
import { DeliveryAttempt } from './delivery-attempt.entity.js';
import { Delivery } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { giveBackPrivateReply } from './private-replies.js';
import { hasReached } from './recipient-fates.js';
import { recount } from './recount.js';
import { partsOf, type SentPart } from './reply-parts.js';
import { Retries } from './retries.service.js';
import { NextReply } from './next-reply.service.js';
import { putBack } from './take-back.js';

/** Second thoughts about a reply: send it again, or take it back. */
@Injectable()
export class SecondThoughts {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly retries: Retries,
    private readonly nextReply: NextReply,
    private readonly changes: Changes,
  ) {}

  async retry(messageId: string): Promise<MessageView> {
    const { delivery } = await this.sent(messageId);
    const { refused } = await this.retries.again([delivery]);
    const against = refused.get(delivery.id);
    if (against) throw against;
    return this.conversations.messageView(messageId);
  }

  /** Takes back a reply that is still queued, with all the messages it would leave as, and what it changed of its conversation. */
  async undo(messageId: string): Promise<void> {
    const { message, delivery } = await this.sent(messageId);
    const { conversationId } = message;
    const parts = await partsOf(this.database.manager, message);
    const ids = parts.map(({ message: { id } }) => id);
    await transact(this.database, async (manager) => {
      // Nothing of a reply leaves before its first message, so that one decides for all.
      for (const { delivery } of parts) await this.withdraw(manager, delivery);
      await manager.update(Attachment, { messageId: In(ids) }, { messageId: null });
      await manager.delete(ThreadKey, { messageId: In(ids) });
      await manager.delete(Message, { id: In(ids) });
      await recount(manager, conversationId);
      const [first] = parts as [SentPart];
      await putBack(manager, first.message, first.delivery.undoTo);
      const comment = message.mode === 'private' ? await giveBackPrivateReply(manager, message) : [];
      const gone = ids.map((id) => ({ type: 'message.updated' as const, conversationId, messageId: id }));
      await this.changes.write(manager, ...gone, ...comment, { type: 'conversation.updated', conversationId });
    });
    this.changes.announce();
    // It may have been written while this one could be undone, and has waited behind it.
    await this.nextReply.hurry(message.conversationId, delivery);
  }

  /** Throws when it is on its way, or may have reached somebody: an attempt that surely failed takes nothing away. */
  private async withdraw(manager: EntityManager, { id, fence, recipients }: Delivery): Promise<void> {
    const arrived = [{ outcome: In(['sent', 'unknown']) }, { outcome: 'abandoned' as const, committedAt: Not(IsNull()) }];
    const mayBeThere = await manager.existsBy(
      DeliveryAttempt,
      arrived.map((how) => ({ deliveryId: id, ...how })),
    );
    if (mayBeThere || hasReached(recipients))
      throw new Conflict('This reply may have reached the customer already and cannot be taken back.');
    const { affected } = await manager.delete(Delivery, { id, state: 'queued', fence });
    if (!affected) throw new Conflict('This reply is on its way already and cannot be taken back.');
  }

  private async sent(messageId: string): Promise<SentPart> {
    const { manager } = this.database;
    const [message, delivery] = await Promise.all([
      manager.findOneBy(Message, { id: messageId }),
      manager.findOneBy(Delivery, { messageId }),
    ]);
    if (!message || !delivery) throw new NotFound('There is no such reply.');
    return { message, delivery };
  }
}
