import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { transact } from '../database/data-source.js';
import { Conflict, Invalid, Problem } from '../errors.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes, type NewChange } from '../realtime/changes.service.js';
import { Composition } from './composition.service.js';
import { Conversation } from './conversation.entity.js';
import { Delivery, type DeliveryState, noError } from './delivery.entity.js';
import { Message } from './message.entity.js';
import { giveBackPrivateReply, takePrivateReply } from './private-replies.js';
import { hasLost, onceMore } from './recipient-fates.js';
import { partsOf, type SentPart } from './reply-parts.js';

/** Deliveries that go once more, and why others do not, by their ids. */
export interface Retried {
  retried: string[];
  refused: Map<string, Problem>;
}

/**
 * Sends replies again that failed or missed some of their recipients, or that an agent decided to risk sending twice. Of one in
 * several messages everything goes on that has surely not left, and nothing that has; of what may have left only what is named.
 */
@Injectable()
export class Retries {
  constructor(
    private readonly database: DataSource,
    private readonly composition: Composition,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  /** All in one transaction, so they should not be more than some hundred. One that cannot go holds up none of the others. */
  async again(deliveries: Delivery[]): Promise<Retried> {
    const refused = new Map<string, Problem>();
    const allowed: SentPart[] = [];
    for (const { part, conversation } of await this.found(deliveries)) {
      const against = await this.against(part, conversation);
      if (against) refused.set(part.delivery.id, against);
      else allowed.push(part);
    }
    const { restarted, late } = await transact(this.database, (manager) => this.restartAll(manager, allowed));
    this.changes.announce();
    await this.queue.addOutbound(restarted.map((id) => ({ id, attempts: 0, notBefore: null })));
    return { retried: allowed.flatMap(({ delivery: { id } }) => (late.has(id) ? [] : id)), refused: new Map([...refused, ...late]) };
  }

  private async found(deliveries: Delivery[]): Promise<Array<{ part: SentPart; conversation: Conversation }>> {
    const { manager } = this.database;
    const messages = await manager.findBy(Message, { id: In(deliveries.map(({ messageId }) => messageId)) });
    const ids = [...new Set(messages.map(({ conversationId }) => conversationId))];
    const conversations = new Map((await manager.findBy(Conversation, { id: In(ids) })).map((row) => [row.id, row]));
    return deliveries.flatMap((delivery) => {
      const message = messages.find(({ id }) => id === delivery.messageId);
      return message ? [{ part: { message, delivery }, conversation: conversations.get(message.conversationId)! }] : [];
    });
  }

  private async against({ message, delivery }: SentPart, conversation: Conversation): Promise<Problem | null> {
    if (!isRestartable(delivery))
      return new Conflict(`This reply is ${delivery.state}; only one that failed or is uncertain can be sent again.`);
    try {
      await this.composition.openAgain(conversation, message, delivery);
      return null;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  /** `restarted`: which to hurry along; whoever has sent a message of a reply adds the next one. */
  private async restartAll(manager: EntityManager, replies: SentPart[]): Promise<{ restarted: string[]; late: Map<string, Problem> }> {
    const restarted: string[] = [];
    const all = new Set<string>();
    const late = new Map<string, Problem>();
    for (const reply of replies) {
      // Several messages of one reply may have been named: the first took the others along.
      if (all.has(reply.delivery.id)) continue;
      const again = await this.restartReply(manager, reply);
      if (again instanceof Problem) late.set(reply.delivery.id, again);
      else {
        restarted.push(again[0]!.delivery.id);
        for (const { delivery } of again) all.add(delivery.id);
      }
    }
    return { restarted, late };
  }

  private async restartReply(manager: EntityManager, { message, delivery }: SentPart): Promise<SentPart[] | Problem> {
    const isPrivate = delivery.state === 'failed' && message.mode === 'private';
    const taken = isPrivate ? await takePrivateReply(manager, message) : [];
    if (!taken) return new Invalid('This comment was answered privately meanwhile, and the platform allows that once.');
    if (!(await restart(manager, delivery))) {
      if (isPrivate) await giveBackPrivateReply(manager, message);
      return new Conflict('Somebody sent this again just now, or decided that it needs nothing more.');
    }
    const again = (await partsOf(manager, message)).filter((part) => part.delivery.id === delivery.id || part.delivery.state === 'failed');
    for (const part of again) if (part.delivery.id !== delivery.id) await restart(manager, part.delivery);
    await this.changes.write(manager, ...again.map(updated), ...taken);
    return again;
  }
}

const updated = ({ message: { id: messageId, conversationId } }: SentPart): NewChange => ({
  type: 'message.updated',
  conversationId,
  messageId,
});

const isRestartable = ({ state, recipients }: Delivery): boolean =>
  ['failed', 'uncertain'].includes(state) || (hasLeft(state) && hasLost(recipients));

const hasLeft = (state: DeliveryState): boolean => ['sent', 'delivered', 'read'].includes(state);

/** Whether it was still as it had been seen. */
async function restart(manager: EntityManager, { id, fence, state, recipients, troubleAt }: Delivery): Promise<boolean> {
  const seen = { id, fence, state, troubleAt: troubleAt ? Not(IsNull()) : IsNull() };
  const fresh = { state: 'queued' as const, attempts: 0, nextAttemptAt: new Date(), undoUntil: null, committedAt: null };
  const well = { ...noError, troubleAt: null, recipients: onceMore(recipients), updatedAt: new Date() };
  const { affected } = await manager.update(Delivery, seen, { ...fresh, ...well });
  return !!affected;
}
