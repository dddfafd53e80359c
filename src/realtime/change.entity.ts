import { Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { Ref, Text, Time, optional } from '../database/columns.js';

export type ChangeType = 'conversation.created' | 'conversation.updated' | 'message.created' | 'message.updated' | 'channel.updated';

/** What browsers are told: which ids changed. Written in the transaction that changes them, so none is missed. */
@Entity()
@Index('ix_change_at', ['at'])
export class Change {
  @PrimaryGeneratedColumn({ type: 'bigint' }) id: string;
  @Text() type: ChangeType;
  @Ref(optional) conversationId: string | null;
  @Ref(optional) messageId: string | null;
  @Time() at: Date;
}
