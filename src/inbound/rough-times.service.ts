import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Message } from '../conversations/message.entity.js';
import { recount } from '../conversations/recount.js';
import { transact } from '../database/data-source.js';
import { holdConversation } from '../database/turns.js';
import { Changes } from '../realtime/changes.service.js';

/** Learns when messages were written of which a platform only told when it told of them, so that they stand in the right order. */
@Injectable()
export class RoughTimes {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly changes: Changes,
  ) {}

  /** Asks for the time of a message unless it is known. Throws ConnectorError. */
  async ask(channel: Channel, externalId: string): Promise<void> {
    const { timeOf } = this.connectors.of(channel);
    if (!timeOf) return;
    const message = await this.database.manager.findOneBy(Message, { channelId: channel.id, externalId });
    if (!message?.roughSince) return;
    const at = await timeOf(externalId, await this.channels.access(channel));
    await transact(this.database, (manager) => this.note(manager, message, at));
    this.changes.announce();
  }

  /** Nobody tells of what is not written yet, so it can only be earlier. What was moved meanwhile is asked for again. */
  private async note(manager: EntityManager, { id, conversationId, sentAt }: Message, at: Date | null): Promise<void> {
    await holdConversation(manager, conversationId);
    const isEarlier = at !== null && at < sentAt;
    const { affected } = await manager.update(Message, { id, conversationId }, { roughSince: null, ...(isEarlier && { sentAt: at }) });
    if (!affected || !isEarlier) return;
    await recount(manager, conversationId);
    await this.changes.write(
      manager,
      { type: 'message.updated', conversationId, messageId: id },
      { type: 'conversation.updated', conversationId },
    );
  }
}
