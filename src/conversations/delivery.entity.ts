import { Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Flag, Id, Int, Json, Ref, Text, Time, optional } from '../database/columns.js';
import { Message } from './message.entity.js';
import type { ConversationBefore } from './take-back.js';

export const deliveryStates = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'uncertain'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type RecipientState = 'queued' | 'sent' | 'delivered' | 'delayed' | 'refused' | 'failed';

/**
 * What became of a reply for one of its recipients. `queued`: the server has not taken it for them yet, and is asked again;
 * `delayed`: it took it and has not got rid of it. `message` says why, in plain words or the server's own.
 */
export interface RecipientFate {
  recipient: string;
  state: RecipientState;
  code: string | null;
  message: string | null;
}

/**
 * Why a reply did not reach its customer: `auth` (the channel has to be reconnected), `window` (too late), `refused` (the
 * platform or server says no), `bounced` (taken, and sent back later), `unavailable` and `rate-limited` (tried until its time
 * was up), `unknown` (it may have arrived), `held` (an earlier part of it did not leave).
 */
export const failureKinds = ['auth', 'window', 'refused', 'bounced', 'unavailable', 'rate-limited', 'unknown', 'held'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** The columns of a delivery that nothing is wrong with. */
export const noError = { errorKind: null, errorCode: null, errorMessage: null, errorRetryable: false, errorAction: null };

/** A reply's way to the customer: written with the message, in one transaction, before anything is sent. */
@Entity()
@Unique('uq_delivery_message', ['messageId'])
@Index('ix_delivery_due', ['state', 'nextAttemptAt'])
@Index('ix_delivery_committed', ['channelId', 'committedAt'])
@Index('ix_delivery_trouble', ['troubleAt', 'id'])
@Index('ix_delivery_channel_trouble', ['channelId', 'troubleAt', 'id'], { where: 'trouble_at IS NOT NULL' })
export class Delivery {
  @Id() id: string;
  @Ref() @ForeignKey(() => Message, { name: 'fk_delivery_message', onDelete: 'CASCADE' }) messageId: string;
  @Ref() @ForeignKey(() => Channel, { name: 'fk_delivery_channel' }) channelId: string;
  @Text({ default: 'queued' }) state: DeliveryState;
  @Int({ default: 0 }) attempts: number;
  /** When the latest attempt began; null before the first. */
  @Time(optional) attemptAt: Date | null;
  /** Not before this time; null once no attempt is due. */
  @Time(optional) nextAttemptAt: Date | null;
  /** While `sending`: when another process may conclude that the sender died. */
  @Time(optional) leaseUntil: Date | null;
  /** Grows with each claim; only the latest claimant may write. */
  @Int({ default: 0 }) fence: number;
  /** While `sending`: set right before the first byte that the customer could receive. */
  @Time(optional) committedAt: Date | null;
  @Text(optional) errorKind: FailureKind | null;
  @Text(optional) errorCode: string | null;
  @Text(optional) errorMessage: string | null;
  @Flag(false) errorRetryable: boolean;
  @Text(optional) errorAction: string | null;
  /** Where there can be several recipients: what became of each. */
  @Json(optional) recipients: RecipientFate[] | null;
  /** Since when it, or some of its recipients, wait for somebody's decision; null when nothing is wrong, or when somebody has seen to it. */
  @Time(optional) troubleAt: Date | null;
  /** Until when it may be taken back without a trace, as its author wished; null when it was to leave at once. */
  @Time(optional) undoUntil: Date | null;
  /** What the reply changed of its conversation, to be put back when it is taken back; null for all but its first message. */
  @Json(optional) undoTo: ConversationBefore | null;
  @Time() createdAt: Date;
  @Time() updatedAt: Date;
}
