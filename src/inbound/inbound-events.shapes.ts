import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { PageQuery } from '../conversations/inbox.query.js';
import { type InboundState } from './inbound-event.entity.js';

const states = ['received', 'processed', 'ignored', 'quarantined', 'unrouted'] as const;
export const replayable: InboundState[] = ['processed', 'ignored', 'quarantined'];

export class InboundEventsQuery extends PageQuery {
  @IsOptional() @IsIn(states) state?: InboundState;
  @IsOptional() @IsUUID() channelId?: string;
}

export class ReplayFilter {
  @IsOptional() @IsIn(replayable) state?: 'processed' | 'ignored' | 'quarantined';
  @IsOptional() @IsUUID() channelId?: string;
}

export class ReplayBody {
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsUUID(undefined, { each: true }) ids?: string[];
  /** Everything of this kind; `state` is `quarantined` when left out. */
  @IsOptional() @ValidateNested() @Type(() => ReplayFilter) filter?: ReplayFilter;
}

export class InboundEventView {
  id: string;
  channelId: string | null;
  connector: string;
  receivedAt: Date;
  state: 'received' | 'processed' | 'ignored' | 'quarantined' | 'unrouted';
  reason: string | null;
  attempts: number;
}

export class InboundEventList {
  items: InboundEventView[];
  nextCursor: string | null;
}

export class ReplayView {
  /** How many events are now being taken in anew. */
  replayed: number;
}
