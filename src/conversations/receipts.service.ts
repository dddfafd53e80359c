import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import type { ReceiptEvent } from '#libs/connector';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { awaitTurn, holdConversation } from '../database/turns.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation } from './conversation.entity.js';
import { Delivery, type DeliveryState } from './delivery.entity.js';
import { MessageChange } from './message-change.entity.js';
import { messageNamed } from './message-names.js';
import { Message } from './message.entity.js';
import { changeDelivery } from './reopening.js';
import { settle } from './receipt-outcome.js';
import { keepWaiting } from './waiting-changes.js';

/** A receipt of one reply, as it is kept while nobody knows which reply that is. */
type KeptReceipt = Pick<ReceiptEvent, 'state' | 'recipient' | 'error' | 'andEarlier'> & { kind: 'receipt' };
type KeptRow = MessageChange & { change: KeptReceipt };
/** What was delivered or read up to a moment of the platform's clock. */
export interface Watermark {
  state: 'delivered' | 'read';
  until: Date;
}

export const isReceipt = (row: MessageChange): row is KeptRow => 'kind' in row.change && row.change.kind === 'receipt';

/** Marks replies by what platforms tell of them afterwards. In the caller's transaction. */
@Injectable()
export class Receipts {
  private readonly logger = new Logger('receipts');

  constructor(private readonly changes: Changes) {}

  /** Takes in what speaks of one reply; false when that is not here, and the receipt kept until it is. */
  async take(manager: EntityManager, channelId: string, receipt: ReceiptEvent & { of: string }, inboundEventId: string): Promise<boolean> {
    await awaitTurn(manager, channelId, receipt.of);
    const message = await messageNamed(manager, channelId, receipt.of);
    if (message && (await this.apply(manager, message, receipt))) return true;
    const { of: ofExternalId, state, recipient, error, andEarlier, at } = receipt;
    const key = ['receipt', ofExternalId, state, recipient, at.toISOString()].join(' ');
    const change: KeptReceipt = { kind: 'receipt', state, recipient, error, andEarlier };
    const isKept = await keepWaiting(manager, { id: newId(), channelId, ofExternalId, key, at, change, inboundEventId });
    return message !== null || !isKept;
  }

  /** Applies what was told of a message before it was known, and what was told of everything in its chat. */
  async catchUp(manager: EntityManager, message: Message, kept: KeptRow[]): Promise<void> {
    if (message.direction !== 'outbound') return;
    await holdConversation(manager, message.conversationId);
    for (const { id, at, ofExternalId: of, change } of kept) {
      const { state, recipient, error, andEarlier } = change;
      if (await this.apply(manager, message, { type: 'receipt', of, state, recipient, error, andEarlier, at }))
        await manager.delete(MessageChange, id);
    }
    await this.settleWatermarks(manager, message);
  }

  /** False when the message has no delivery of ours, or none yet: what looks like a colleague's may turn out to be our own. */
  private async apply(manager: EntityManager, message: Message, receipt: ReceiptEvent): Promise<boolean> {
    if (message.direction !== 'outbound') return true;
    await holdConversation(manager, message.conversationId);
    const { state, andEarlier } = receipt;
    if (andEarlier && (state === 'delivered' || state === 'read'))
      await this.raise(manager, message.conversationId, { state, until: message.sentAt });
    return this.advance(manager, message, receipt);
  }

  /** All that went out in a conversation until a moment was delivered or read. */
  async raise(manager: EntityManager, conversationId: string, { state, until }: Watermark): Promise<void> {
    await holdConversation(manager, conversationId);
    const column = state === 'read' ? 'readUntil' : 'deliveredUntil';
    const { affected } = await manager
      .createQueryBuilder()
      .update(Conversation)
      .set({ [column]: until })
      .where([
        { id: conversationId, [column]: IsNull() },
        { id: conversationId, [column]: LessThan(until) },
      ])
      .execute();
    if (!affected) return;
    const reached: DeliveryState[] = state === 'read' ? ['read'] : ['delivered', 'read'];
    const messages = await manager
      .createQueryBuilder(Message, 'm')
      .innerJoin(Delivery, 'd', 'd.message_id = m.id')
      .where({ conversationId, direction: 'outbound', externalId: Not(IsNull()), sentAt: LessThanOrEqual(until) })
      .andWhere('d.state NOT IN (:...reached)', { reached })
      .getMany();
    for (const message of messages) await this.advance(manager, message, upTo({ state, until }));
  }

  /** What was told of everything in a conversation holds for a message of ours that is only now known to be in it. */
  private async settleWatermarks(manager: EntityManager, message: Message): Promise<void> {
    const { readUntil, deliveredUntil } = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
    const covers = (until: Date | null): until is Date => until !== null && until >= message.sentAt;
    if (covers(readUntil)) await this.advance(manager, message, upTo({ state: 'read', until: readUntil }));
    else if (covers(deliveredUntil)) await this.advance(manager, message, upTo({ state: 'delivered', until: deliveredUntil }));
  }

  private async advance(manager: EntityManager, message: Message, receipt: ReceiptEvent): Promise<boolean> {
    // Touched first, because it locks the row: of two receipts at once the second sees what the first wrote.
    const { affected } = await manager.update(Delivery, { messageId: message.id }, { updatedAt: new Date() });
    if (!affected) return false;
    const delivery = await manager.findOneByOrFail(Delivery, { messageId: message.id });
    const outcome = settle(delivery, receipt);
    if (!outcome) return true;
    const told = await changeDelivery(manager, delivery, outcome.change);
    await this.noteAddress(manager, message, receipt);
    if (outcome.news) this.logger.warn({ delivery: delivery.id, code: receipt.error?.code }, 'a reply came back');
    const { conversationId, id: messageId } = message;
    await this.changes.write(
      manager,
      { type: 'message.updated', conversationId, messageId },
      { type: 'conversation.updated', conversationId },
      ...told,
    );
    return true;
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
    if (state === 'delivered' || state === 'read')
      await manager.update(Identity, { ...address, undeliverable: Not(IsNull()) }, { undeliverable: null });
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

const upTo = ({ state, until }: Watermark): ReceiptEvent => ({ type: 'receipt', of: '', state, recipient: null, at: until, error: null });
