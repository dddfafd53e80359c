import { Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Id, Int, Ref, Text, Time, optional } from '../database/columns.js';

export type UserRole = 'admin' | 'supervisor' | 'agent';

export const usualUndoSeconds = 10;

/** Somebody who answers customers or looks after those who do. */
@Entity('app_user')
@Unique('uq_user_email', ['email'])
export class User {
  @Id() id: string;
  @Text() name: string;
  /** Lower case. */
  @Text() email: string;
  @Text() role: UserRole;
  /** Stands below their replies; null for none. */
  @Text(optional) signature: string | null;
  /** For so long a reply waits before it leaves, so that they can take it back; 0 for not at all. The web asks for it with each reply. */
  @Int({ default: usualUndoSeconds }) undoSeconds: number;
  @Time() createdAt: Date;
}

/** What a user proves themselves with; in a table of its own so that no route can return it. */
@Entity()
export class Credential {
  @PrimaryColumn('uuid') @ForeignKey(() => User, { name: 'fk_credential_user', onDelete: 'CASCADE' }) userId: string;
  /** argon2id, in the PHC string format. */
  @Text() passwordHash: string;
}

/** A signed-in browser. */
@Entity()
export class Session {
  /** SHA-256 of the cookie's token: a copy of the database opens no session. */
  @PrimaryColumn('text') tokenHash: string;
  @Ref() @ForeignKey(() => User, { name: 'fk_session_user', onDelete: 'CASCADE' }) userId: string;
  @Text() csrfToken: string;
  @Time() createdAt: Date;
  @Time() expiresAt: Date;
}

/** A script's way in; acts as the user who made it. */
@Entity()
@Unique('uq_api_key_hash', ['keyHash'])
export class ApiKey {
  @Id() id: string;
  @Ref() @ForeignKey(() => User, { name: 'fk_api_key_user', onDelete: 'CASCADE' }) userId: string;
  @Text() name: string;
  /** SHA-256: the key is 32 random bytes, which need no slow hash. */
  @Text() keyHash: string;
  @Time() createdAt: Date;
  @Time(optional) lastUsedAt: Date | null;
}
