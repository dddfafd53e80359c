import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConnectorError, type Draft, type Prepared } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { Invalid } from '../errors.js';
import type { User } from '../people/user.entity.js';
import type { Conversation } from './conversation.entity.js';
import { Conversations } from './conversations.service.js';
import { Message } from './message.entity.js';

/** A reply as an agent asks for it. */
export interface NewReply {
  text: string;
  html?: string;
  attachmentIds?: string[];
  cc?: string[];
  bcc?: string[];
  replyToMessageId?: string;
  lastSeenMessageId?: string;
  force?: boolean;
  sendAt?: Date;
  then?: 'close' | 'pending';
}

/** Whether a reply may leave, and what exactly will: settled before anything is stored. */
@Injectable()
export class Composition {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
  ) {}

  /** The channel, if it is there and the platform allows an answer at that time; else Invalid with the reason. */
  async openChannel(conversation: Conversation, at: Date): Promise<Channel> {
    const channel = await this.database.manager.findOneByOrFail(Channel, { id: conversation.channelId });
    if (channel.removedAt)
      throw new Invalid('The channel of this conversation was removed, so no answer can leave through it. An admin can connect it again.');
    if (!channel.enabled) throw new Invalid('This channel is paused, so nothing leaves through it. An admin can switch it on again.');
    const window = this.conversations.window(conversation, channel.type, at);
    if (!window.open) throw new Invalid(window.reason ?? 'The platform does not allow an answer here now.');
    return channel;
  }

  /** Recipients, subject and ids, fixed by the connector. Throws Invalid with its reason when it refuses. */
  async prepare(conversation: Conversation, channel: Channel, reply: NewReply, author: User, deliveryId: string): Promise<Prepared> {
    const { manager } = this.database;
    const connector = this.connectors.of(channel);
    const answered = await this.answered(conversation.id, reply.replyToMessageId);
    if ((reply.cc?.length || reply.bcc?.length) && !connector.capabilities.cc)
      throw new Invalid(`${connector.label} knows no copies; leave Cc and Bcc empty.`);
    if (reply.attachmentIds?.length && !connector.capabilities.attachments) throw new Invalid(`${connector.label} takes no files here.`);
    const identity = await manager.findOneByOrFail(Identity, { id: conversation.identityId });
    const draft: Draft = {
      deliveryId,
      text: reply.text,
      html: connector.capabilities.html ? (reply.html ?? null) : null,
      subject: conversation.subject,
      cc: reply.cc ?? [],
      bcc: reply.bcc ?? [],
      agentName: author.name,
      customer: { scope: identity.scope, id: identity.externalId, name: identity.name },
      answering: (answered?.envelope ?? null) as Draft['answering'],
    };
    try {
      return connector.prepare(draft, await this.channels.access(channel));
    } catch (error) {
      throw error instanceof ConnectorError ? new Invalid(error.message) : error;
    }
  }

  /** The message that is answered: the one named, else the customer's latest. */
  private async answered(conversationId: string, id: string | undefined): Promise<Message | null> {
    const { manager } = this.database;
    if (!id) {
      const where = { conversationId, direction: 'inbound' as const, kind: 'message' as const };
      return manager.findOne(Message, { where, order: { sentAt: 'DESC', id: 'DESC' } });
    }
    const named = await manager.findOneBy(Message, { id, conversationId });
    const fault = { path: 'replyToMessageId', message: 'is not in this conversation' };
    if (!named) throw new Invalid('The message to answer is not in this conversation.', [fault]);
    return named;
  }
}
