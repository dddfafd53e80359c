import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource, In } from 'typeorm';
import { Delivery } from '../conversations/delivery.entity.js';
import { deliveryView } from '../conversations/conversation.view.js';
import { readCursor, writeCursor } from '../conversations/inbox.query.js';
import { Message } from '../conversations/message.entity.js';
import { SecondThoughts } from '../conversations/second-thoughts.service.js';
import { Problem } from '../errors.js';
import { DeliveriesQuery, DeliveryItem, DeliveryList, RetryBody, RetryView } from './deliveries.shapes.js';

/** Replies on their way, above all those that did not arrive. */
@ApiTags('Deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly database: DataSource,
    private readonly secondThoughts: SecondThoughts,
  ) {}

  /** Newest first. */
  @Get()
  async list(@Query() { state, limit = 50, cursor }: DeliveriesQuery): Promise<DeliveryList> {
    const page = this.database.manager.createQueryBuilder(Delivery, 'd');
    if (state) page.andWhere({ state: In(state) });
    if (cursor) {
      const [at, id] = readCursor(cursor);
      page.andWhere('(d.createdAt, d.id) < (:at, :id)', { at, id });
    }
    const rows = await page
      .orderBy('d.createdAt', 'DESC')
      .addOrderBy('d.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    const shown = rows.slice(0, limit);
    const messages = await this.database.manager.find(Message, {
      select: { id: true, conversationId: true },
      where: { id: In(shown.map(({ messageId }) => messageId)) },
    });
    const last = rows.length > limit ? rows[limit - 1]! : null;
    return { items: shown.map((row) => item(row, messages)), nextCursor: last && writeCursor(last.createdAt, last.id) };
  }

  /** Sends failed or uncertain replies again; each that cannot be is answered with the reason. */
  @Post('retry')
  @HttpCode(202)
  async retry(@Body() { ids }: RetryBody): Promise<RetryView> {
    const outcome: RetryView = { retried: [], refused: [] };
    for (const row of await this.database.manager.findBy(Delivery, { id: In(ids) })) {
      try {
        await this.secondThoughts.retry(row.messageId);
        outcome.retried.push(row.id);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcome.refused.push({ id: row.id, reason: error.message });
      }
    }
    const known = new Set([...outcome.retried, ...outcome.refused.map(({ id }) => id)]);
    for (const id of ids) if (!known.has(id)) outcome.refused.push({ id, reason: 'There is no such delivery.' });
    return outcome;
  }
}

function item(row: Delivery, messages: Message[]): DeliveryItem {
  const { id, messageId, channelId, createdAt } = row;
  const conversationId = messages.find((message) => message.id === messageId)!.conversationId;
  return { ...deliveryView(row), id, messageId, conversationId, channelId, createdAt };
}
