import { ApiProperty } from '@nestjs/swagger';
import type { Card, ConversationKind, Moderation, ReplyMode } from '#libs/connector';
import type { Delivery, DeliveryState, FailureKind, RecipientState } from './delivery.entity.js';
import { recipientsOf } from './envelope-facts.js';
import type { Conversation, ConversationStatus, LinkReason, Priority } from './conversation.entity.js';
import type { Attachment, AttachmentState, Message } from './message.entity.js';
import type { Post } from './post.entity.js';
import { remedies } from './remedies.js';
import { isInTrouble } from './trouble.js';

export class ContactSummary {
  id: string;
  name: string | null;
  /** Of our own: where their picture can be had; null when there is none. */
  pictureUrl: string | null;
}

export class ReplyWindowView {
  open: boolean;
  closesAt: Date | null;
  /** How an answer would travel now, e.g. `standard` or `human_agent`. */
  mode: string;
  /** Why it is closed, for agents. */
  reason: string | null;
}

/** The public post or ad that a comment conversation hangs under. */
export class SourceView {
  postId: string;
  permalink: string | null;
  text: string | null;
  adId: string | null;
  adTitle: string | null;
  isAd: boolean;
  isLive: boolean;
  publishedAt: Date | null;
  /** When the platform said that it is gone. */
  removedAt: Date | null;
  /** Of our own: where its picture can be had as long as the platform shows it; null when it has none. */
  pictureUrl: string | null;
}

/** Another conversation that belongs to this one, and why. */
export class ConversationLinkView {
  conversationId: string;
  number: number;
  subject: string | null;
  channelId: string;
  reason: LinkReason;
}

export class ConversationView {
  id: string;
  number: number;
  channelId: string;
  channelType: string;
  kind: ConversationKind;
  subject: string | null;
  status: ConversationStatus;
  snoozedUntil: Date | null;
  priority: Priority;
  assigneeId: string | null;
  teamId: string | null;
  contact: ContactSummary;
  tags: string[];
  preview: string;
  messageCount: number;
  unread: boolean;
  waitingSince: Date | null;
  lastMessageAt: Date;
  /** Null where the platform sets no limit. */
  replyWindow: ReplyWindowView | null;
  /** Under a public post: whether the commenter can be answered privately; null elsewhere. */
  privateReply: ReplyWindowView | null;
  /** The other app that holds this chat at the platform and answers in it; null when we may. */
  heldBy: string | null;
  source: SourceView | null;
  /** Why a person should look before trusting it; null when nothing is odd. */
  review: string | null;
  /** Other conversations that belong to it. */
  links: ConversationLinkView[];
  version: number;
}

export class ConversationList {
  items: ConversationView[];
  nextCursor: string | null;
}

export class AuthorView {
  type: 'contact' | 'agent' | 'system';
  id: string | null;
  name: string | null;
}

export class AttachmentView {
  id: string;
  filename: string;
  contentType: string;
  /** Bytes. */
  size: number;
  inline: boolean;
  contentId: string | null;
  /** `fetching`: it is being copied here. `linked`: the platform lets it only be shown, for as long as it has it. `gone`: it has it no more. */
  state: AttachmentState;
}

/** Something that came beside the text: what the customer shared, answered to, tapped, or came from. */
export class CardView {
  kind: Card['kind'];
  title: string | null;
  url: string | null;
  /** More about it, by words an agent understands. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  facts: Record<string, string>;
}

export class ReactionView {
  emoji: string;
  by: string;
}

export class PlacedByView {
  rule: string;
  evidence: string;
}

export class DeliveryErrorView {
  /** What it is about; null where nothing is wrong yet: it is only late. */
  kind: FailureKind | null;
  code: string | null;
  /** In words an agent understands, the platform's own where it gave some. */
  message: string;
  retryable: boolean;
  /** What to do about it. */
  action: string | null;
}

export class RecipientView {
  recipient: string;
  state: RecipientState;
  /** The server's own code, e.g. `550 5.1.1`. */
  code: string | null;
  /** Why they do not have it. */
  message: string | null;
}

export class DeliveryView {
  state: DeliveryState;
  attempts: number;
  nextAttemptAt: Date | null;
  /** Also when it is `sent`, as long as somebody it was for did not get it. */
  error: DeliveryErrorView | null;
  /** Everybody it goes to; empty where there is but one customer. */
  recipients: RecipientView[];
  /** Until when it is held back, so that it can be taken back without a trace; null when it was to leave at once or is planned for later. */
  undoUntil: Date | null;
  /** Since when it, or some of its recipients, wait for somebody's decision; null when nothing is wrong, or somebody has seen to it. */
  troubleSince: Date | null;
}

/** How a reply would travel, to be shown before it is written. */
export class ReplyPreviewView {
  to: string[];
  /** Whom else the customer wrote to. They get a copy only if the reply names them. */
  cc: string[];
  subject: string | null;
  /** What will stand below the text. */
  signature: string | null;
  /** Whether the message answered will be quoted below. */
  quotes: boolean;
  /** Of an answer to a comment: for everybody, or for the commenter alone; else null. */
  mode: ReplyMode | null;
}

export class MessageView {
  id: string;
  conversationId: string;
  kind: 'message' | 'note' | 'event';
  direction: 'inbound' | 'outbound';
  externalId: string | null;
  author: AuthorView;
  sentAt: Date;
  receivedAt: Date;
  text: string;
  html: string | null;
  quotedText: string | null;
  attachments: AttachmentView[];
  reactions: ReactionView[];
  editedAt: Date | null;
  /** What it said before it was first edited; null when it never was. */
  originalText: string | null;
  /** When its author took it back, or it was removed: what it said is gone here too. */
  deletedAt: Date | null;
  replyToMessageId: string | null;
  cards: CardView[];
  /** Of an answer to a comment: for everybody, or for the commenter alone; else null. */
  mode: ReplyMode | null;
  /** The first message of a reply that left as several; null for that first one, and for all others. */
  partOf: string | null;
  /** Of a comment: hidden from the public, liked by us, answered privately. */
  hidden: boolean;
  liked: boolean;
  answeredPrivately: boolean;
  /** What may be done to it now, with POST /messages/:id/moderate. */
  moderation: Moderation[];
  placedBy: PlacedByView | null;
  /** To whom a mail went, as its header lines name them; empty where there are none. */
  to: string[];
  cc: string[];
  /** Only part of it was taken in; the whole is at `GET /messages/:id/original`. */
  partial: boolean;
  delivery: DeliveryView | null;
}

export class MessageList {
  items: MessageView[];
  nextCursor: string | null;
}

/** What a conversation's row does not hold itself. */
export interface ConversationSurroundings {
  channelType: string;
  contact: ContactSummary;
  tags: string[];
  replyWindow: ReplyWindowView | null;
  privateReply: ReplyWindowView | null;
  post: Post | null;
  links: ConversationLinkView[];
}

export function conversationView(row: Conversation, around: ConversationSurroundings): ConversationView {
  const { id, number, channelId, kind, subject, status, snoozedUntil, priority, assigneeId, teamId } = row;
  const { preview, messageCount, unread, waitingSince, lastMessageAt, heldBy, review, version } = row;
  const { channelType, contact, tags, replyWindow, privateReply, post, links } = around;
  return {
    ...{ id, number, channelId, channelType, kind, subject, status, snoozedUntil, priority, assigneeId, teamId, contact, tags },
    ...{ preview, messageCount, unread, waitingSince, lastMessageAt, replyWindow, privateReply, heldBy, review, links, version },
    source: post && sourceView(post),
  };
}

function sourceView({ id, externalId: postId, pictureUrl, ...post }: Post): SourceView {
  const { permalink, text, adId, adTitle, isAd, isLive, publishedAt, removedAt } = post;
  const ours = pictureUrl && `/api/v1/posts/${id}/picture`;
  return { postId, permalink, text, adId, adTitle, isAd, isLive, publishedAt, removedAt, pictureUrl: ours };
}

export function messageView(row: Message, attachments: Attachment[], delivery: Delivery | null, moderation: Moderation[]): MessageView {
  const { id, conversationId, kind, direction, externalId, sentAt, receivedAt, text, html, quotedText } = row;
  const { reactions, editedAt, originalText, deletedAt, replyToMessageId, placedBy, partial } = row;
  const { cards, mode, partOf, hidden, liked, answeredPrivately } = row;
  return {
    ...{ id, conversationId, kind, direction, externalId, sentAt, receivedAt, text, html, quotedText },
    ...{ reactions, editedAt, originalText, deletedAt, replyToMessageId, placedBy, partial, ...recipientsOf(row) },
    ...{ cards: cards ?? [], mode, partOf, hidden, liked, answeredPrivately, moderation },
    author: { type: row.authorType, id: row.authorId, name: row.authorName },
    attachments: attachments.map(attachmentView),
    delivery: delivery && deliveryView(delivery),
  };
}

export function attachmentView({ id, filename, contentType, size, inline, contentId, state }: Attachment): AttachmentView {
  return { id, filename, contentType, size, inline, contentId, state };
}

export function deliveryView(row: Delivery): DeliveryView {
  const { state, attempts, nextAttemptAt, undoUntil, troubleAt: troubleSince } = row;
  return { state, attempts, nextAttemptAt, error: errorView(row), recipients: row.recipients ?? [], undoUntil, troubleSince };
}

function errorView(row: Delivery): DeliveryErrorView | null {
  const { errorKind: kind, errorCode: code, errorMessage: message, errorRetryable: retryable, errorAction } = row;
  if (message === null) return null;
  const action = errorAction ?? (kind && isInTrouble(row) ? remedies[kind] : null);
  return { kind, code, message, retryable, action };
}
