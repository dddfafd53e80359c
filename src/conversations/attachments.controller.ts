import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource, In } from 'typeorm';
import { newId } from '../database/columns.js';
import { BadRequest, Gone, NotFound, Unavailable } from '../errors.js';
import { isGone, RemoteFiles, Unfetched } from '../files/remote-files.js';
import { byteRange } from '../http/byte-range.js';
import { OptionalHeader } from '../http/header.param.js';
import { IdParam } from '../http/id.param.js';
import { CurrentUser } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { FileStore } from '../files/file-store.js';
import { Changes } from '../realtime/changes.service.js';
import { AttachmentView, attachmentView } from './conversation.view.js';
import { Attachment, Message } from './message.entity.js';

/** Shown in the page; everything else is only ever downloaded, so that no customer's file runs as ours. */
const harmless = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain'],
  ...['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav', 'audio/webm'],
  ...['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime'],
]);

@ApiTags('Attachments')
@Controller('api/v1/attachments')
export class AttachmentsController {
  constructor(
    private readonly database: DataSource,
    private readonly store: FileStore,
    private readonly remote: RemoteFiles,
    private readonly changes: Changes,
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

  /** The file, or the part of it that `Range` asks for. What the platform lets only be shown passes through us; 410 once it has it no more, 503 with `Retry-After` while it cannot be reached. */
  @Get(':id')
  async download(@IdParam() id: string, @OptionalHeader('range') range: string | null, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.database.manager.findOneBy(Attachment, { id });
    if (!file || (file.state === 'gone' && !file.messageId)) throw new NotFound('There is no such file.');
    if (file.state === 'stored') await this.sendStored(file, range, reply);
    else await this.passOn(file, range, reply);
  }

  private async sendStored(file: Attachment, header: string | null, reply: FastifyReply): Promise<void> {
    const { contentType, size, sha256 } = file;
    const part = byteRange(header, size);
    describeFile(reply, file.filename, contentType).header('cache-control', 'private, max-age=31536000, immutable');
    if (part === 'unsatisfiable') return void (await reply.status(416).header('content-range', `bytes */${size}`).send());
    if (!part) return void (await reply.header('content-length', size).send(this.store.stream(sha256)));
    const { start, end } = part;
    reply
      .status(206)
      .header('content-range', `bytes ${start}-${end}/${size}`)
      .header('content-length', end - start + 1);
    await reply.send(this.store.stream(sha256, part));
  }

  /** Nothing of it is kept, here or in the browser. */
  private async passOn(file: Attachment, asked: string | null, reply: FastifyReply): Promise<void> {
    if (file.state === 'gone' || !file.remoteUrl) throw new Gone(goneWords);
    const { statusCode, contentType, size, range, ...answer } = await this.remote
      .open(file.remoteUrl, { range: asked ?? undefined })
      .catch((error: unknown) => {
        throw error instanceof Unfetched && error.passes ? new Unavailable(error.message, soonMs) : error;
      });
    if (isGone(statusCode)) await this.noteGone(file);
    if (statusCode !== 200 && statusCode !== 206) {
      await answer.discard();
      if (isGone(statusCode)) throw new Gone(goneWords);
      throw new Unavailable(`The platform does not hand this file out now: it answered ${statusCode}.`, soonMs);
    }
    describeFile(reply.status(statusCode), file.filename, contentType || file.contentType).header('cache-control', 'private, no-store');
    if (size !== null) reply.header('content-length', size);
    if (range) reply.header('content-range', range);
    await reply.send(answer.body);
  }

  private async noteGone({ id, messageId }: Attachment): Promise<void> {
    await this.database.transaction(async (manager) => {
      const gone = { state: 'gone' as const, remoteUrl: null, nextFetchAt: null };
      const { affected } = await manager.update(Attachment, { id, state: In(['linked', 'fetching']) }, gone);
      const message = affected && messageId ? await manager.findOneBy(Message, { id: messageId }) : null;
      if (message)
        await this.changes.write(manager, { type: 'message.updated', conversationId: message.conversationId, messageId: message.id });
    });
    this.changes.announce();
  }
}

const soonMs = 60_000;
const goneWords = 'The platform no longer has this file, and did not let it be kept here.';

function describeFile(reply: FastifyReply, filename: string, contentType: string): FastifyReply {
  const shown = harmless.has(contentType);
  return reply
    .header('content-type', shown ? contentType : 'application/octet-stream')
    .header('content-disposition', disposition(shown ? 'inline' : 'attachment', filename))
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('x-content-type-options', 'nosniff')
    .header('accept-ranges', 'bytes');
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
