import type { ConnectorErrorKind } from '#libs/connector';
import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Int, Text, Time, optional } from '../database/columns.js';
import { Channel } from './channel.entity.js';

/**
 * Whether a channel's replies may leave now. After failures that any other reply would meet as well, sending is held until
 * `openUntil`; then one reply alone tries (`probeUntil` is its lease), and its outcome lets the others go or holds them on.
 */
@Entity()
export class ChannelCircuit {
  @PrimaryColumn('uuid') @ForeignKey(() => Channel, { name: 'fk_channel_circuit_channel', onDelete: 'CASCADE' }) channelId: string;
  /** One after another, none of them the message's own fault. */
  @Int({ default: 0 }) failures: number;
  @Time(optional) failingSince: Date | null;
  /** Null while replies leave. */
  @Time(optional) openUntil: Date | null;
  @Time(optional) probeUntil: Date | null;
  /** Of the last failure: a `ConnectorErrorKind`. */
  @Text(optional) kind: ConnectorErrorKind | null;
  /** The last failure, in plain words. */
  @Text(optional) reason: string | null;
}
