import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { newId } from '../database/columns.js';
import { BadRequest, NotFound } from '../errors.js';
import { IdParam } from '../http/id.param.js';
import { CurrentUser } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { FileStore } from '../files/file-store.js';
import { AttachmentView, attachmentView } from './conversation.view.js';
import { Attachment } from './message.entity.js';

/** Shown in the page; everything else is only ever downloaded, so that no customer's file runs as ours. */
const harmless = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain', 'audio/mpeg', 'audio/mp4', 'video/mp4']);

@ApiTags('Attachments')
@Controller('api/v1/attachments')
export class AttachmentsController {
  constructor(
    private readonly database: DataSource,
    private readonly store: FileStore,
  ) {}

  /** Uploads one file (multipart field `file`) for a reply. */
  @Post()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } })
  async upload(@Req() request: FastifyRequest, @CurrentUser() user: User): Promise<AttachmentView> {
    if (!request.isMultipart()) throw new BadRequest('Send the file as multipart/form-data.');
    const file = await request.file();
    if (!file) throw new BadRequest('There is no file in this request.');
    const content = await file.toBuffer();
    const row = {
      id: newId(),
      uploadedBy: user.id,
      filename: safeName(file.filename),
      contentType: file.mimetype,
      inline: false,
      contentId: null,
      ...(await this.store.put(content)),
      ...{ state: 'stored' as const, remoteUrl: null, fetchAttempts: 0, nextFetchAt: null },
      createdAt: new Date(),
    };
    await this.database.manager.insert(Attachment, row);
    return attachmentView({ ...row, messageId: null });
  }

  @Get(':id')
  async download(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.database.manager.findOneBy(Attachment, { id });
    if (!file) throw new NotFound('There is no such file.');
    const shown = harmless.has(file.contentType);
    await reply
      .header('content-type', shown ? file.contentType : 'application/octet-stream')
      .header('content-length', file.size)
      .header('content-disposition', disposition(shown ? 'inline' : 'attachment', file.filename))
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(this.store.stream(file.sha256));
  }
}

/** The last part of a path, without control and direction characters. */
function safeName(name: string): string {
  const base = name.normalize('NFC').split(/[/\\]/).pop()!;
  return (
    base
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .replace(/^\.+/, '')
      .slice(0, 150) || 'file'
  );
}

/** RFC 6266, with the plain name for those who do not know RFC 8187. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`;
}
