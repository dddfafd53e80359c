import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsUUID } from 'class-validator';
import { deliveryStates, type DeliveryState } from '../conversations/delivery.entity.js';
import { DeliveryView } from '../conversations/conversation.view.js';
import { PageQuery } from '../conversations/inbox.query.js';
import { CommaSeparated } from '../text-values.js';

export class DeliveriesQuery extends PageQuery {
  /** One or several, separated by commas. */
  @IsOptional()
  @CommaSeparated()
  @IsArray()
  @IsIn(deliveryStates, { each: true })
  state?: DeliveryState[];
}

export class RetryBody {
  @IsArray() @ArrayMaxSize(500) @IsUUID(undefined, { each: true }) ids: string[];
}

export class DeliveryItem extends DeliveryView {
  id: string;
  messageId: string;
  conversationId: string;
  channelId: string;
  createdAt: Date;
}

export class DeliveryList {
  items: DeliveryItem[];
  nextCursor: string | null;
}

export class RefusedRetry {
  id: string;
  reason: string;
}

export class RetryView {
  retried: string[];
  refused: RefusedRetry[];
}
