import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { DeliveriesQuery, DismissBody, RetryBody } from './deliveries.query.js';
import { Deliveries } from './deliveries.service.js';
import { DeliveryCounts, DeliveryList, DismissView, RestoreView, RetryView } from './deliveries.shapes.js';

/** Replies on their way, above all those that did not arrive. */
@ApiTags('Deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: Deliveries) {}

  /** Newest first; with `attention` those that wait for somebody's decision, the latest trouble first. */
  @Get()
  list(@Query() query: DeliveriesQuery, @CurrentUser() user: User): Promise<DeliveryList> {
    return this.deliveries.list(query, user);
  }

  /** How many replies wait for somebody's decision. */
  @Get('counts')
  counts(@CurrentUser() user: User): Promise<DeliveryCounts> {
    return this.deliveries.counts(user);
  }

  /** Sends failed or uncertain replies again: those named, or with a filter all that failed, in the order in which they were written. Each that cannot go is answered with the reason. */
  @Post('retry')
  @HttpCode(202)
  retry(@Body() body: RetryBody, @CurrentUser() user: User): Promise<RetryView> {
    return this.deliveries.retry(body, user);
  }

  /** Says of replies that did not arrive that they need nothing more. They stay as they are, and can still be sent again one by one. */
  @Post('dismiss')
  @HttpCode(200)
  dismiss(@Body() { ids }: DismissBody, @CurrentUser() user: User): Promise<DismissView> {
    return this.deliveries.dismiss(ids, user);
  }

  /** Puts dismissed replies back among those that wait for somebody's decision. */
  @Post('restore')
  @HttpCode(200)
  restore(@Body() { ids }: DismissBody, @CurrentUser() user: User): Promise<RestoreView> {
    return this.deliveries.restore(ids, user);
  }
}
