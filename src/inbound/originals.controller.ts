import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { asInvalid, Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Message } from '../conversations/message.entity.js';
import { Invalid, NotFound } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { IdParam } from '../http/id.param.js';
import { InboundEvent } from './inbound-event.entity.js';
import { sendOriginal } from './originals.js';
import { payloadStream } from './payload.js';

@ApiTags('Messages')
@Controller('api/v1/messages/:id/original')
export class OriginalsController {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly files: FileStore,
  ) {}

  /** The message as it came, whole: from the ledger, or from the platform when it was too large to be taken in. 410 when the ledger dropped it. */
  @Get()
  async download(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    const message = await this.database.manager.findOneBy(Message, { id });
    if (!message) throw new NotFound('There is no such message.');
    const channel = await this.database.manager.findOneByOrFail(Channel, { id: message.channelId });
    const { type: connector, externalId: account } = channel;
    const event = await this.database.manager.findOneBy(InboundEvent, { connector, account, key: message.externalId ?? '' });
    if (!event) throw new NotFound('This message did not come from outside, so there is no original.');
    const content = message.partial ? await this.fromPlatform(channel, event) : await payloadStream(event, this.files);
    await sendOriginal(reply, content, id, this.connectors.of(channel).rawExtension);
  }

  private async fromPlatform(channel: Channel, { context, platformId }: InboundEvent): Promise<Readable> {
    const { original, label } = this.connectors.of(channel);
    if (!original) throw new Invalid(`${label} does not hand out originals.`);
    if (channel.removedAt) throw new Invalid('The channel was removed, so the rest of this message cannot be fetched.');
    try {
      return await original({ context, platformId: platformId ?? undefined }, await this.channels.access(channel));
    } catch (error) {
      return asInvalid(error);
    }
  }
}
