import { Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Id, Json, Ref, Text, Time, optional } from '../database/columns.js';

/**
 * Something that happened to a message at its platform, kept whether or not the message is here yet: what the message shows
 * is made of all of them, so that their order of arrival does not matter.
 */
@Entity()
@Unique('uq_message_change_key', ['channelId', 'key'])
@Index('ix_message_change_of', ['channelId', 'ofExternalId'])
@Index('ix_message_change_waiting', ['waitingSince'], { where: 'waiting_since IS NOT NULL' })
export class MessageChange {
  @Id() id: string;
  @Ref() @ForeignKey(() => Channel, { name: 'fk_message_change_channel', onDelete: 'CASCADE' }) channelId: string;
  /** The message's `externalId`. */
  @Text() ofExternalId: string;
  @Text() key: string;
  /** By the platform's clock. */
  @Time() at: Date;
  /** A `MessageChange` of the connector contract, or a `ReceiptEvent` that waits for its reply. */
  @Json() change: object;
  /** The ledger row it came with; null for what we did ourselves. */
  @Ref(optional) inboundEventId: string | null;
  /** Since when its message is awaited; null when it is here. */
  @Time(optional) waitingSince: Date | null;
}
