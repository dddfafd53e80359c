import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { transact } from '../database/data-source.js';
import type { User } from '../people/user.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { addEvent } from './conversations.service.js';
import { Delivery } from './delivery.entity.js';
import { Message } from './message.entity.js';
import { hasLost } from './recipient-fates.js';

/** Replies that did not arrive and need nothing more: somebody called, or it does not matter any longer. */
@Injectable()
export class Dismissals {
  constructor(
    private readonly database: DataSource,
    private readonly changes: Changes,
  ) {}

  /** Takes them off the list of what to see to, and says so in their conversations; all in one transaction. Resolves with the ids of those that were on it. */
  dismiss(deliveries: Delivery[], by: User): Promise<string[]> {
    return this.decide(deliveries, by, { troubleAt: null, words: settled });
  }

  /** Puts those back on the list that were dismissed, as the latest trouble. Resolves with their ids. */
  restore(deliveries: Delivery[], by: User): Promise<string[]> {
    return this.decide(deliveries.filter(isInTrouble), by, { troubleAt: new Date(), words: reopened });
  }

  private async decide(deliveries: Delivery[], by: User, decision: Decision): Promise<string[]> {
    const decided = await transact(this.database, async (manager) => {
      const done: string[] = [];
      for (const delivery of deliveries) if (await this.decideOne(manager, delivery, by, decision)) done.push(delivery.id);
      return done;
    });
    this.changes.announce();
    return decided;
  }

  /** False when it is not as it was seen: sent again, arrived after all, or decided by somebody else. */
  private async decideOne(manager: EntityManager, delivery: Delivery, by: User, { troubleAt, words }: Decision): Promise<boolean> {
    const { id, state, fence, messageId } = delivery;
    const seen = { id, state, fence, troubleAt: troubleAt ? IsNull() : Not(IsNull()) };
    const { affected } = await manager.update(Delivery, seen, { troubleAt, updatedAt: new Date() });
    if (!affected) return false;
    const { conversationId, channelId } = await manager.findOneByOrFail(Message, { id: messageId });
    const line = await addEvent(manager, { id: conversationId, channelId }, by, words(delivery));
    await this.changes.write(manager, line, { type: 'message.updated', conversationId, messageId });
    return true;
  }
}

interface Decision {
  /** Since when they wait for somebody from now on; null when they do not. */
  troubleAt: Date | null;
  words: (delivery: Delivery) => string;
}

const isInTrouble = ({ state, recipients }: Delivery): boolean => ['failed', 'uncertain'].includes(state) || hasLost(recipients);

const settled = (delivery: Delivery): string => `settled the reply ${which(delivery)}: it needs nothing more`;
const reopened = (delivery: Delivery): string => `put the reply ${which(delivery)} back on the list of those not delivered`;

function which({ state }: Delivery): string {
  if (state === 'uncertain') return 'of which nobody knew whether it had arrived';
  return state === 'failed' ? 'that did not reach the customer' : 'that did not reach everybody it was for';
}
