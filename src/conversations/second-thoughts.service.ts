import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { transact } from '../database/data-source.js';
import { Conflict, Invalid, NotFound } from '../errors.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { Composition } from './composition.service.js';
import type { MessageView } from './conversation.view.js';
import { Conversations } from './conversations.service.js';
import { Delivery, type DeliveryState, noError } from './delivery.entity.js';
import { Attachment, Message } from './message.entity.js';
import { giveBackPrivateReply, takePrivateReply } from './private-replies.js';
import { recount } from './recount.js';
import { hasLost, onceMore } from './recipient-fates.js';
import { partsOf } from './reply-parts.js';

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

  /**
   * Sends a reply again that failed or missed some of its recipients, or that an agent decided to risk sending twice. Of one in
   * several messages everything goes on that has surely not left, and nothing that has; of what may have left only what is named.
   */
  async retry(messageId: string): Promise<MessageView> {
    const { message, delivery } = await this.sent(messageId);
    const conversation = await this.conversations.row(message.conversationId);
    if (!isRestartable(delivery))
      throw new Conflict(`This reply is ${delivery.state}; only one that failed or is uncertain can be sent again.`);
    await this.composition.openAgain(conversation, message, delivery);
    const parts = await partsOf(this.database.manager, message);
    const again = parts.filter(({ delivery: { id, state } }) => id === delivery.id || state === 'failed');
    await transact(this.database, async (manager) => {
      for (const part of again)
        if (!(await restart(manager, part.delivery)) && part.delivery.id === delivery.id)
          throw new Conflict('Somebody sent this again just now.');
      if (delivery.state === 'failed' && message.mode === 'private') await this.takeAgain(manager, message);
      const { id: conversationId } = conversation;
      await this.changes.write(
        manager,
        ...again.map(({ message: { id } }) => ({ type: 'message.updated' as const, conversationId, messageId: id })),
      );
    });
    this.changes.announce();
    await this.queue.addOutbound([{ id: again[0]!.delivery.id, attempts: 0, notBefore: null }]);
    return this.conversations.messageView(messageId);
  }

  /** Takes back a reply that is still queued, with all the messages it would leave as. */
  async undo(messageId: string): Promise<void> {
    const { message } = await this.sent(messageId);
    const { conversationId } = message;
    const parts = await partsOf(this.database.manager, message);
    const ids = parts.map(({ message: { id } }) => id);
    await transact(this.database, async (manager) => {
      // Nothing of a reply leaves before its first message, so that one decides for all.
      for (const { delivery } of parts) {
        const { affected } = await manager.delete(Delivery, { id: delivery.id, state: 'queued', fence: 0 });
        if (!affected) throw new Conflict('This reply is on its way already and cannot be taken back.');
      }
      await manager.update(Attachment, { messageId: In(ids) }, { messageId: null });
      await manager.delete(Message, { id: In(ids) });
      await recount(manager, conversationId);
      const comment = message.mode === 'private' ? await giveBackPrivateReply(manager, message) : [];
      const gone = ids.map((id) => ({ type: 'message.updated' as const, conversationId, messageId: id }));
      await this.changes.write(manager, ...gone, ...comment, { type: 'conversation.updated', conversationId });
    });
    this.changes.announce();
  }

  private async takeAgain(manager: EntityManager, message: Message): Promise<void> {
    const told = await takePrivateReply(manager, message);
    if (!told) throw new Invalid('This comment was answered privately meanwhile, and the platform allows that once.');
    await this.changes.write(manager, ...told);
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

const isRestartable = ({ state, recipients }: Delivery): boolean =>
  ['failed', 'uncertain'].includes(state) || (hasLeft(state) && hasLost(recipients));

const hasLeft = (state: DeliveryState): boolean => ['sent', 'delivered', 'read'].includes(state);

/** Whether it was still as it had been seen. */
async function restart(manager: EntityManager, { id, fence, state, recipients }: Delivery): Promise<boolean> {
  const fresh = { state: 'queued' as const, attempts: 0, nextAttemptAt: new Date(), committedAt: null, updatedAt: new Date() };
  const { affected } = await manager.update(
    Delivery,
    { id, fence, state },
    { ...fresh, ...noError, troubleAt: null, recipients: onceMore(recipients) },
  );
  return !!affected;
}
