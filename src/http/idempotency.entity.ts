import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Int, Json, Text, Time, optional } from '../database/columns.js';
import { User } from '../people/user.entity.js';

/** A POST that was made with an `Idempotency-Key`, and what it was answered. */
@Entity()
@Index('ix_idempotent_request_created', ['createdAt'])
export class IdempotentRequest {
  @PrimaryColumn('uuid') @ForeignKey(() => User, { name: 'fk_idempotent_request_user', onDelete: 'CASCADE' }) userId: string;
  @PrimaryColumn('text') key: string;
  /** SHA-256 of method, path and body: the same key with another request is a mistake of the caller. */
  @Text() fingerprint: string;
  /** Null while the first request is still running. */
  @Int(optional) status: number | null;
  @Json(optional) body: unknown;
  @Time() createdAt: Date;
}
