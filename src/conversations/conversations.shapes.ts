import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsBoolean,
  IsDate,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { type Moderation, moderations, type ReplyMode, replyModes } from '#libs/connector';
import { type ConversationStatus, priorities, type Priority, statuses } from './conversation.entity.js';

export class ConversationPatchBody {
  @IsOptional() @IsIn(statuses) status?: ConversationStatus;
  @IsOptional()
  @ValidateIf((body: ConversationPatchBody) => body.snoozedUntil !== null)
  @Type(() => Date)
  @IsDate()
  snoozedUntil?: Date | null;
  @IsOptional() @IsIn(priorities) priority?: Priority;
  @IsOptional() @IsString() @MaxLength(500) subject?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsString({ each: true }) @MaxLength(100, { each: true }) tags?: string[];
  /** Null: somebody has looked, and nothing is odd any more. */
  @IsOptional() @Equals(null, { message: 'review can only be set to null' }) review?: string | null;
}

export class MoveBody {
  /** A conversation of the same channel, or null for a new one. */
  @ValidateIf((body: MoveBody) => body.conversationId !== null)
  @IsUUID()
  conversationId: string | null;
  /** Also what was written after it. */
  @IsOptional() @IsBoolean() andLater?: boolean;
}

export class ReplyBody {
  /** May be empty beside files, where a file alone makes a message. */
  @IsString() @ValidateIf(({ attachmentIds }: ReplyBody) => !attachmentIds?.length) @IsNotEmpty() @MaxLength(500_000) text: string;
  @IsOptional() @IsString() @MaxLength(1_000_000) html?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsUUID(undefined, { each: true }) attachmentIds?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsEmail({}, { each: true }) cc?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(50) @IsEmail({}, { each: true }) bcc?: string[];
  /** Of an answer to a comment: for everybody (when left out), or for the commenter alone. */
  @IsOptional() @IsIn(replyModes) mode?: ReplyMode;
  /** The message to answer; the customer's latest when left out. */
  @IsOptional() @IsUUID() replyToMessageId?: string;
  /** The newest message you have seen: 409 with what is new when somebody wrote since. */
  @IsOptional() @IsUUID() lastSeenMessageId?: string;
  /** Send although somebody wrote since. */
  @IsOptional() @IsBoolean() force?: boolean;
  /** Planned: it leaves at that time if the channel allows it then, and can be taken back until it does. */
  @IsOptional() @Type(() => Date) @IsDate() sendAt?: Date;
  /** For so long it is held back, so that it can be taken back without a trace; replies written after it wait behind it. */
  @IsOptional() @IsInt() @Min(0) @Max(120) undoSeconds?: number;
  @IsOptional() @IsIn(['close', 'pending']) then?: 'close' | 'pending';
}

export class ReplyPreviewQuery {
  /** Of an answer to a comment: for everybody (when left out), or for the commenter alone. */
  @IsOptional() @IsIn(replyModes) mode?: ReplyMode;
  /** The message to answer; the customer's latest when left out. */
  @IsOptional() @IsUUID() replyToMessageId?: string;
}

export class NoteBody {
  @IsString() @IsNotEmpty() @MaxLength(500_000) text: string;
}

export class ModerationBody {
  @IsIn(moderations) action: Moderation;
}

export class ReactionBody {
  /** One of those the channel's capabilities name; null takes it back. */
  @ValidateIf(({ emoji }: ReactionBody) => emoji !== null)
  @IsString()
  @MaxLength(50)
  emoji: string | null;
}

export class TypingBody {
  @IsBoolean() on: boolean;
}

export class ReadBody {
  @IsBoolean() unread: boolean;
}
