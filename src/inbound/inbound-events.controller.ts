import { Body, Controller, Get, HttpCode, Injectable, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource, In, IsNull, Not } from 'typeorm';
import { readCursor, writeCursor } from '../conversations/inbox.query.js';
import { BadRequest, NotFound } from '../errors.js';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { FileStore } from '../files/file-store.js';
import { JobQueue } from '../queue/jobs.js';
import { InboundEvent } from './inbound-event.entity.js';
import { InboundEventList, InboundEventView, InboundEventsQuery, ReplayBody, ReplayView, replayable } from './inbound-events.shapes.js';

/** The inbound ledger, for those who look after the channels. */
@ApiTags('Inbound ledger')
@Roles('admin', 'supervisor')
@Injectable()
@Controller('api/v1/inbound-events')
export class InboundEventsController {
  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly files: FileStore,
  ) {}

  /** Newest first. */
  @Get()
  async list(@Query() { state, channelId, limit = 50, cursor }: InboundEventsQuery): Promise<InboundEventList> {
    const page = this.database.manager
      .createQueryBuilder(InboundEvent, 'e')
      .select(['e.id', 'e.channelId', 'e.connector', 'e.receivedAt', 'e.storedAt', 'e.state', 'e.reason', 'e.attempts']);
    if (state) page.andWhere({ state });
    if (channelId) page.andWhere({ channelId });
    if (cursor) {
      const [at, id] = readCursor(cursor);
      page.andWhere('(e.storedAt, e.id) < (:at, :id)', { at, id });
    }
    const rows = await page
      .orderBy('e.storedAt', 'DESC')
      .addOrderBy('e.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    const last = rows.length > limit ? rows[limit - 1]! : null;
    return { items: rows.slice(0, limit).map(view), nextCursor: last && writeCursor(last.storedAt, last.id) };
  }

  /** Takes events in again, e.g. after an upgrade that understands them. What is there already is not doubled. */
  @Post('replay')
  @HttpCode(202)
  async replay(@Body() { ids, filter }: ReplayBody): Promise<ReplayView> {
    if (!ids && !filter) throw new BadRequest('Name the events by "ids" or by a "filter".');
    const which = ids
      ? { id: In(ids), state: In(replayable) }
      : { state: filter!.state ?? 'quarantined', ...(filter!.channelId && { channelId: filter!.channelId }) };
    const rows = await this.database.manager.find(InboundEvent, {
      select: { id: true, backfill: true },
      where: { ...which, channelId: filter?.channelId ?? Not(IsNull()) },
    });
    for (let start = 0; start < rows.length; start += 500) {
      const part = rows.slice(start, start + 500);
      await this.database.manager.update(
        InboundEvent,
        { id: In(part.map(({ id }) => id)) },
        { state: 'received', reason: null, attempts: 0 },
      );
      await this.queue.addInbound(part);
    }
    return { replayed: rows.length };
  }

  /** The bytes as they came. */
  @Get(':id/raw')
  @Roles('admin')
  async raw(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    const row = await this.database.manager.findOneBy(InboundEvent, { id });
    if (!row) throw new NotFound('There is no such event.');
    await reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${row.id}"`)
      .header('x-content-type-options', 'nosniff')
      .send(row.payloadSha256 ? this.files.stream(row.payloadSha256) : row.payload);
  }
}

const view = ({ id, channelId, connector, receivedAt, state, reason, attempts }: InboundEvent): InboundEventView => ({
  ...{ id, channelId, connector, receivedAt, state, reason, attempts },
});
