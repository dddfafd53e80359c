import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, MoreThanOrEqual } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { Conflict, Invalid, NotFound } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation, Counter, Participant, ThreadKey } from './conversation.entity.js';
import type { MessageView } from './conversation.view.js';
import { addEvent, Conversations } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { addressesIn, subjectOf } from './envelope-facts.js';
import { linkConversations } from './links.js';
import { Message } from './message.entity.js';
import { addParticipants } from './participants.js';
import { recount } from './recount.js';

/** Messages that came into the wrong conversation are put into the right one, and later answers to them follow. */
@Injectable()
export class Moves {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly changes: Changes,
  ) {}

  /** Moves a message, with `andLater` also those after it, into another conversation of its channel, or with null into a new one. Moving it back undoes it. */
  async move(messageId: string, targetId: string | null, andLater: boolean, by: User): Promise<MessageView> {
    await this.database.transaction(async (manager) => {
      const message = await manager.findOneBy(Message, { id: messageId });
      if (!message) throw new NotFound('There is no such message.');
      const from = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
      const target = targetId && (await manager.findOneBy(Conversation, { id: targetId }));
      refuse(message, from, targetId, target || null);
      const into = target || (await this.open(manager, message, from));
      await lock(manager, from.id, into.id);
      const moved = await this.messagesToMove(manager, message, andLater);
      await this.carry(manager, moved, from, into, by);
      await this.tell(manager, moved, from, into, by, !target);
    });
    this.changes.announce();
    return this.conversations.messageView(messageId);
  }

  private async messagesToMove(manager: EntityManager, message: Message, andLater: boolean): Promise<Message[]> {
    const { conversationId, sentAt } = message;
    // Somebody may have been faster: then it is not where we saw it.
    if (!(await manager.existsBy(Message, { id: message.id, conversationId }))) throw new Conflict('Somebody moved this message just now.');
    const later = { conversationId, kind: In(['message', 'note']), sentAt: MoreThanOrEqual(sentAt) };
    const found = andLater ? await manager.find(Message, { where: later, order: { sentAt: 'ASC', id: 'ASC' } }) : [message];
    const moved = found.filter(({ id, sentAt: at }) => at > sentAt || id >= message.id);
    const leaving = { messageId: In(moved.map(({ id }) => id)), state: In(['queued', 'sending']) };
    if (await manager.existsBy(Delivery, leaving))
      throw new Conflict('A reply among them is on its way. Wait until it has been sent, or take it back.');
    return moved;
  }

  private async open(manager: EntityManager, message: Message, from: Conversation): Promise<Conversation> {
    await manager.increment(Counter, { name: 'conversation' }, 'value', 1);
    const { value: number } = await manager.findOneByOrFail(Counter, { name: 'conversation' });
    const identity = await customerOf(manager, message, from);
    const { id: identityId, contactId } = identity;
    const { channelId, kind } = from;
    const subject = subjectOf(message) ?? from.subject;
    const id = newId();
    const { sentAt: lastMessageAt } = message;
    await manager.insert(Conversation, {
      id,
      number,
      channelId,
      contactId,
      identityId,
      kind,
      subject,
      lastMessageAt,
      unread: false,
      createdAt: new Date(),
    });
    await addParticipants(manager, id, identity.scope, [identity.externalId]);
    return manager.findOneByOrFail(Conversation, { id });
  }

  /** Its own keys go with a message, so that answers to it follow; its sender is no longer guessed to where it was. */
  private async carry(manager: EntityManager, moved: Message[], from: Conversation, into: Conversation, by: User): Promise<void> {
    const ids = moved.map(({ id }) => id);
    const placedBy = { rule: 'moved-by-agent', evidence: by.name };
    await manager.update(Message, { id: In(ids) }, { conversationId: into.id, placedBy });
    await manager.update(ThreadKey, { messageId: In(ids), conversationId: from.id }, { conversationId: into.id });
    const { scope } = await manager.findOneByOrFail(Identity, { id: from.identityId });
    const { address } = await manager.findOneByOrFail(Channel, { id: from.channelId });
    const people = moved.flatMap(addressesIn).filter((one) => one !== address.toLowerCase());
    const senders = await sendersOf(manager, moved);
    await addParticipants(manager, into.id, scope, [...people, ...senders]);
    if (senders.length) {
      await manager.update(Participant, { conversationId: from.id, externalId: In(senders) }, { excluded: true });
      await manager.update(Participant, { conversationId: into.id, externalId: In(senders) }, { excluded: false });
    }
    await linkConversations(
      manager,
      ...(from.number < into.number ? ([into.id, from.id] as const) : ([from.id, into.id] as const)),
      'moved',
    );
    for (const { id } of [from, into]) await recount(manager, id);
    if (!(await hasWordsOfPeople(manager, from.id)))
      await manager.update(Conversation, from.id, { status: 'closed', closedAt: new Date(), snoozedUntil: null, unread: false });
    else if (into.status === 'closed' && moved.some(({ direction, human }) => direction === 'inbound' && human))
      await manager.update(Conversation, into.id, { status: 'open', snoozedUntil: null });
  }

  private async tell(manager: EntityManager, moved: Message[], from: Conversation, into: Conversation, by: User, isNew: boolean) {
    const what = moved.length === 1 ? 'a message' : `${moved.length} messages`;
    await this.changes.write(
      manager,
      await addEvent(manager, from, by, `moved ${what} to conversation ${into.number}`),
      await addEvent(manager, into, by, `moved ${what} here from conversation ${from.number}`),
      ...moved.map(({ id }) => ({ type: 'message.updated' as const, conversationId: into.id, messageId: id })),
      { type: 'conversation.updated', conversationId: from.id },
      { type: isNew ? 'conversation.created' : 'conversation.updated', conversationId: into.id },
    );
  }
}

function refuse(message: Message, from: Conversation, targetId: string | null, target: Conversation | null): void {
  if (message.kind === 'event') throw new Invalid('This line only tells what happened here; it cannot be moved.');
  if (from.kind !== 'email')
    throw new Invalid('In chats and comments the platform itself says what belongs together; only mails can be moved.');
  if (message.kind === 'note' && !targetId) throw new Invalid('A note alone makes no conversation. Move it with the message it is about.');
  if (!targetId) return;
  const fault = (said: string) => new Invalid(said, [{ path: 'conversationId', message: 'cannot take this message' }]);
  if (!target) throw fault('There is no such conversation to move it to.');
  if (target.id === from.id) throw new Conflict('The message is in this conversation already.');
  if (target.channelId !== from.channelId)
    throw fault(
      'That conversation belongs to another channel. A message can only be moved within its own, because answers leave from there.',
    );
}

/** Nobody answers a conversation in which nothing is left, or only the automatic answer. */
const hasWordsOfPeople = (manager: EntityManager, conversationId: string): Promise<boolean> =>
  manager.existsBy(Message, [
    { conversationId, kind: 'message', direction: 'inbound' },
    { conversationId, kind: 'message', direction: 'outbound', human: true },
  ]);

/** Both at once, in one order for everybody. */
async function lock(manager: EntityManager, ...ids: string[]): Promise<void> {
  for (const id of ids.sort()) await manager.increment(Conversation, { id }, 'version', 1);
}

/** As the new conversation's customer: who wrote it, or of our own reply whom it went to. */
async function customerOf(manager: EntityManager, message: Message, from: Conversation): Promise<Identity> {
  const usual = await manager.findOneByOrFail(Identity, { id: from.identityId });
  if (message.direction === 'outbound' || !message.authorId || usual.contactId === message.authorId) return usual;
  const identities = await manager.findBy(Identity, { contactId: message.authorId, scope: usual.scope });
  const named = new Set(addressesIn(message));
  return identities.find(({ externalId }) => named.has(externalId)) ?? identities[0] ?? usual;
}

async function sendersOf(manager: EntityManager, moved: Message[]): Promise<string[]> {
  const contacts = moved.flatMap(({ direction, authorId }) => (direction === 'inbound' && authorId ? authorId : []));
  const identities = contacts.length ? await manager.findBy(Identity, { contactId: In(contacts) }) : [];
  return [...new Set(identities.map(({ externalId }) => externalId.toLowerCase()))];
}
