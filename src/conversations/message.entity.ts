import { Entity, ForeignKey, Index, Unique } from 'typeorm';
import type { Card, ReplyMode } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Flag, Id, Int, Json, Ref, Text, Time, optional } from '../database/columns.js';
import { User } from '../people/user.entity.js';
import { Conversation } from './conversation.entity.js';

export interface Reaction {
  emoji: string;
  by: string;
}

/** Which rule put a message into its conversation, and what it went by. */
export interface PlacedBy {
  rule: string;
  evidence: string;
}

/** Something said in a conversation (`message`), among us (`note`), or done to it (`event`). */
@Entity()
@Unique('uq_message_external', ['channelId', 'externalId'])
@Unique('uq_message_idempotency', ['authorId', 'idempotencyKey'])
@Index('ix_message_conversation', ['conversationId', 'sentAt', 'id'])
@Index('ix_message_external_id', ['externalId'])
@Index('ix_message_reply_to', ['channelId', 'replyToExternalId'])
@Index('ix_message_copy', ['channelId', 'copyOf'])
@Index('ix_message_part', ['partOf'])
@Index('ix_message_rough', ['channelId', 'roughSince'], { where: 'rough_since IS NOT NULL' })
export class Message {
  @Id() id: string;
  @Ref() @ForeignKey(() => Conversation, { name: 'fk_message_conversation', onDelete: 'CASCADE' }) conversationId: string;
  @Ref() @ForeignKey(() => Channel, { name: 'fk_message_channel' }) channelId: string;
  @Text() kind: 'message' | 'note' | 'event';
  @Text() direction: 'inbound' | 'outbound';
  /** The platform's name for it: a Message-ID, a mid. Null until the platform gave one. */
  @Text(optional) externalId: string | null;
  @Text() authorType: 'contact' | 'agent' | 'system';
  /** A contact's or a user's id; null for the system and for colleagues outside of this inbox. */
  @Ref(optional) authorId: string | null;
  @Text(optional) authorName: string | null;
  @Time() sentAt: Date;
  @Time() receivedAt: Date;
  /** Since when `sentAt` is only when the platform told of it, and the platform is to be asked; null where it is right, or nobody knows better. */
  @Time(optional) roughSince: Date | null;
  @Text({ default: '' }) text: string;
  @Text(optional) html: string | null;
  @Text(optional) quotedText: string | null;
  @Json() reactions: Reaction[];
  @Time(optional) editedAt: Date | null;
  @Time(optional) deletedAt: Date | null;
  /** What it said before it was first edited; null when it never was. */
  @Text(optional) originalText: string | null;
  @Ref(optional) replyToMessageId: string | null;
  /** The platform's id of the message it answers, which may not be here yet. */
  @Text(optional) replyToExternalId: string | null;
  /** What came beside the text: shared posts, stories, ads; null for nothing. */
  @Json(optional) cards: Card[] | null;
  /** Of an answer to a comment: for everybody, or for the commenter alone. */
  @Text(optional) mode: ReplyMode | null;
  /** The first message of a reply that left as several; null for that first one, and for all others. */
  @Ref(optional) partOf: string | null;
  /** Of a comment: hidden from the public, liked by us, answered privately (which platforms allow once). */
  @Flag(false) hidden: boolean;
  @Flag(false) liked: boolean;
  @Flag(false) answeredPrivately: boolean;
  /** Where a platform hands the same over under several ids: what it is the same as, and where this one came from. */
  @Text(optional) copyOf: string | null;
  @Text(optional) copyPlace: string | null;
  @Json(optional) placedBy: PlacedBy | null;
  /** The connector's own facts about how it travelled; what an answer to it needs. */
  @Json(optional) envelope: object | null;
  /** False for auto-replies, bounces and lists, which set no one waiting. */
  @Flag(true) human: boolean;
  /** True when only part of it was taken in; the whole is at the platform. */
  @Flag(false) partial: boolean;
  /** The `Idempotency-Key` of the request that wrote it. */
  @Text(optional) idempotencyKey: string | null;
}

/** `fetching`: to be copied here from `remoteUrl`. `linked`: may only be shown from there. `gone`: neither is possible any more. */
export type AttachmentState = 'stored' | 'fetching' | 'linked' | 'gone';

/** A file of a message, or one uploaded for a reply that is still being written. The bytes are in the attachment store. */
@Entity()
@Index('ix_attachment_message', ['messageId'])
@Index('ix_attachment_fetch', ['state', 'nextFetchAt'])
@Index('ix_attachment_content', ['sha256'])
export class Attachment {
  @Id() id: string;
  @Ref(optional) @ForeignKey(() => Message, { name: 'fk_attachment_message', onDelete: 'CASCADE' }) messageId: string | null;
  @Ref(optional) @ForeignKey(() => User, { name: 'fk_attachment_uploader', onDelete: 'SET NULL' }) uploadedBy: string | null;
  @Text() filename: string;
  @Text() contentType: string;
  /** Bytes. */
  @Int() size: number;
  @Flag(false) inline: boolean;
  @Text(optional) contentId: string | null;
  /** SHA-256 of the content, by which the store finds it; empty as long as it is not there. */
  @Text() sha256: string;
  @Text({ default: 'stored' }) state: AttachmentState;
  /** Where the platform has it, for as long as that address lives. */
  @Text(optional) remoteUrl: string | null;
  @Int({ default: 0 }) fetchAttempts: number;
  @Time(optional) nextFetchAt: Date | null;
  @Time() createdAt: Date;
}
