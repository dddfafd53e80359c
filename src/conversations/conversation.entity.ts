import { Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ConversationKind } from '#libs/connector';
import { Team } from '../assignment/team.entity.js';
import { Channel } from '../channels/channel.entity.js';
import { Contact, Identity } from '../contacts/contact.entity.js';
import { Flag, Id, Int, Ref, Text, Time, optional } from '../database/columns.js';
import { User } from '../people/user.entity.js';

export const statuses = ['open', 'pending', 'snoozed', 'closed'] as const;
export type ConversationStatus = (typeof statuses)[number];
export const priorities = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof priorities)[number];

/** Stands in `windowClosesAt` when what it depends on has changed: long ago, so that it is due to be found out. */
export const windowUnknown = new Date(0);

/** Everything one customer and we wrote to each other about one thing on one channel. */
@Entity()
@Unique('uq_conversation_number', ['number'])
@Index('ix_conversation_status', ['status', 'lastMessageAt', 'id'])
@Index('ix_conversation_recent', ['lastMessageAt', 'id'])
@Index('ix_conversation_assignee', ['assigneeId', 'status', 'lastMessageAt', 'id'])
@Index('ix_conversation_channel', ['channelId', 'lastMessageAt', 'id'])
@Index('ix_conversation_contact', ['contactId'])
@Index('ix_conversation_base_subject', ['channelId', 'baseSubject'])
@Index('ix_conversation_window', ['windowClosesAt', 'id'])
@Index('ix_conversation_post', ['postId'])
export class Conversation {
  @Id() id: string;
  /** What people call it by: 1, 2, 3, … */
  @Int() number: number;
  @Ref() @ForeignKey(() => Channel, { name: 'fk_conversation_channel' }) channelId: string;
  @Ref() @ForeignKey(() => Contact, { name: 'fk_conversation_contact' }) contactId: string;
  /** The customer as this channel knows them: whom an answer goes to. */
  @Ref() @ForeignKey(() => Identity, { name: 'fk_conversation_identity' }) identityId: string;
  @Text() kind: ConversationKind;
  @Text(optional) subject: string | null;
  /** The subject it began with as its connector compares subjects; null where those decide nothing. */
  @Text(optional) baseSubject: string | null;
  @Text({ default: 'open' }) status: ConversationStatus;
  @Time(optional) snoozedUntil: Date | null;
  /** When somebody closed it last; null for history that was closed when it came in. */
  @Time(optional) closedAt: Date | null;
  @Text({ default: 'normal' }) priority: Priority;
  @Ref(optional) @ForeignKey(() => User, { name: 'fk_conversation_assignee', onDelete: 'SET NULL' }) assigneeId: string | null;
  @Ref(optional) @ForeignKey(() => Team, { name: 'fk_conversation_team', onDelete: 'SET NULL' }) teamId: string | null;
  @Text({ default: '' }) preview: string;
  @Int({ default: 0 }) messageCount: number;
  @Flag(true) unread: boolean;
  /** Since when the customer has been waiting for us; null when it is their turn. */
  @Time(optional) waitingSince: Date | null;
  @Time() lastMessageAt: Date;
  /** The customer's last message by the platform's clock; opens the reply window. */
  @Time(optional) lastInboundAt: Date | null;
  /** The last thing the customer did, be it without a word: a tap, a reaction, coming from an ad. */
  @Time(optional) lastActionAt: Date | null;
  /** When the platform next allows less than it does now; null when that never happens, or nothing is allowed any more; `windowUnknown` until it is found out. */
  @Time(optional) windowClosesAt: Date | null;
  /** What comments of this conversation stand under. */
  @Ref(optional) postId: string | null;
  /** The other app that holds this chat at the platform, as far as it is named; null when we may answer. */
  @Text(optional) heldBy: string | null;
  /** By the platform's clock; what is older says nothing about who holds it. */
  @Time(optional) heldAt: Date | null;
  /** Up to where the customer has got and has read what we wrote, by the platform's clock. */
  @Time(optional) deliveredUntil: Date | null;
  @Time(optional) readUntil: Date | null;
  /** Why a person should look before trusting it, as a sentence; null when nothing is odd or somebody has looked. */
  @Text(optional) review: string | null;
  /** Grows with every change; `If-Match` is compared with it. */
  @Int({ default: 1 }) version: number;
  @Time() createdAt: Date;
}

/** A label on a conversation. */
@Entity()
@Index('ix_conversation_tag_tag', ['tag'])
export class ConversationTag {
  @PrimaryColumn('uuid')
  @ForeignKey(() => Conversation, { name: 'fk_conversation_tag_conversation', onDelete: 'CASCADE' })
  conversationId: string;
  @PrimaryColumn('text') tag: string;
}

/** An id by which messages find their conversation: a Message-ID, a chat partner, a comment. */
@Entity()
@Index('ix_thread_key_conversation', ['conversationId'])
@Index('ix_thread_key_message', ['messageId'])
export class ThreadKey {
  @PrimaryColumn('uuid') @ForeignKey(() => Channel, { name: 'fk_thread_key_channel', onDelete: 'CASCADE' }) channelId: string;
  @PrimaryColumn('text') key: string;
  @Ref() @ForeignKey(() => Conversation, { name: 'fk_thread_key_conversation', onDelete: 'CASCADE' }) conversationId: string;
  /** Whether the message that bears this id is here; until then it is only known from answers to it. */
  @Flag(true) claimed: boolean;
  /** The message that bears this id, once it is here; null also where it stands for the conversation as a whole. */
  @Ref(optional) messageId: string | null;
}

export const linkReasons = ['same-mail', 'continues', 'split', 'stranger', 'moved', 'private-reply'] as const;
export type LinkReason = (typeof linkReasons)[number];

/** Two conversations that belong together and why; `conversationId` is the later one. */
@Entity()
@Index('ix_conversation_link_other', ['otherId'])
export class ConversationLink {
  @PrimaryColumn('uuid')
  @ForeignKey(() => Conversation, { name: 'fk_conversation_link_conversation', onDelete: 'CASCADE' })
  conversationId: string;
  @PrimaryColumn('uuid') @ForeignKey(() => Conversation, { name: 'fk_conversation_link_other', onDelete: 'CASCADE' }) otherId: string;
  @Text() reason: LinkReason;
}

/** Someone who has part in a conversation: wrote in it, or was written to. Others may not join it by knowing an id. */
@Entity()
export class Participant {
  @PrimaryColumn('uuid')
  @ForeignKey(() => Conversation, { name: 'fk_participant_conversation', onDelete: 'CASCADE' })
  conversationId: string;
  @PrimaryColumn('text') scope: string;
  /** As in `Identity.externalId`. */
  @PrimaryColumn('text') externalId: string;
  /** True once an agent said that their mail does not belong here: it is no longer guessed to. */
  @Flag(false) excluded: boolean;
}

/** A running number, e.g. of conversations. Taking the next one locks the row until the transaction ends. */
@Entity()
export class Counter {
  @PrimaryColumn('text') name: string;
  @Int() value: number;
}
