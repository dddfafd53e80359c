import { Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Flag, Id, Ref, Text, Time, optional } from '../database/columns.js';

/** A customer. */
@Entity()
export class Contact {
  @Id() id: string;
  @Text(optional) name: string | null;
  @Time() createdAt: Date;
}

/** One way a platform knows a contact: a mail address, a Page-scoped id. */
@Entity()
@Unique('uq_identity_external', ['scope', 'externalId'])
@Index('ix_identity_contact', ['contactId'])
@Index('ix_identity_picture', ['pictureSha256'])
export class Identity {
  @Id() id: string;
  @Ref() @ForeignKey(() => Contact, { name: 'fk_identity_contact', onDelete: 'CASCADE' }) contactId: string;
  /** Within what the id is unique: `email`, or one Page's or account's own ids. */
  @Text() scope: string;
  @Text() externalId: string;
  @Text(optional) name: string | null;
  /** When the platform was last asked for the name. */
  @Time(optional) nameAskedAt: Date | null;
  /** SHA-256 of their picture in the file store; null when there is none. */
  @Text(optional) pictureSha256: string | null;
  /** Whether pictures in their mail may be fetched from elsewhere, which tells them when it is read. */
  @Flag(false) remoteImages: boolean;
  /** Why nothing arrives there any more, as a bounce said it; null when it works as far as we know. */
  @Text(optional) undeliverable: string | null;
}
