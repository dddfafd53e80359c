import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager, MoreThan } from 'typeorm';
import type { ReceiptEvent } from '#libs/connector';
import { Identity } from '../contacts/contact.entity.js';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { settle } from './receipt-outcome.js';

/** Marks replies by what platforms tell of them afterwards. In the caller's transaction. */
@Injectable()
export class Receipts {
  private readonly logger = new Logger('receipts');

  constructor(private readonly changes: Changes) {}

  async apply(manager: EntityManager, channelId: string, receipt: ReceiptEvent): Promise<void> {
    const message = typeof receipt.of === 'string' ? await this.messageOf(manager, channelId, receipt.of) : null;
    // Touched first, because it locks the row: of two receipts at once the second sees what the first wrote.
    const { affected } = message ? await manager.update(Delivery, { messageId: message.id }, { updatedAt: new Date() }) : { affected: 0 };
    if (!message || !affected) return;
    const delivery = await manager.findOneByOrFail(Delivery, { messageId: message.id });
    const outcome = settle(delivery, receipt);
    if (!outcome) return;
    await manager.update(Delivery, delivery.id, outcome.change);
    await this.noteAddress(manager, message, receipt);
    if (outcome.news) await wake(manager, message.conversationId);
    if (outcome.news) this.logger.warn({ delivery: delivery.id, code: receipt.error?.code }, 'a reply came back');
    const { conversationId, id: messageId } = message;
    await this.changes.write(
      manager,
      { type: 'message.updated', conversationId, messageId },
      { type: 'conversation.updated', conversationId },
    );
  }

  /** By its own name, or by one that the platform gave it when it took it. */
  private async messageOf(manager: EntityManager, channelId: string, of: string): Promise<Message | null> {
    const named = await manager.findOneBy(Message, { channelId, externalId: of, direction: 'outbound' });
    const key = named ? null : await manager.findOneBy(ThreadKey, { channelId, key: of });
    return named ?? (key?.messageId ? manager.findOneBy(Message, { id: key.messageId, direction: 'outbound' }) : null);
  }

  /** Whether mail arrives there. Who has written since is alive, whatever a bounce that comes late says. */
  private async noteAddress(
    manager: EntityManager,
    { conversationId }: Message,
    { recipient, state, at, error }: ReceiptEvent,
  ): Promise<void> {
    const conversation = await manager.findOneByOrFail(Conversation, { id: conversationId });
    const customer = await manager.findOneByOrFail(Identity, { id: conversation.identityId });
    const address = { scope: customer.scope, externalId: recipient?.toLowerCase() ?? customer.externalId };
    if (state === 'delivered' || state === 'read') await manager.update(Identity, address, { undeliverable: null });
    if (!error?.addressIsDead || state !== 'failed') return;
    const identity = await manager.findOneBy(Identity, address);
    if (!identity) return;
    const written = {
      channelId: conversation.channelId,
      authorId: identity.contactId,
      direction: 'inbound' as const,
      sentAt: MoreThan(at),
    };
    if (!(await manager.existsBy(Message, written))) await manager.update(Identity, identity.id, { undeliverable: error.message });
  }
}

/** Whoever wrote the reply believes that it arrived. */
async function wake(manager: EntityManager, id: string): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(Conversation)
    .set({ status: 'open', snoozedUntil: null, unread: true, version: () => 'version + 1' })
    .where({ id })
    .execute();
}
