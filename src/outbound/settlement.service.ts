import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { ConnectorError } from '#libs/connector';
import { type AttemptEnd, isNoted, noteAttempt, triedSince } from '../conversations/attempts.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';
import { NextReply } from '../conversations/next-reply.service.js';
import { giveBackPrivateReply } from '../conversations/private-replies.js';
import { changeDelivery } from '../conversations/reopening.js';
import { transact } from '../database/data-source.js';
import { holdConversation } from '../database/turns.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes, type NewChange } from '../realtime/changes.service.js';
import { insist } from './insist.js';
import { holdLaterParts } from './later-parts.js';
import { asConnectorError, failureKindOf } from './setback.js';

/** How an attempt ended that did not surely succeed, and why. */
export interface Ending {
  outcome: AttemptEnd['outcome'];
  error: Error;
}

interface Settled {
  conversationId: string;
  /** When it is tried again; null when this was its end. */
  notBefore: Date | null;
}

/** What becomes of a delivery, by its row as it is `now` and by when it was tried first. */
type Decide = (now: Delivery, since: Date) => Partial<Delivery>;

/** Notes how attempts ended that did not succeed: in their ledger, in the delivery, and in all that follows from it. */
@Injectable()
export class Settlement {
  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
    private readonly nextReply: NextReply,
  ) {}

  /**
   * Gives the lease back, unless somebody else has it. What becomes of the delivery is decided by the row as it is now, as a
   * bounce of an earlier attempt may have come while this one was under way, and by when it was tried first. What follows is
   * its next attempt, or the reply that has waited for it.
   */
  async settle(attempt: Delivery, ending: Ending, decide: Decide): Promise<void> {
    const { notBefore, conversationId } = await insist(() =>
      transact(this.database, (manager) => this.write(manager, attempt, ending, decide)),
    );
    this.changes.announce();
    if (notBefore) await this.queue.addOutbound([{ id: attempt.id, attempts: attempt.attempts, notBefore }]);
    else await this.nextReply.hurry(conversationId, attempt);
  }

  private async write(manager: EntityManager, attempt: Delivery, ending: Ending, decide: Decide): Promise<Settled> {
    const message = await manager.findOneByOrFail(Message, { id: attempt.messageId });
    const { conversationId } = message;
    await holdConversation(manager, conversationId);
    const { affected } = await manager.update(Delivery, mine(attempt), { leaseUntil: null, updatedAt: new Date() });
    if (!affected) {
      await this.noteLate(manager, attempt, ending);
      return { conversationId, notBefore: null };
    }
    const before = await manager.findOneByOrFail(Delivery, { id: attempt.id });
    const change = decide(before, await triedSince(manager, attempt));
    const told = await changeDelivery(manager, before, change);
    await noteAttempt(manager, attempt, endOf(ending, change));
    await this.tell(manager, message, ...told);
    await this.follow(manager, message, change, ending.error);
    return { conversationId, notBefore: change.nextAttemptAt ?? null };
  }

  /** Somebody else goes on with it, or it turned out to have arrived: this attempt ended all the same. */
  private async noteLate(manager: EntityManager, attempt: Delivery, ending: Ending): Promise<void> {
    if (!(await isNoted(manager, attempt))) await noteAttempt(manager, attempt, endOf(ending, {}));
  }

  /** What a failure changes beside its delivery. */
  private async follow(manager: EntityManager, message: Message, { state }: Partial<Delivery>, error: Error): Promise<void> {
    const { heldByOther = false, noPrivateReply = false } = error instanceof ConnectorError ? error : {};
    if (heldByOther) await this.noteHolder(manager, message);
    if (state !== 'failed' && state !== 'uncertain') return;
    for (const held of await holdLaterParts(manager, message)) await this.tell(manager, held);
    if (message.mode === 'private' && state === 'failed' && !noPrivateReply) await this.giveBackPrivate(manager, message);
  }

  /** The platform does not always say who. */
  private async noteHolder(manager: EntityManager, { conversationId: id }: Message): Promise<void> {
    const held = { heldBy: 'another app', heldAt: new Date(), version: () => 'version + 1' };
    const { affected } = await manager.update(Conversation, { id, heldBy: IsNull() }, held);
    if (affected) await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
  }

  private async giveBackPrivate(manager: EntityManager, message: Message): Promise<void> {
    const { conversationId } = message;
    const comment = await giveBackPrivateReply(manager, message);
    await this.changes.write(manager, ...comment, { type: 'conversation.updated', conversationId });
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message, ...more: NewChange[]): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId }, ...more);
  }
}

/** The row, as long as it is still this claimant's. */
export const mine = ({ id, fence }: Delivery) => ({ id, fence, state: 'sending' as const });

function endOf({ outcome, error }: Ending, { nextAttemptAt = null }: Partial<Delivery>): AttemptEnd {
  const failure = asConnectorError(error);
  const kind = outcome === 'unknown' ? 'unknown' : failureKindOf(failure);
  return { outcome, kind, code: failure.code ?? null, answer: failure.message, nextAttemptAt };
}
