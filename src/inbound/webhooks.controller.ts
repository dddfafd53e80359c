import { Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { MalformedPayload, type WebhookSource } from '#libs/connector';
import { Connectors } from '../connectors.js';
import { BadRequest, Forbidden, NotFound, TooLarge, Unauthorized } from '../errors.js';
import { Public } from '../people/auth.guard.js';
import { Config } from '../config.js';
import { Grants } from './grants.service.js';
import { Ledger } from './ledger.service.js';

/** Platforms that call us. 200 means: it is in the ledger. */
@Public()
@ApiExcludeController()
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly connectors: Connectors,
    private readonly ledger: Ledger,
    private readonly grants: Grants,
    @Inject(Config) private readonly config: Config,
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
    const body = bodyOf(request, source);
    if (!source.verify(body, headers)) throw new Unauthorized('The signature does not match the body.');
    await this.ledger.store(split(source, body));
    return 'EVENT_RECEIVED';
  }

  /** Somebody took their permission back, or wants what we hold of them deleted. */
  @Post(':path/:notice')
  @HttpCode(200)
  async notice(@Param('path') path: string, @Param('notice') name: string, @Req() request: FastifyRequest): Promise<object> {
    const source = this.source(path);
    const read = source.notices && Object.hasOwn(source.notices, name) ? source.notices[name] : undefined;
    if (!read) throw new NotFound('Nothing is listened for here.');
    const notice = read(bodyOf(request, source));
    if (!notice) throw new Unauthorized('The signature does not match what is signed.');
    await this.grants.takenBack(source, notice);
    if (notice.kind === 'deauthorised') return {};
    const code = await this.grants.wishDeletion(source, notice);
    return { url: `${this.config.publicUrl}/deletion/${code}`, confirmation_code: code };
  }

  private source(path: string): WebhookSource {
    const source = this.connectors.webhook(path);
    if (!source) throw new NotFound('No connector listens here.');
    return source;
  }
}

function bodyOf({ body }: FastifyRequest, { maxBytes }: WebhookSource): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes.length > maxBytes) throw new TooLarge(`A body may have ${maxBytes} bytes at most.`);
  return bytes;
}

function split(source: WebhookSource, body: Buffer) {
  try {
    return source.split(body, new Date());
  } catch (error) {
    throw error instanceof MalformedPayload ? new BadRequest(error.message) : error;
  }
}
