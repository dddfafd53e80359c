import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { transact } from '../database/data-source.js';
import type { User } from '../people/user.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { addEvent } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Message } from './message.entity.js';

/** Replies that did not arrive and need nothing more: somebody called, or it does not matter any longer. */
@Injectable()
export class Dismissals {
  constructor(
    private readonly database: DataSource,
    private readonly changes: Changes,
  ) {}

  /** Takes them off the list of what to see to, and says so in their conversations; all in one transaction. Resolves with the ids of those that were on it. */
  async dismiss(deliveries: Delivery[], by: User): Promise<string[]> {
    const dismissed = await transact(this.database, async (manager) => {
      const done: string[] = [];
      for (const delivery of deliveries) if (await this.dismissOne(manager, delivery, by)) done.push(delivery.id);
      return done;
    });
    this.changes.announce();
    return dismissed;
  }

  /** False when it is not as it was seen: sent again, arrived after all, or dismissed by somebody else. */
  private async dismissOne(manager: EntityManager, delivery: Delivery, by: User): Promise<boolean> {
    const { id, state, fence, messageId } = delivery;
    const seen = { id, state, fence, troubleAt: Not(IsNull()) };
    const { affected } = await manager.update(Delivery, seen, { troubleAt: null, updatedAt: new Date() });
    if (!affected) return false;
    const { conversationId, channelId } = await manager.findOneByOrFail(Message, { id: messageId });
    const line = await addEvent(manager, { id: conversationId, channelId }, by, wordsFor(delivery));
    await this.changes.write(manager, line, { type: 'message.updated', conversationId, messageId });
    return true;
  }
}

function wordsFor({ state }: Delivery): string {
  if (state === 'uncertain') return 'settled the reply of which nobody knew whether it had arrived';
  const which = state === 'failed' ? 'did not reach the customer' : 'did not reach everybody it was for';
  return `settled the reply that ${which}: it needs nothing more`;
}
