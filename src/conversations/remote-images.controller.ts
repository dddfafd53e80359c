import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { NotFound } from '../errors.js';
import { RemoteImages } from '../files/remote-image.js';
import { sendPicture } from '../files/send-picture.js';
import { IdParam } from '../http/id.param.js';
import { Message } from './message.entity.js';
import { RemoteImageQuery } from './remote-images.query.js';

@ApiTags('Messages')
@Controller('api/v1/messages/:id/remote-image')
export class RemoteImagesController {
  constructor(
    private readonly database: DataSource,
    private readonly images: RemoteImages,
  ) {}

  /** A picture that the message refers to, fetched by us, so that its sender learns neither address nor browser of the reader. Only what the message names. */
  @Get()
  async show(@IdParam() id: string, @Query() { url }: RemoteImageQuery, @Res() reply: FastifyReply): Promise<void> {
    const message = await this.database.manager.findOneBy(Message, { id });
    if (!message?.html || !names(message.html, url)) throw new NotFound('The message names no such picture.');
    await sendPicture(reply, await this.images.fetch(url), 86_400);
  }
}

/** Sanitised HTML keeps the addresses of remote pictures in one attribute, escaped. */
function names(html: string, url: string): boolean {
  const escaped = url.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return html.includes(`data-blocked-src="${escaped}"`);
}
