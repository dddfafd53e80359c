import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';
import type { Identity } from '../contacts/contact.entity.js';
import { Contacts } from '../contacts/contacts.service.js';
import { FileStore } from '../files/file-store.js';
import { Conversation, Counter, ThreadKey } from '../conversations/conversation.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { Changes } from '../realtime/changes.service.js';
import { follow } from './follow.js';
import { OwnMessages } from './own-messages.service.js';
import { claimKeys, findPlace, type Placement, rememberKeys } from './threading.js';

/** The files of an event, already in the store. */
export type StoredFiles = Array<Pick<Attachment, 'filename' | 'contentType' | 'contentId' | 'inline' | 'size' | 'sha256'>>;

/** Another transaction wrote the same message at this very moment; ours has to be taken back and looked at again. */
export class Raced extends Error {}

/** Turns understood events into conversations. Everything happens in the caller's transaction, so an event counts once or not at all. */
@Injectable()
export class Ingest {
  constructor(
    private readonly contacts: Contacts,
    private readonly store: FileStore,
    private readonly ownMessages: OwnMessages,
    private readonly changes: Changes,
  ) {}

  /** Files go to the store before the transaction: they are found by content, so doing it twice does no harm. */
  async storeFiles(event: MessageEvent): Promise<StoredFiles> {
    return Promise.all(
      event.attachments.map(async ({ content, filename, contentType, contentId, inline }) => ({
        ...{ filename, contentType, contentId, inline },
        ...(await this.store.put(content)),
      })),
    );
  }

  /** False when the message is there already, be it that it came before or that we sent it ourselves. */
  async message(
    manager: EntityManager,
    channel: Channel,
    event: MessageEvent,
    files: StoredFiles,
    receivedAt: Date,
    backfill: boolean,
  ): Promise<boolean> {
    const known = await manager.findOneBy(Message, { channelId: channel.id, externalId: event.externalId });
    if (known && event.direction === 'outbound') await this.ownMessages.arrived(manager, known);
    if (known) return false;
    if (event.direction === 'outbound' && (await this.ownMessages.recognise(manager, channel, event))) return false;
    const identity = await this.contacts.recognise(manager, event.customer);
    const { conversationId, placedBy, isNew } = await this.place(manager, channel, event, identity, receivedAt, backfill);
    await claimKeys(manager, channel.id, event);
    event = await notBeforeItsParent(manager, channel, event, placedBy.evidence);
    const id = newId();
    await insertNew(manager, Message, newMessage(id, conversationId, channel, event, identity, placedBy, receivedAt));
    if (!(await manager.existsBy(Message, { id }))) throw new Raced();
    if (files.length)
      await manager.insert(
        Attachment,
        files.map((file) => ({ ...file, id: newId(), messageId: id, createdAt: receivedAt })),
      );
    await follow(manager, conversationId, event, backfill);
    await this.changes.write(
      manager,
      { type: 'message.created', conversationId, messageId: id },
      { type: isNew ? 'conversation.created' : 'conversation.updated', conversationId },
    );
    return true;
  }

  private async place(
    manager: EntityManager,
    channel: Channel,
    event: MessageEvent,
    identity: Identity,
    receivedAt: Date,
    backfill: boolean,
  ): Promise<Placement & { isNew: boolean }> {
    const found = await findPlace(manager, channel.id, event);
    if (found) {
      await rememberKeys(manager, channel.id, event, found.conversationId);
      return { ...found, isNew: false };
    }
    const conversationId = await this.open(manager, channel, event, identity, receivedAt, event.direction === 'inbound' && !backfill);
    await rememberKeys(manager, channel.id, event, conversationId);
    // Somebody may have opened the same conversation at this very moment: then the keys are theirs, and so is the message.
    const winner = await findPlace(manager, channel.id, event, conversationId);
    if (winner) {
      await manager.update(ThreadKey, { channelId: channel.id, conversationId }, { conversationId: winner.conversationId });
      await manager.delete(Conversation, conversationId);
      return { ...winner, isNew: false };
    }
    return { conversationId, placedBy: { rule: 'new', evidence: event.externalId }, isNew: true };
  }

  private async open(
    manager: EntityManager,
    channel: Channel,
    event: MessageEvent,
    identity: Identity,
    receivedAt: Date,
    unread: boolean,
  ): Promise<string> {
    await manager.increment(Counter, { name: 'conversation' }, 'value', 1);
    const { value: number } = await manager.findOneByOrFail(Counter, { name: 'conversation' });
    const { kind, subject, sentAt } = event;
    const id = newId();
    const { id: identityId, contactId } = identity;
    await manager.insert(Conversation, {
      id,
      number,
      channelId: channel.id,
      contactId,
      identityId,
      kind,
      subject,
      lastMessageAt: sentAt,
      unread,
      createdAt: receivedAt,
    });
    return id;
  }
}

/** Clocks differ and mail knows whole seconds only, but nobody answers what is not written yet. */
async function notBeforeItsParent(manager: EntityManager, channel: Channel, event: MessageEvent, parentId: string): Promise<MessageEvent> {
  const parent = await manager.findOne(Message, {
    select: { id: true, sentAt: true },
    where: { channelId: channel.id, externalId: parentId },
  });
  return parent && parent.sentAt >= event.sentAt ? { ...event, sentAt: new Date(parent.sentAt.getTime() + 1) } : event;
}

function newMessage(
  id: string,
  conversationId: string,
  channel: Channel,
  event: MessageEvent,
  identity: Identity,
  placedBy: Placement['placedBy'],
  receivedAt: Date,
) {
  const { externalId, direction, sentAt, text, html, quotedText, envelope, human } = event;
  const inbound = direction === 'inbound';
  return {
    ...{
      id,
      conversationId,
      channelId: channel.id,
      externalId,
      direction,
      sentAt,
      receivedAt,
      text,
      html,
      quotedText,
      placedBy,
      envelope,
      human,
    },
    kind: 'message' as const,
    reactions: [],
    authorType: inbound ? ('contact' as const) : ('agent' as const),
    authorId: inbound ? identity.contactId : null,
    authorName: inbound ? (event.customer.name ?? identity.name) : null,
    editedAt: null,
    deletedAt: null,
    replyToMessageId: null,
    idempotencyKey: null,
    partial: event.partial ?? false,
  };
}
