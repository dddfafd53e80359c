import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { DeliveryAttempt } from '../conversations/delivery-attempt.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { NotFound } from '../errors.js';
import { IdParam } from '../http/id.param.js';
import { AttemptList, type AttemptView } from './attempts.shapes.js';

/** What became of each attempt to send a reply. */
@ApiTags('Deliveries')
@Controller('api/v1/messages/:id/attempts')
export class AttemptsController {
  constructor(private readonly database: DataSource) {}

  /** Those that have ended, oldest first; `number` counts anew when somebody sends it again. */
  @Get()
  async list(@IdParam() messageId: string): Promise<AttemptList> {
    const { manager } = this.database;
    const delivery = await manager.findOneBy(Delivery, { messageId });
    if (!delivery) throw new NotFound('There is no such reply.');
    const rows = await manager.find(DeliveryAttempt, { where: { deliveryId: delivery.id }, order: { fence: 'ASC' } });
    return { items: rows.map(attemptView) };
  }
}

function attemptView(row: DeliveryAttempt): AttemptView {
  const { number, startedAt, committedAt, endedAt, outcome, kind, code, answer, nextAttemptAt } = row;
  return { number, startedAt, committedAt, endedAt, outcome, kind, code, answer, nextAttemptAt };
}
