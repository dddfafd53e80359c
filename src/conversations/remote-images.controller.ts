import { Controller, Get, Inject, type OnModuleDestroy, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Config } from '../config.js';
import { NotFound } from '../errors.js';
import { RemoteImages } from '../files/remote-image.js';
import { IdParam } from '../http/id.param.js';
import { Message } from './message.entity.js';
import { RemoteImageQuery } from './remote-images.query.js';

@ApiTags('Messages')
@Controller('api/v1/messages/:id/remote-image')
export class RemoteImagesController implements OnModuleDestroy {
  private readonly images: RemoteImages;

  constructor(
    private readonly database: DataSource,
    @Inject(Config) config: Config,
  ) {
    this.images = new RemoteImages(config.ALLOW_PRIVATE_HOSTS);
  }

  onModuleDestroy(): Promise<void> {
    return this.images.close();
  }

  /** A picture that the message refers to, fetched by us, so that its sender learns neither address nor browser of the reader. Only what the message names. */
  @Get()
  async show(@IdParam() id: string, @Query() { url }: RemoteImageQuery, @Res() reply: FastifyReply): Promise<void> {
    const message = await this.database.manager.findOneBy(Message, { id });
    if (!message?.html || !names(message.html, url)) throw new NotFound('The message names no such picture.');
    const { contentType, content } = await this.images.fetch(url);
    await reply
      .type(contentType)
      .header('cache-control', 'private, max-age=86400')
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .send(content);
  }
}

/** Sanitised HTML keeps the addresses of remote pictures in one attribute, escaped. */
function names(html: string, url: string): boolean {
  const escaped = url.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return html.includes(`data-blocked-src="${escaped}"`);
}
