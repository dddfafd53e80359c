import { ApiProperty } from '@nestjs/swagger';
import type { ConversationKind } from '#libs/connector';
import { DeliveryView } from '../conversations/conversation.view.js';
import type { FailureKind } from '../conversations/delivery.entity.js';

/** What a reply is about, as far as a list shows it. */
export class DeliveryConversation {
  number: number;
  subject: string | null;
  contactName: string | null;
  channelType: string;
  kind: ConversationKind;
}

export class DeliveryAuthor {
  id: string;
  name: string | null;
}

export class DeliveryItem extends DeliveryView {
  id: string;
  messageId: string;
  conversationId: string;
  channelId: string;
  createdAt: Date;
  conversation: DeliveryConversation;
  /** Null for automatic answers. */
  author: DeliveryAuthor | null;
  /** The start of what it says. */
  preview: string;
}

export class DeliveryList {
  items: DeliveryItem[];
  nextCursor: string | null;
}

/** How many replies wait for somebody's decision. */
export class DeliveryCounts {
  attention: number;
  /** Those you wrote. */
  mine: number;
  /** By why they did not arrive; kinds of which there are none are left out. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } })
  byKind: Partial<Record<FailureKind, number>>;
}

export class RefusedDelivery {
  id: string;
  /** In words an agent understands. */
  reason: string;
}

export class RetryView {
  retried: string[];
  refused: RefusedDelivery[];
}

export class RestoreView {
  restored: string[];
  refused: RefusedDelivery[];
}

export class DismissView {
  dismissed: string[];
  refused: RefusedDelivery[];
}
