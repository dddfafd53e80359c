import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { NotFound } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { Public } from '../people/auth.guard.js';
import { Attachment } from './message.entity.js';
import { PublicFiles } from './public-files.service.js';

/** Where a platform fetches a file that we send through it. */
@Public()
@ApiExcludeController()
@Controller('media')
export class PublicFilesController {
  constructor(
    private readonly database: DataSource,
    private readonly files: PublicFiles,
    private readonly store: FileStore,
  ) {}

  @Get(':token')
  async fetch(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const id = this.files.named(token);
    const file = id && (await this.database.manager.findOneBy(Attachment, { id, state: 'stored' }));
    if (!file) throw new NotFound('There is nothing here, or not any more.');
    await reply
      .header('content-type', file.contentType)
      .header('content-length', file.size)
      .header('content-disposition', 'attachment')
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, no-store')
      .send(this.store.stream(file.sha256));
  }
}
