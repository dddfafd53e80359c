import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MalformedPayload, type WebhookSource } from '#libs/connector';
import { Connectors } from '../connectors.js';
import { BadRequest, Forbidden, NotFound, TooLarge, Unauthorized } from '../errors.js';
import { Public } from '../people/auth.guard.js';
import { Ledger } from './ledger.service.js';

/** Platforms that call us. 200 means: it is in the ledger. */
@Public()
@ApiExcludeController()
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly connectors: Connectors,
    private readonly ledger: Ledger,
  ) {}

  @Get(':path')
  handshake(@Param('path') path: string, @Query() query: Record<string, string>): string {
    const answer = this.source(path).handshake(query);
    if (answer === null) throw new Forbidden('The verify token is wrong.');
    return answer;
  }

  @Post(':path')
  @HttpCode(200)
  async receive(
    @Param('path') path: string,
    @Headers() headers: Record<string, string | undefined>,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const source = this.source(path);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (body.length > source.maxBytes) throw new TooLarge(`A body may have ${source.maxBytes} bytes at most.`);
    if (!source.verify(body, headers)) throw new Unauthorized('The signature does not match the body.');
    await this.ledger.store(split(source, body));
    return 'EVENT_RECEIVED';
  }

  private source(path: string): WebhookSource {
    const source = this.connectors.webhook(path);
    if (!source) throw new NotFound('No connector listens here.');
    return source;
  }
}

function split(source: WebhookSource, body: Buffer) {
  try {
    return source.split(body, new Date());
  } catch (error) {
    throw error instanceof MalformedPayload ? new BadRequest(error.message) : error;
  }
}
