import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';
import { Identity } from '../contacts/contact.entity.js';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { Delivery, noError } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';
import { noteOpenedChat } from '../conversations/opened-chat.js';
import { afterTaken, hasReached, stillToReach } from '../conversations/recipient-fates.js';
import { takePrivateReply } from '../conversations/private-replies.js';
import { keepLaterParts } from '../conversations/reply-parts.js';
import { recount } from '../conversations/recount.js';
import { changeDelivery } from '../conversations/reopening.js';
import { insertNew } from '../database/data-source.js';
import { holdMessage } from '../database/turns.js';
import { Changes } from '../realtime/changes.service.js';
import { firstKnown } from './threading.js';

/** Recognises our own replies when a platform shows them to us again: an echo, a copy in the Sent folder. */
@Injectable()
export class OwnMessages {
  constructor(private readonly changes: Changes) {}

  /** The reply of ours that the event is: by the delivery it names, else by its words while one is on its way. Null when somebody else wrote it. */
  async recognise(manager: EntityManager, channel: Channel, event: MessageEvent): Promise<Message | null> {
    const message = event.deliveryId
      ? await this.byDelivery(manager, channel, event.deliveryId)
      : await this.onItsWay(manager, channel, event);
    if (!message) return null;
    const { externalId } = event;
    await holdMessage(manager, message, externalId);
    // Only where it has no name yet: what the platform answered to the sending may be noted at this very moment.
    const nameless = { id: message.id, externalId: IsNull() };
    if (message.externalId === null && (await manager.update(Message, nameless, { externalId })).affected)
      return { ...message, externalId };
    const { id: messageId, conversationId } = message;
    await insertNew(manager, ThreadKey, [{ channelId: channel.id, key: externalId, conversationId, claimed: true, messageId }]);
    return message;
  }

  /** The platform has it, so its delivery is sent, whatever we thought of it. */
  async arrived(manager: EntityManager, message: Message, event: MessageEvent): Promise<void> {
    await this.keepTime(manager, message, event);
    // The same may be shown to us under yet another id.
    if (event.copy && !message.copyOf) await manager.update(Message, message.id, { copyOf: event.copy.of, copyPlace: event.copy.place });
    const { id: messageId, conversationId } = message;
    const open = { messageId, state: In(['queued', 'sending', 'uncertain', 'failed']) };
    // Touched first, because it locks the row: the answer to its sending may be noted at this very moment.
    await manager.update(Delivery, open, { updatedAt: new Date() });
    const delivery = await manager.findOneBy(Delivery, open);
    // Where some have it already the echo is theirs, and says nothing of the others. Where nobody waits for it any more it
    // says nothing at all: a copy in Sent is often read after the bounce.
    if (!delivery || hasReached(delivery.recipients) || stillToReach(delivery.recipients)?.length === 0) return;
    const sent = { ...noError, state: 'sent' as const, recipients: afterTaken(delivery.recipients, []), nextAttemptAt: null };
    const told = await changeDelivery(manager, delivery, sent);
    // A private answer that was thought to have failed gave back what it used up after all.
    const taken = message.mode === 'private' && delivery.state === 'failed' && (await takePrivateReply(manager, message));
    const chat =
      message.mode === 'private' ? await noteOpenedChat(manager, message, { person: event.customer, ownKeys: event.ownKeys }) : [];
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId }, ...told, ...(taken || []), ...chat);
  }

  /** In a chat the platform's clock rules: by it are measured what came before an answer, and up to where it was read. */
  async keepTime(manager: EntityManager, message: Message, { kind, sentAt }: MessageEvent): Promise<void> {
    const { id, conversationId, sentAt: ours } = message;
    if (kind !== 'dm' || ours.getTime() === sentAt.getTime() || isCutOf(sentAt, ours)) return;
    // The conversation first, as everybody locks it before its messages.
    await manager.increment(Conversation, { id: conversationId }, 'version', 1);
    await manager.update(Message, id, { sentAt });
    await keepLaterParts(manager, message, sentAt);
    await recount(manager, conversationId);
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId: id });
  }

  /** What left once has one echo, be it under another id than we were told; of what may have left twice another id is another message. */
  private async byDelivery(manager: EntityManager, channel: Channel, deliveryId: string): Promise<Message | null> {
    const delivery = await manager.findOneBy(Delivery, { id: deliveryId, channelId: channel.id });
    const message = delivery && (await manager.findOneBy(Message, { id: delivery.messageId }));
    return message && (message.externalId === null || delivery.fence === 1) ? message : null;
  }

  /** Of its own conversation, or of that of a comment which was answered in this chat, privately. */
  private async onItsWay(manager: EntityManager, channel: Channel, event: MessageEvent): Promise<Message | null> {
    const conversationId = await firstKnown(manager, channel.id, event);
    const here = conversationId ? await onTheirWay(manager, channel).andWhere({ conversationId }).getMany() : [];
    const all = event.kind === 'dm' ? [...here, ...(await answersToCommentsOf(manager, channel, event))] : here;
    return all.find(({ text }) => asSent(text) === asSent(event.text)) ?? null;
  }
}

const onTheirWay = (manager: EntityManager, { id: channelId }: Channel) =>
  manager
    .createQueryBuilder(Message, 'm')
    .innerJoin(Delivery, 'd', 'd.message_id = m.id')
    .where({ channelId, externalId: IsNull(), direction: 'outbound' })
    .andWhere(`d.state IN ('sending', 'uncertain') AND d.committed_at IS NOT NULL`)
    .orderBy('m.id');

/** Private ones, to comments of whom the event's chat is with, as far as comments and chats know people by the same ids. */
const answersToCommentsOf = (manager: EntityManager, channel: Channel, { customer: { scope, id } }: MessageEvent): Promise<Message[]> =>
  onTheirWay(manager, channel)
    .innerJoin(Message, 'comment', 'comment.id = m.reply_to_message_id')
    .innerJoin(Identity, 'i', 'i.contact_id = comment.author_id')
    .andWhere(`m.mode = 'private' AND i.scope = :scope AND i.external_id = :id`, { scope, id })
    .getMany();

/** Platforms trim what they are given. A file has no words, and of files only one is on its way at a time. */
const asSent = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** Whether a time is another one in whole seconds, as platforms have it when they are asked: it says less. */
export const isCutOf = (time: Date, other: Date): boolean => time < other && time.getTime() === Math.floor(other.getTime() / 1000) * 1000;
