import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { PageQuery } from '../conversations/inbox.query.js';
import { TrueOrFalse } from '../text-values.js';
import type { InboundState } from './inbound-event.entity.js';
import { type Replayable, replayable } from './replay.js';

const states = ['received', 'processed', 'ignored', 'quarantined', 'unrouted'] as const;

export class InboundEventsQuery extends PageQuery {
  @IsOptional() @IsIn(states) state?: InboundState;
  @IsOptional() @IsUUID() channelId?: string;
  /** Only those, or none of those, that wait for the messages they speak of. */
  @IsOptional() @TrueOrFalse() @IsBoolean() waiting?: boolean;
}

export class InboundCountsQuery {
  @IsOptional() @IsUUID() channelId?: string;
}

export class ReplayFilter {
  @IsOptional() @IsIn(replayable) state?: Replayable;
  @IsOptional() @IsUUID() channelId?: string;
}

export class ReplayBody {
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsUUID(undefined, { each: true }) ids?: string[];
  /** Everything of this kind. Without a `state` that is all of the channel, or without a channel what is quarantined. */
  @IsOptional() @ValidateNested() @Type(() => ReplayFilter) filter?: ReplayFilter;
}

export class InboundEventView {
  id: string;
  channelId: string | null;
  connector: string;
  /** By the platform's clock; `storedAt` by ours. */
  receivedAt: Date;
  storedAt: Date;
  state: 'received' | 'processed' | 'ignored' | 'quarantined' | 'unrouted';
  reason: string | null;
  attempts: number;
  /** It speaks of messages that are not here. It is applied when they come, or given up after a month. */
  waiting: boolean;
  /** Bytes that came, whatever is left of them. */
  size: number;
  /** How the bytes that came are kept: as they are, compressed, or no longer. */
  raw: 'whole' | 'packed' | 'dropped';
}

export class InboundEventList {
  items: InboundEventView[];
  nextCursor: string | null;
}

/** What has not come to its end. */
export class InboundCounts {
  received: number;
  quarantined: number;
  unrouted: number;
  waiting: number;
}

/** An event that cannot be taken in again, and why. */
export class Refusal {
  id: string;
  reason: string;
}

export class ReplayView {
  /** How many events are now being taken in anew. */
  replayed: number;
  /** Of a filter the first hundred. */
  refused: Refusal[];
}
