import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import type { ChangeEvent, Person } from '#libs/connector';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { awaitTurn } from '../database/turns.js';
import { Changes } from '../realtime/changes.service.js';
import { connectAnswers } from './answers.js';
import { Conversation } from './conversation.entity.js';
import { MessageChange } from './message-change.entity.js';
import { type Folded, fold, type KeptChange } from './message-fold.js';
import { messageNamed, namesOf } from './message-names.js';
import { Message, type Reaction } from './message.entity.js';
import { noteAction, recount, refreshPreview, showUnread } from './recount.js';
import { isReceipt, Receipts } from './receipts.service.js';
import { arrivedFor, keepWaiting } from './waiting-changes.js';
import { forgetContent, withoutContent } from './withdrawal.js';

/** What platforms tell of messages after they were written. All of it is kept, and a message shows what all of it together makes of it. */
@Injectable()
export class MessageChanges {
  constructor(
    private readonly receipts: Receipts,
    private readonly changes: Changes,
  ) {}

  /**
   * Keeps a change, once, and applies it when its message is here; false when it has to wait for it. A question that is
   * edited has to be read again, so it turns up as unread, but a closed conversation stays closed: most edits mend a typo.
   */
  async take(manager: EntityManager, channelId: string, event: ChangeEvent, inboundEventId: string, backfill: boolean): Promise<boolean> {
    const { of: ofExternalId, key, at, change } = event;
    await awaitTurn(manager, channelId, ofExternalId);
    const message = await messageNamed(manager, channelId, ofExternalId);
    const row = { id: newId(), channelId, ofExternalId, key, at, change, inboundEventId };
    if (!message) return !(await keepWaiting(manager, row));
    await insertNew(manager, MessageChange, { ...row, waitingSince: null });
    await this.settleOf(manager, message, !backfill);
    return true;
  }

  /**
   * Makes a message show what all changes make of it that are known under its ids, in whatever order they came, and settles
   * what else waited for it: receipts, and messages that answer it. Call it when a change was written, when a message was,
   * and when one of ours gets to know its `externalId`. False when the message is not here.
   */
  apply(manager: EntityManager, channelId: string, ofExternalId: string): Promise<boolean> {
    return this.settle(manager, channelId, ofExternalId, false);
  }

  /** Something was learnt of a person. A name, which platforms often tell only later, goes to all they wrote and to their reactions. */
  async introduce(manager: EntityManager, contactId: string, name: string | null): Promise<void> {
    if (name) {
      await manager.update(Message, { authorId: contactId, authorType: 'contact', authorName: IsNull() }, { authorName: name });
      await this.nameReactions(manager, contactId);
    }
    const affected = await manager.find(Conversation, { select: { id: true }, where: { contactId } });
    const news = affected.map(({ id }) => ({ type: 'conversation.updated' as const, conversationId: id }));
    if (news.length) await this.changes.write(manager, ...news);
  }

  private async nameReactions(manager: EntityManager, contactId: string): Promise<void> {
    const reacted = await manager
      .createQueryBuilder(Message, 'm')
      .innerJoin(Conversation, 'c', 'c.id = m.conversation_id')
      .where(`c.contact_id = :contactId AND m.reactions <> '[]' AND m.external_id IS NOT NULL`, { contactId })
      .getMany();
    for (const { channelId, externalId } of reacted) await this.apply(manager, channelId, externalId!);
  }

  /**
   * Connects a message that has just been written under these ids, its own first, with the answers that came before it, and
   * resolves with what was told of it before: for {@link arrived}, once its conversation knows of it. Apart, because nobody
   * may wait for a turn while others wait for the conversation.
   */
  async awaiting(manager: EntityManager, message: Message, names: [string, ...string[]]): Promise<MessageChange[]> {
    // Under any of them something may be told right now. Always in the same order, so that nobody waits in a circle.
    for (const name of [...new Set(names)].sort()) await awaitTurn(manager, message.channelId, name);
    await this.tell(manager, await connectAnswers(manager, message, names));
    return manager.findBy(MessageChange, { channelId: message.channelId, ofExternalId: In(names) });
  }

  /** Makes a new message show what was told of it before. */
  async arrived(manager: EntityManager, message: Message, names: string[], kept: MessageChange[]): Promise<void> {
    if (kept.length || message.direction === 'outbound') await this.settleKept(manager, message, names, kept, false);
  }

  private async settle(manager: EntityManager, channelId: string, externalId: string, isNews: boolean): Promise<boolean> {
    await awaitTurn(manager, channelId, externalId);
    const message = await messageNamed(manager, channelId, externalId);
    if (message) await this.settleOf(manager, message, isNews);
    return message !== null;
  }

  private async settleOf(manager: EntityManager, { id, channelId }: Message, isNews: boolean): Promise<void> {
    // Under another of its names somebody may be telling of it at this very moment; what they wrote is read afterwards.
    await awaitTurn(manager, 'message', id);
    const message = await manager.findOneByOrFail(Message, { id });
    const names = await namesOf(manager, message);
    await this.settleKept(manager, message, names, await manager.findBy(MessageChange, { channelId, ofExternalId: In(names) }), isNews);
    await this.tell(manager, await connectAnswers(manager, message, names));
  }

  private async settleKept(
    manager: EntityManager,
    message: Message,
    names: string[],
    kept: MessageChange[],
    isNews: boolean,
  ): Promise<void> {
    const changes = kept.filter((row): row is MessageChange & KeptChange => !isReceipt(row));
    if (changes.length) await this.show(manager, message, names, fold(changes), isNews);
    const receipts = kept.filter(isReceipt);
    await this.receipts.catchUp(manager, message, receipts);
    await arrivedFor(manager, changes, receipts);
  }

  private async show(manager: EntityManager, message: Message, names: string[], folded: Folded, isNews: boolean): Promise<void> {
    const { id, direction } = message;
    if (folded.reactedAt) await noteAction(manager, message.conversationId, folded.reactedAt);
    if (folded.withdrawnAt) await forgetContent(manager, message, names);
    const patch = differences(message, await columnsOf(manager, message, folded));
    if (!Object.keys(patch).length) return;
    const conversationId = await lockConversationOf(manager, message);
    await manager.update(Message, id, patch);
    if ('deletedAt' in patch) await recount(manager, conversationId);
    else if ('text' in patch) await refreshPreview(manager, conversationId);
    if ('text' in patch && !folded.withdrawnAt && isNews && direction === 'inbound') await showUnread(manager, conversationId);
    await this.tell(manager, [{ id, conversationId }]);
    await this.changes.write(manager, { type: 'conversation.updated', conversationId });
  }

  private async tell(manager: EntityManager, messages: Array<Pick<Message, 'id' | 'conversationId'>>): Promise<void> {
    const news = messages.map(({ id, conversationId }) => ({ type: 'message.updated' as const, conversationId, messageId: id }));
    if (news.length) await this.changes.write(manager, ...news);
  }
}

/** Before the message itself, as everybody does it in this order. Resolves with the conversation, which another may have put it into meanwhile. */
async function lockConversationOf(manager: EntityManager, { id, conversationId }: Message): Promise<string> {
  const { affected } = await manager.increment(Conversation, { id: conversationId }, 'version', 1);
  return affected ? conversationId : lockConversationOf(manager, await manager.findOneByOrFail(Message, { id }));
}

async function columnsOf(manager: EntityManager, message: Message, folded: Folded): Promise<Partial<Message>> {
  const { edit, withdrawnAt, reactions } = folded;
  const flags = { hidden: folded.hidden ?? message.hidden, liked: folded.liked ?? message.liked };
  if (withdrawnAt) return { ...flags, ...withoutContent, deletedAt: withdrawnAt };
  const said = message.originalText ?? message.text;
  const edited = edit && { text: edit.text, html: null, originalText: edit.text === said ? null : said, editedAt: edit.at };
  return { ...flags, ...edited, reactions: await namedReactions(manager, reactions) };
}

/** What of the columns is not as they say already. */
function differences(message: Message, columns: Partial<Message>): Partial<Message> {
  const before: Record<string, unknown> = { ...message };
  return Object.fromEntries(Object.entries(columns).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

async function namedReactions(manager: EntityManager, reactions: Folded['reactions']): Promise<Reaction[]> {
  const named: Reaction[] = [];
  // One after the other: a transaction has one connection.
  for (const { emoji, by } of reactions) named.push({ emoji, by: by ? await nameOf(manager, by) : 'us' });
  return named;
}

async function nameOf(manager: EntityManager, { scope, id: externalId, name }: Person): Promise<string> {
  return name ?? (await manager.findOneBy(Identity, { scope, externalId }))?.name ?? 'Somebody';
}
