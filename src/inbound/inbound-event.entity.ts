import { Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Bytes, Flag, Id, Int, Json, Ref, Text, Time, optional } from '../database/columns.js';

/** `whole`: the bytes as they came; `packed`: the same, compressed; `dropped`: gone, as they had been settled for long. */
export type PayloadKept = 'whole' | 'packed' | 'dropped';

export type InboundState = 'received' | 'processed' | 'ignored' | 'quarantined' | 'unrouted';

/** The ledger: everything a platform or mail server handed over, as it came, and what became of it. */
@Entity()
@Unique('uq_inbound_event_key', ['connector', 'account', 'key'])
@Index('ix_inbound_event_state', ['state', 'storedAt'])
@Index('ix_inbound_event_channel', ['channelId', 'storedAt'])
@Index('ix_inbound_event_platform_id', ['channelId', 'platformId'])
@Index('ix_inbound_event_payload', ['payloadSha256'])
@Index('ix_inbound_event_kept', ['payloadKept', 'settledAt'])
@Index('ix_inbound_event_waiting', ['storedAt'], { where: 'waiting_since IS NOT NULL' })
@Index('ix_inbound_event_todo', ['channelId', 'backfill', 'storedAt'], { where: `state = 'received'` })
export class InboundEvent {
  @Id() id: string;
  /** Null while no connected channel has this account. */
  @Ref(optional) @ForeignKey(() => Channel, { name: 'fk_inbound_event_channel', onDelete: 'SET NULL' }) channelId: string | null;
  @Text() connector: string;
  @Text() account: string;
  @Text() key: string;
  /** The platform's own name for it, e.g. a Message-ID; not unique. */
  @Text(optional) platformId: string | null;
  /** Empty when the bytes are too many for a row: then `payloadSha256` finds them in the file store. */
  @Bytes() payload: Buffer;
  @Text(optional) payloadSha256: string | null;
  /** Bytes, of the whole. */
  @Int({ default: 0 }) payloadSize: number;
  @Text({ default: 'whole' }) payloadKept: PayloadKept;
  @Json() context: Record<string, string>;
  @Flag(false) backfill: boolean;
  /** By the platform's clock. */
  @Time() receivedAt: Date;
  @Time() storedAt: Date;
  @Text({ default: 'received' }) state: InboundState;
  @Text(optional) reason: string | null;
  @Int({ default: 0 }) attempts: number;
  /** Since when nothing more is going to happen with it; null while it may. */
  @Time(optional) settledAt: Date | null;
  /** Since when all of it speaks of messages that are not here; null once they are, or it was given up. */
  @Time(optional) waitingSince: Date | null;
}
