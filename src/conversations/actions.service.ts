import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { MessageChange as Change, Moderation } from '#libs/connector';
import { newId } from '../database/columns.js';
import { transact } from '../database/data-source.js';
import { Conflict, Invalid, NotFound } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation } from './conversation.entity.js';
import type { ConversationView, MessageView } from './conversation.view.js';
import { addEvent, Conversations } from './conversations.service.js';
import { MessageChange } from './message-change.entity.js';
import { MessageChanges } from './message-changes.service.js';
import { Message } from './message.entity.js';
import { allowedModeration, changeBy, isDone, wordsFor } from './moderation.js';
import { PlatformCalls } from './platform-calls.service.js';

type Known = Message & { externalId: string };

/** What agents do at a platform that is no message. First there, then here: what is noted has happened. */
@Injectable()
export class Actions {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly platform: PlatformCalls,
    private readonly messageChanges: MessageChanges,
    private readonly changes: Changes,
  ) {}

  /** Hides, likes or deletes a comment, or takes that back. */
  async moderate(messageId: string, moderation: Moderation, by: User): Promise<MessageView> {
    const { message, conversation } = await this.find(messageId);
    const { channel, connector } = await this.platform.channelOf(conversation);
    const allowed = allowedModeration(message, conversation.kind, connector.capabilities.moderation);
    if (!allowed.includes(moderation)) {
      if (conversation.kind === 'comment' && isDone(moderation, message)) return this.conversations.messageView(messageId);
      throw new Invalid(`This cannot be done to this message: ${wordsAgainst(message, conversation)}`);
    }
    await this.platform.act(channel, { kind: 'moderate', of: message.externalId, moderation });
    return this.note(message, conversation, changeBy[moderation], (manager) => addEvent(manager, conversation, by, wordsFor[moderation]));
  }

  /** Puts our reaction on a customer's message, or with null takes it back. */
  async react(messageId: string, emoji: string | null): Promise<MessageView> {
    const { message, conversation } = await this.find(messageId);
    const { channel, connector } = await this.platform.channelOf(conversation);
    const { reactions } = connector.capabilities;
    if (conversation.kind !== 'dm' || message.direction !== 'inbound' || message.kind !== 'message' || !reactions.length)
      throw new Invalid('Only messages of customers in chats can be reacted to, where the platform knows reactions.');
    if (message.deletedAt) throw new Invalid('The customer took this message back.');
    if (emoji !== null && !reactions.includes(emoji))
      throw new Invalid(`${connector.label} knows only these reactions: ${reactions.join(' ')}`, [
        { path: 'emoji', message: `must be one of ${reactions.join(' ')}, or null` },
      ]);
    const customer = await this.platform.customerOf(conversation);
    await this.platform.act(channel, { kind: 'react', of: message.externalId, customer, emoji });
    return this.note(message, conversation, { kind: 'reaction', by: null, emoji });
  }

  /** Takes a chat over that another app holds. */
  async takeOver(conversationId: string, by: User): Promise<ConversationView> {
    const conversation = await this.conversations.row(conversationId);
    const { heldBy } = conversation;
    if (!heldBy) throw new Conflict('Nobody else holds this chat; you can answer it.');
    const { channel } = await this.platform.channelOf(conversation);
    await this.platform.act(channel, { kind: 'take-over', customer: await this.platform.customerOf(conversation) });
    await transact(this.database, async (manager) => {
      await manager.update(Conversation, conversationId, { heldBy: null, heldAt: new Date(), version: () => 'version + 1' });
      const line = await addEvent(manager, conversation, by, `took this chat over from ${heldBy}`);
      await this.changes.write(manager, line, { type: 'conversation.updated', conversationId });
    });
    this.changes.announce();
    return this.conversations.get(conversationId);
  }

  private async note(
    message: Known,
    conversation: Conversation,
    change: Change,
    told?: (manager: EntityManager) => ReturnType<typeof addEvent>,
  ): Promise<MessageView> {
    const { channelId, externalId: ofExternalId } = message;
    const at = new Date();
    await transact(this.database, async (manager) => {
      const row = { id: newId(), channelId, ofExternalId, key: `ours:${newId()}`, at, change, inboundEventId: null };
      await manager.insert(MessageChange, row);
      await this.messageChanges.apply(manager, channelId, ofExternalId);
      if (told) await this.changes.write(manager, await told(manager));
      await this.changes.write(
        manager,
        { type: 'message.updated', conversationId: conversation.id, messageId: message.id },
        { type: 'conversation.updated', conversationId: conversation.id },
      );
    });
    this.changes.announce();
    return this.conversations.messageView(message.id);
  }

  private async find(id: string): Promise<{ message: Known; conversation: Conversation }> {
    const message = await this.database.manager.findOneBy(Message, { id });
    if (!message) throw new NotFound('There is no such message.');
    const { externalId } = message;
    if (externalId === null) throw new Invalid('The platform does not know this message, at least not yet.');
    return { message: { ...message, externalId }, conversation: await this.conversations.row(message.conversationId) };
  }
}

function wordsAgainst({ deletedAt, mode, direction }: Message, { kind }: Conversation): string {
  if (kind !== 'comment') return 'it is no public comment.';
  if (deletedAt) return 'it is deleted.';
  if (mode === 'private') return 'it was sent privately, and the platform takes nothing back there.';
  return direction === 'outbound' ? 'our own answers can only be deleted.' : 'the platform offers no such thing.';
}
