import { type EntityManager } from 'typeorm';
import { newId } from '../database/columns.js';
import { type Delivery, type FailureKind } from './delivery.entity.js';
import { type AttemptOutcome, DeliveryAttempt } from './delivery-attempt.entity.js';

/** How an attempt ended; `answer` is what the platform said, in plain words. */
export interface AttemptEnd {
  outcome: AttemptOutcome;
  kind?: FailureKind | null;
  code?: string | null;
  answer?: string | null;
  nextAttemptAt?: Date | null;
}

type Attempt = Pick<Delivery, 'id' | 'fence' | 'attempts' | 'attemptAt' | 'committedAt'>;

/**
 * Writes how the attempt ended that `delivery` was when it was made; what is found out later takes the place of what was thought
 * before. In the transaction that settles the delivery, which has locked its row.
 */
export async function noteAttempt(manager: EntityManager, delivery: Attempt, end: AttemptEnd): Promise<void> {
  const { id: deliveryId, attemptAt: startedAt } = delivery;
  if (!startedAt) return;
  const { outcome, kind = null, code = null, answer = null, nextAttemptAt = null } = end;
  const ended = { outcome, kind, code, answer, nextAttemptAt, committedAt: delivery.committedAt, endedAt: new Date() };
  const { affected } = await manager.update(DeliveryAttempt, { deliveryId, startedAt }, ended);
  if (affected) return;
  await manager.insert(DeliveryAttempt, {
    ...{ id: newId(), deliveryId, fence: delivery.fence, number: delivery.attempts, startedAt },
    ...ended,
  });
}

/** Whether it is written already how this attempt ended. */
export const isNoted = (manager: EntityManager, { id: deliveryId, attemptAt }: Attempt): Promise<boolean> =>
  attemptAt ? manager.existsBy(DeliveryAttempt, { deliveryId, startedAt: attemptAt }) : Promise.resolve(true);

/** When a reply was first tried, since an agent last sent it: what each attempt of that round counts from. */
export async function triedSince(manager: EntityManager, { id: deliveryId, attempts, attemptAt }: Attempt): Promise<Date> {
  const first = attempts > 1 && (await manager.findOne(DeliveryAttempt, { where: { deliveryId, number: 1 }, order: { fence: 'DESC' } }));
  return (first || null)?.startedAt ?? attemptAt ?? new Date();
}
