import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import type { InboundEvent, LinkedFile, MessageEvent } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';
import { Identity } from '../contacts/contact.entity.js';
import { Contacts, type Recognised } from '../contacts/contacts.service.js';
import { connectAnswered } from '../conversations/answers.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { linkConversations } from '../conversations/links.js';
import type { MessageChange } from '../conversations/message-change.entity.js';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { addParticipants } from '../conversations/participants.js';
import { notePost, putUnder } from '../conversations/post-facts.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { holdMessage } from '../database/turns.js';
import { FileStore } from '../files/file-store.js';
import { Changes } from '../realtime/changes.service.js';
import { AutoAnswer } from './auto-answer.service.js';
import { ChatMarks } from './chat-marks.service.js';
import { Copies } from './copies.service.js';
import { sentAtAmong } from './dates.js';
import { follow, isWordless, restate, restateComment } from './follow.js';
import { noteComment, unfold, type Unfolded } from './forwards.js';
import { Happenings } from './happenings.service.js';
import { type Occasion, Raced } from './occasion.js';
import { isCutOf, OwnMessages } from './own-messages.service.js';
import { type Placed, Places } from './places.service.js';
import { firstKnown } from './threading.js';

/** The files of an event, already in the store. */
export type StoredFiles = Array<Pick<Attachment, 'filename' | 'contentType' | 'contentId' | 'inline' | 'size' | 'sha256'>>;

/** `deliveries` were written for it and are to be sent once this is committed; `waits` when all of it speaks of messages that are not here. */
export interface Taken {
  deliveries: string[];
  waits: boolean;
}

/** Turns understood events into conversations. Everything happens in the caller's transaction, so an event counts once or not at all. */
@Injectable()
export class Ingest {
  constructor(
    private readonly contacts: Contacts,
    private readonly store: FileStore,
    private readonly ownMessages: OwnMessages,
    private readonly places: Places,
    private readonly copies: Copies,
    private readonly happenings: Happenings,
    private readonly marks: ChatMarks,
    private readonly messageChanges: MessageChanges,
    private readonly autoAnswer: AutoAnswer,
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

  /** Takes in what one payload held; `files` are those of its messages, in their order. */
  async take(manager: EntityManager, occasion: Occasion, events: InboundEvent[], files: StoredFiles[]): Promise<Taken> {
    const messages = events.filter((event) => event.type === 'message');
    const deliveries: string[] = [];
    for (const [index, event] of messages.entries()) {
      const delivery = await this.message(manager, occasion, event, files[index] ?? []);
      if (delivery) deliveries.push(delivery);
    }
    const applied: boolean[] = [];
    for (const event of events)
      if (event.type !== 'message' && event.type !== 'ignored') applied.push(await this.happenings.take(manager, occasion, event));
    return { deliveries, waits: !messages.length && applied.length > 0 && !applied.some(Boolean) };
  }

  /** Resolves with the delivery of an answer that was given to it. */
  private async message(manager: EntityManager, occasion: Occasion, seen: MessageEvent, files: StoredFiles): Promise<string | null> {
    const { channel, backfill } = occasion;
    const known = await this.known(manager, channel, seen);
    if (known) return this.again(manager, known, seen);
    const first = await this.copies.firstOf(manager, channel.id, seen);
    if (first) return this.copies.add(manager, first, seen);
    const unfolded = await unfold(manager, seen, channel.address);
    const { identity, nowNamed } = await this.customerOf(manager, channel.id, unfolded.event);
    const id = newId();
    const placed = await this.places.find(manager, occasion, unfolded.event, identity, id);
    const { conversationId } = placed;
    const event = await inItsTime(manager, channel.id, unfolded.event, placed);
    if (placed.awaited && event.correspondence) await restate(manager, conversationId, event, identity);
    await restateComment(manager, conversationId, event, identity);
    const message = await this.write(manager, occasion, event, identity, placed, id, files);
    const kept = await this.connect(manager, event, placed, message);
    await this.surround(manager, occasion, event, identity, placed);
    // Late, because it locks the conversation: messages of one chat wait for each other from here on.
    await follow(manager, conversationId, event, backfill);
    await flag(manager, conversationId, unfolded.review ?? event.warning ?? placed.review);
    await this.announce(manager, placed, id, unfolded, event.sentAt, occasion);
    await this.messageChanges.arrived(manager, message, namesIn(event), kept);
    if (nowNamed) await this.messageChanges.introduce(manager, identity.contactId, identity.name);
    return placed.isNew ? this.autoAnswer.give(manager, occasion, event, identity, conversationId) : null;
  }

  /** The message itself, be it that it came before or that we sent it ourselves. */
  private async known(manager: EntityManager, channel: Channel, seen: MessageEvent): Promise<Message | null> {
    const known = await manager.findOneBy(Message, { channelId: channel.id, externalId: seen.externalId });
    return known ?? (seen.direction === 'outbound' ? this.ownMessages.recognise(manager, channel, seen) : null);
  }

  /** It is there already. What the platform tells of it now may be more than we knew, or be what its author took back. */
  private async again(manager: EntityManager, known: Message, seen: MessageEvent): Promise<null> {
    const own = seen.direction === 'outbound';
    if (own) await holdMessage(manager, known, seen.externalId);
    if (own) await this.ownMessages.arrived(manager, known, seen);
    else if (isCutOf(known.sentAt, seen.sentAt)) await this.ownMessages.keepTime(manager, known, seen);
    if (own && seen.kind === 'comment') await this.places.claim(manager, known, seen.ownKeys);
    if (own || known.deletedAt) await this.messageChanges.apply(manager, known.channelId, seen.externalId);
    return null;
  }

  /** Of a comment of our side nobody tells whom it answers: the conversation knows, if it is here. */
  private async customerOf(manager: EntityManager, channelId: string, event: MessageEvent): Promise<Recognised> {
    const conversationId = event.kind === 'comment' && event.direction === 'outbound' ? await firstKnown(manager, channelId, event) : null;
    const conversation = conversationId && (await manager.findOneBy(Conversation, { id: conversationId }));
    return conversation
      ? { identity: await manager.findOneByOrFail(Identity, { id: conversation.identityId }), nowNamed: false }
      : this.contacts.recognise(manager, event.customer);
  }

  /** With what it stands under, what was told of its chat before, and what it answers. Resolves with what was told of itself before. */
  private async connect(
    manager: EntityManager,
    event: MessageEvent,
    { conversationId, isNew }: Placed,
    message: Message,
  ): Promise<MessageChange[]> {
    // Nothing is ever told of a mail of somebody else's, and no platform has marks of its conversation.
    if (event.correspondence && event.direction === 'inbound') return [];
    const { channelId } = message;
    if (event.post) await putUnder(manager, conversationId, await notePost(manager, channelId, event.post));
    if (isNew) await this.marks.opened(manager, channelId, conversationId, event.ownKeys);
    await connectAnswered(manager, message);
    return this.messageChanges.awaiting(manager, message, namesIn(event));
  }

  private async write(
    manager: EntityManager,
    { channel, receivedAt }: Occasion,
    event: MessageEvent,
    identity: Identity,
    placed: Placed,
    id: string,
    files: StoredFiles,
  ): Promise<Message> {
    const times = { receivedAt, roughSince: event.roughTime ? receivedAt : null };
    const message = { ...newMessage(event, identity), ...placement(placed), id, channelId: channel.id, ...times };
    await insertNew(manager, Message, message);
    if (!(await manager.existsBy(Message, { id }))) throw new Raced();
    const rows = [
      ...files.map((file) => ({ ...file, id: newId(), messageId: id, createdAt: receivedAt })),
      ...(event.linked ?? []).map((file) => ({ ...linkedAttachment(file), id: newId(), messageId: id, createdAt: receivedAt })),
    ];
    if (rows.length) await manager.insert(Attachment, rows);
    return message;
  }

  /** Who has part in it, who is alive, and where else the same mail is. */
  private async surround(
    manager: EntityManager,
    { channel, backfill }: Occasion,
    event: MessageEvent,
    identity: Identity,
    { conversationId, isNew }: Placed,
  ): Promise<void> {
    const people = event.correspondence ? [event.customer, ...event.correspondence.participants] : [];
    // Whom a machine names in a conversation of others is not thereby one of them.
    if (event.human || isNew)
      await addParticipants(
        manager,
        conversationId,
        identity.scope,
        people.map(({ id }) => id),
      );
    if (event.direction !== 'inbound') return;
    if (identity.undeliverable && !backfill) await this.contacts.revive(manager, identity);
    if (event.correspondence) await linkCopies(manager, channel.id, event.externalId, conversationId);
  }

  private async announce(
    manager: EntityManager,
    { conversationId, isNew }: Placed,
    messageId: string,
    { comment }: Unfolded,
    sentAt: Date,
    { channel, receivedAt }: Occasion,
  ): Promise<void> {
    const message = { id: messageId, conversationId, channelId: channel.id, sentAt, receivedAt };
    const notes = comment ? [await noteComment(manager, message, comment)] : [];
    await this.changes.write(
      manager,
      ...[messageId, ...notes].map((id) => ({ type: 'message.created' as const, conversationId, messageId: id })),
      { type: isNew ? 'conversation.created' : 'conversation.updated', conversationId },
    );
  }
}

/** All ids by which its platform may mean a message. The keys of a chat name all of it. */
const namesIn = ({ externalId, ownKeys, kind }: MessageEvent): [string, ...string[]] => [externalId, ...(kind === 'dm' ? [] : ownKeys)];

/** One mail to two of our mailboxes is a conversation in each, with a link between them. */
async function linkCopies(manager: EntityManager, channelId: string, externalId: string, conversationId: string): Promise<void> {
  const copies = await manager.find(Message, { where: { externalId, channelId: Not(channelId), direction: 'inbound' }, take: 10 });
  for (const copy of copies) await linkConversations(manager, conversationId, copy.conversationId, 'same-mail');
}

async function flag(manager: EntityManager, id: string, review: string | null): Promise<void> {
  if (review) await manager.update(Conversation, { id, review: IsNull() }, { review });
}

/** Chats and comments keep the platform's own time, which is one clock. */
async function inItsTime(manager: EntityManager, channelId: string, event: MessageEvent, { conversationId, awaited }: Placed) {
  return event.correspondence ? { ...event, sentAt: await sentAtAmong(manager, channelId, conversationId, event, awaited) } : event;
}

/** A file that may be kept is copied here as soon as somebody gets to it; until then it is shown from where it lies, like those that may not. */
function linkedAttachment({ filename, contentType, url, keep }: LinkedFile) {
  const fetching = keep ? { state: 'fetching' as const, nextFetchAt: new Date() } : { state: 'linked' as const, nextFetchAt: null };
  return { filename, contentType, contentId: null, inline: false, size: 0, sha256: '', remoteUrl: url, fetchAttempts: 0, ...fetching };
}

const placement = ({ conversationId, placedBy }: Placed) => ({ conversationId, placedBy });

function newMessage(event: MessageEvent, identity: Identity) {
  const { externalId, direction, sentAt, text, html, quotedText, envelope, partial = false } = event;
  const human = !isWordless(event);
  const inbound = direction === 'inbound';
  return {
    ...{ externalId, direction, sentAt, text, html, quotedText, envelope, human, partial },
    kind: 'message' as const,
    reactions: [],
    authorType: inbound ? ('contact' as const) : ('agent' as const),
    authorId: inbound ? identity.contactId : null,
    authorName: inbound ? (event.customer.name ?? identity.name) : (event.sentBy ?? null),
    editedAt: null,
    deletedAt: null,
    replyToMessageId: null,
    ...{ originalText: null, replyToExternalId: event.replyTo ?? null, cards: event.cards ?? null, mode: null, partOf: null },
    ...{ hidden: false, liked: false, answeredPrivately: false },
    ...{ copyOf: event.copy?.of ?? null, copyPlace: event.copy?.place ?? null },
    idempotencyKey: null,
  };
}
