import { Entity, ForeignKey, Unique } from 'typeorm';
import { Id, Int, Ref, Text, Time, optional } from '../database/columns.js';
import { Delivery, type FailureKind } from './delivery.entity.js';

/**
 * `sent`: the platform took it; `failed`: it surely did not; `unknown`: it may have; `abandoned`: the process that made the
 * attempt died or was paused, and another one took over.
 */
export const attemptOutcomes = ['sent', 'failed', 'unknown', 'abandoned'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One attempt to send a reply, written when it ended. */
@Entity()
@Unique('uq_delivery_attempt_fence', ['deliveryId', 'fence'])
export class DeliveryAttempt {
  @Id() id: string;
  @Ref() @ForeignKey(() => Delivery, { name: 'fk_delivery_attempt_delivery', onDelete: 'CASCADE' }) deliveryId: string;
  /** The delivery's at that time: each claim has its own. */
  @Int() fence: number;
  /** Counted from 1, and anew when an agent sends it again. */
  @Int() number: number;
  @Time() startedAt: Date;
  /** When the first byte was about to leave that the customer could receive; null when it came not so far. */
  @Time(optional) committedAt: Date | null;
  @Time() endedAt: Date;
  @Text() outcome: AttemptOutcome;
  /** Of what did not succeed. */
  @Text(optional) kind: FailureKind | null;
  /** The platform's own code. */
  @Text(optional) code: string | null;
  /** What the platform said, or why there was no answer, in plain words. */
  @Text(optional) answer: string | null;
  @Time(optional) nextAttemptAt: Date | null;
}
