import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { noteApplied } from '../conversations/ledger-rows.js';
import { MessageChange } from '../conversations/message-change.entity.js';
import { Message } from '../conversations/message.entity.js';
import { Receipts, type Watermark } from '../conversations/receipts.service.js';
import { keepWaiting } from '../conversations/waiting-changes.js';
import { newId } from '../database/columns.js';
import { awaitTurn } from '../database/turns.js';
import { Changes } from '../realtime/changes.service.js';
import type { Occasion } from './occasion.js';

/** What a platform tells of a chat as a whole: how far the customer got in it, and who holds it. */
export type ChatMark = (Watermark & { kind: 'watermark' }) | { kind: 'control'; holder: string | null };

/** As it is kept while the chat is not here: `JSON` has no dates. */
type Kept =
  | { kind: 'watermark'; state: Watermark['state']; until: string; backfill: boolean }
  | { kind: 'control'; holder: string | null; backfill: boolean };

/** Beside the messages' own ids, which no such name can be. */
const keptUnder = (threadKey: string) => `chat ${threadKey}`;

/** Applies what is told of a chat as a whole, when it comes or once the chat is here. In the caller's transaction. */
@Injectable()
export class ChatMarks {
  constructor(
    private readonly receipts: Receipts,
    private readonly changes: Changes,
  ) {}

  /** False when the chat is not here, and the mark kept until it is. */
  async take(
    manager: EntityManager,
    { channel, eventId, backfill }: Occasion,
    threadKey: string,
    mark: ChatMark,
    at: Date,
  ): Promise<boolean> {
    await awaitTurn(manager, channel.id, keptUnder(threadKey));
    const chat = await manager.findOneBy(ThreadKey, { channelId: channel.id, key: threadKey });
    if (chat) {
      await this.apply(manager, chat.conversationId, mark, at, backfill);
      return true;
    }
    const key = `${keptUnder(threadKey)} ${at.toISOString()} ${JSON.stringify(mark)}`;
    const row = { id: newId(), channelId: channel.id, ofExternalId: keptUnder(threadKey), key, at, change: { ...mark, backfill } };
    return !(await keepWaiting(manager, { ...row, inboundEventId: eventId }));
  }

  /** Applies what was told of a chat before its first message came. */
  async opened(manager: EntityManager, channelId: string, conversationId: string, threadKeys: string[]): Promise<void> {
    for (const threadKey of threadKeys) await awaitTurn(manager, channelId, keptUnder(threadKey));
    const rows = await manager.findBy(MessageChange, { channelId, ofExternalId: In(threadKeys.map(keptUnder)) });
    for (const { id, at, change, inboundEventId } of rows.toSorted((one, other) => one.at.getTime() - other.at.getTime())) {
      const kept = change as Kept;
      const mark: ChatMark = kept.kind === 'control' ? kept : { ...kept, until: new Date(kept.until) };
      await this.apply(manager, conversationId, mark, at, kept.backfill);
      await manager.delete(MessageChange, id);
      await noteApplied(manager, [inboundEventId]);
    }
  }

  private async apply(manager: EntityManager, conversationId: string, mark: ChatMark, at: Date, backfill: boolean): Promise<void> {
    if (mark.kind === 'watermark') return this.receipts.raise(manager, conversationId, mark);
    await this.handOver(manager, conversationId, mark.holder, at, backfill);
  }

  /** By the platform's clock: what is older than the latest says nothing about who holds it. That some app does keeps the name it is known by. */
  private async handOver(manager: EntityManager, conversationId: string, told: string | null, at: Date, backfill: boolean): Promise<void> {
    // First, because it locks the row: of two at once the second sees what the first wrote.
    await manager.increment(Conversation, { id: conversationId }, 'version', 1);
    const { channelId, heldBy, heldAt } = await manager.findOneByOrFail(Conversation, { id: conversationId });
    if (heldAt && heldAt >= at) return;
    const holder = isUnnamed(told) && heldBy !== null ? heldBy : told;
    await manager.update(Conversation, conversationId, { heldBy: holder, heldAt: at });
    if (heldBy === holder) return;
    const isTurn = (heldBy === null) !== (holder === null);
    if (isTurn && !backfill) {
      const text = holder === null ? `${nameOf(heldBy!)} gave this chat back` : `${nameOf(holder)} took this chat over`;
      const messageId = await addLine(manager, { conversationId, channelId, text, at });
      await this.changes.write(manager, { type: 'message.created', conversationId, messageId });
    }
    await this.changes.write(manager, { type: 'conversation.updated', conversationId });
  }
}

/** What takes chats over is an app, as far as it is named. */
const nameOf = (holder: string): string => (isUnnamed(holder) ? 'Another app' : `Another app (${holder})`);

const isUnnamed = (holder: string | null): boolean => holder?.toLowerCase() === 'another app';

/** A line in the timeline, at its own time. */
async function addLine(
  manager: EntityManager,
  { conversationId, channelId, text, at }: { conversationId: string; channelId: string; text: string; at: Date },
): Promise<string> {
  const id = newId();
  await manager.insert(Message, {
    ...{ id, conversationId, channelId, kind: 'event' as const, direction: 'outbound' as const, authorType: 'system' as const },
    ...{ sentAt: at, receivedAt: new Date(), text, reactions: [] },
  });
  return id;
}
