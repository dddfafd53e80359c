import { Body, Controller, Get, HttpCode, Injectable, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Connectors } from '../connectors.js';
import { BadRequest, NotFound } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { InboundEvent } from './inbound-event.entity.js';
import { countsOf, eventPage } from './inbound-events.query.js';
import {
  InboundCounts,
  InboundCountsQuery,
  InboundEventList,
  InboundEventsQuery,
  ReplayBody,
  ReplayView,
} from './inbound-events.shapes.js';
import { sendOriginal } from './originals.js';
import { payloadStream } from './payload.js';
import { refusalsOf } from './refusals.js';
import { replay, replayable, type Selection } from './replay.js';

/** The inbound ledger, for those who look after the channels. */
@ApiTags('Inbound ledger')
@Roles('admin', 'supervisor')
@Injectable()
@Controller('api/v1/inbound-events')
export class InboundEventsController {
  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly files: FileStore,
  ) {}

  /** Newest first. */
  @Get()
  list(@Query() query: InboundEventsQuery): Promise<InboundEventList> {
    return eventPage(this.database.manager, query);
  }

  /** How much has not come to its end, and why. */
  @Get('counts')
  counts(@Query() { channelId }: InboundCountsQuery): Promise<InboundCounts> {
    return countsOf(this.database.manager, channelId);
  }

  /** Takes events in again, e.g. after an upgrade that understands them. What is there already is not doubled. */
  @Post('replay')
  @HttpCode(202)
  async replay(@Body() body: ReplayBody): Promise<ReplayView> {
    const selection = selectionOf(body);
    // Before, because afterwards all of them are being taken in.
    const refused = await refusalsOf(this.database, selection);
    return { replayed: await replay(this.database, selection), refused };
  }

  /** The bytes as they came; 410 when they were dropped. */
  @Get(':id/raw')
  @Roles('admin')
  async raw(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    const row = await this.database.manager.findOneBy(InboundEvent, { id });
    if (!row) throw new NotFound('There is no such event.');
    const extension = this.connectors.find(row.connector)?.rawExtension ?? 'bin';
    await sendOriginal(reply, await payloadStream(row, this.files), `${row.connector}-${row.id}`, extension);
  }
}

function selectionOf({ ids, filter }: ReplayBody): Selection {
  if (ids) return { ids };
  if (!filter) throw new BadRequest('Name the events by "ids" or by a "filter".');
  const { state, channelId } = filter;
  return { states: state ? [state] : channelId ? replayable : ['quarantined'], channelId };
}
