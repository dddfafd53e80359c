import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ChannelAccess, type Connector, ConnectorError, type Outgoing, type ReplyWindow } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Conversation } from '../conversations/conversation.entity.js';
import type { Delivery } from '../conversations/delivery.entity.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { PublicFiles } from '../conversations/public-files.service.js';
import { stillToReach } from '../conversations/recipient-fates.js';
import { ReplyWindows } from '../conversations/reply-windows.service.js';
import { FileStore } from '../files/file-store.js';

/** A delivery with all that it takes to send it. */
export interface Cargo {
  delivery: Delivery;
  message: Message;
  channel: Channel;
  connector: Connector;
  access: ChannelAccess;
  /** As it was when this was loaded. */
  window: ReplyWindow;
  outgoing: Omit<Outgoing, 'committing'>;
}

/** Everything about a delivery, read fresh. */
@Injectable()
export class Cargos {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly store: FileStore,
    private readonly windows: ReplyWindows,
    private readonly publicFiles: PublicFiles,
  ) {}

  /** Throws a ConnectorError when nothing can be sent through its channel. */
  async load(delivery: Delivery): Promise<Cargo> {
    const { manager } = this.database;
    const message = await manager.findOneByOrFail(Message, { id: delivery.messageId });
    const channel = await manager.findOneByOrFail(Channel, { id: delivery.channelId });
    if (channel.removedAt) throw new ConnectorError('rejected', 'The channel was removed before this reply was sent.');
    const conversation = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
    const connector = this.connectors.of(channel);
    const window = await this.windows.ofReply(manager, conversation, channel.type, message, new Date(), true);
    const outgoing = {
      deliveryId: delivery.id,
      externalId: message.externalId,
      text: message.text,
      html: message.html,
      envelope: (message.envelope ?? {}) as Record<string, unknown>,
      attachments: await this.attachments(message.id),
      recipients: stillToReach(delivery.recipients),
      windowMode: window.mode,
    };
    return { delivery, message, channel, connector, window, outgoing, access: await this.channels.access(channel) };
  }

  private async attachments(messageId: string): Promise<Outgoing['attachments']> {
    const files = await this.database.manager.find(Attachment, { where: { messageId }, order: { createdAt: 'ASC', id: 'ASC' } });
    return Promise.all(
      files.map(async ({ id, filename, contentType, sha256 }) => ({
        id,
        filename,
        contentType,
        content: await this.store.read(sha256),
        url: this.publicFiles.addressOf(id),
      })),
    );
  }
}

/** Planned for a time at which the platform allows no answer any more: it was allowed when it was written. */
export function refuseClosed({ window: { open, reason } }: Cargo): void {
  if (open) return;
  const message = `It was too late to send this. ${reason ?? 'The platform allows no answer here any more.'}`;
  throw new ConnectorError('rejected', message, { tooLate: true });
}
