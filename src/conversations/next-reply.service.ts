import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { JobQueue } from '../queue/jobs.js';
import { Delivery } from './delivery.entity.js';

/** Replies of a conversation leave one after another: each that is over hurries the one that has waited for it. */
@Injectable()
export class NextReply {
  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
  ) {}

  async hurry(conversationId: string, delivery: Pick<Delivery, 'id'>): Promise<void> {
    const next = await nextReply(this.database.manager, conversationId, delivery);
    if (next) await this.queue.addOutbound([{ id: next.id, attempts: next.attempts, notBefore: next.nextAttemptAt }]);
  }
}

/** Of the replies that were written after this one and wait, that which is due first. */
export function nextReply(manager: EntityManager, conversationId: string, { id }: Pick<Delivery, 'id'>): Promise<Delivery | null> {
  return manager
    .createQueryBuilder(Delivery, 'd')
    .where(`d.id IN (${queuedAfter})`, { conversationId, id })
    .orderBy('d.nextAttemptAt')
    .addOrderBy('d.id')
    .getOne();
}

/** Crossed, because SQLite keeps that order: a conversation has fewer messages than a channel that is held has replies. */
const queuedAfter = `
  SELECT later.id FROM message m CROSS JOIN delivery later
  WHERE m.conversation_id = :conversationId AND later.message_id = m.id AND later.id > :id AND later.state = 'queued'`;
