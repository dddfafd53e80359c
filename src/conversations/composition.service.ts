import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere } from 'typeorm';
import { ConnectorError, type Draft, type Prepared, type Suggestion } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { Invalid } from '../errors.js';
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

/** In whose name a reply leaves: an agent's with their signature, or nobody's when it is `automatic`. */
export interface Author {
  name: string;
  signature: string | null;
  automatic?: boolean;
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
  async prepare(conversation: Conversation, channel: Channel, reply: NewReply, author: Author, deliveryId: string): Promise<Prepared> {
    const connector = this.connectors.of(channel);
    if ((reply.cc?.length || reply.bcc?.length) && !connector.capabilities.cc)
      throw new Invalid(`${connector.label} knows no copies; leave Cc and Bcc empty.`);
    if (reply.attachmentIds?.length && !connector.capabilities.attachments) throw new Invalid(`${connector.label} takes no files here.`);
    const draft: Draft = {
      ...(await this.beginning(conversation, reply.replyToMessageId, author)),
      deliveryId,
      text: reply.text,
      html: connector.capabilities.html ? (reply.html ?? null) : null,
      cc: reply.cc ?? [],
      bcc: reply.bcc ?? [],
      at: reply.sendAt ?? new Date(),
    };
    const access = await this.channels.stored(channel);
    return refusedAsInvalid(() => connector.prepare(draft, access));
  }

  /** To whom an answer would go, and what would stand below it. Throws Invalid when nobody can be answered. */
  async preview(conversation: Conversation, replyToMessageId: string | undefined, author: Author): Promise<Suggestion> {
    const channel = await this.openChannel(conversation, new Date());
    const connector = this.connectors.of(channel);
    const draft = { ...(await this.beginning(conversation, replyToMessageId, author)), deliveryId: newId(), at: new Date() };
    if (!connector.suggest) {
      const { name, id } = draft.customer;
      return { to: [name ?? id], cc: [], subject: null, signature: null, quotes: false };
    }
    const access = await this.channels.stored(channel);
    const suggestion = refusedAsInvalid(() => connector.suggest!(draft, access));
    const ours = new Set((await this.channels.list()).map(({ address }) => address.toLowerCase()));
    return { ...suggestion, cc: suggestion.cc.filter((address) => !ours.has(address.toLowerCase())) };
  }

  /** What is known of a reply before a word of it is written. */
  private async beginning(conversation: Conversation, replyToMessageId: string | undefined, author: Author) {
    const answered = await this.answered(conversation, replyToMessageId);
    const identity = await this.database.manager.findOneByOrFail(Identity, { id: conversation.identityId });
    return {
      subject: conversation.subject,
      agentName: author.name,
      signature: author.signature,
      automatic: author.automatic ?? false,
      ...(answered?.externalId && { answeringId: answered.externalId, ...(replyToMessageId && { replyTo: answered.externalId }) }),
      customer: { scope: identity.scope, id: identity.externalId, name: identity.name },
      answering: (answered?.envelope ?? null) as Draft['answering'],
      quoting: answered && {
        author: answered.authorName ?? identity.name ?? identity.externalId,
        sentAt: answered.sentAt,
        text: answered.text,
        html: answered.html,
      },
    };
  }

  /**
   * The message that is answered: the one named, else the latest that a person wrote, else the customer's. Never a bounce
   * or what else a machine sent in between: the answer would go there. Never a note, whose words stay among us.
   */
  private async answered({ id: conversationId, contactId }: Conversation, id: string | undefined): Promise<Message | null> {
    const { manager } = this.database;
    const said = { conversationId, kind: 'message' as const };
    const inbound = { ...said, direction: 'inbound' as const };
    const latest = (where: FindOptionsWhere<Message>) => manager.findOne(Message, { where, order: { sentAt: 'DESC', id: 'DESC' } });
    if (!id) return (await latest({ ...inbound, human: true })) ?? latest({ ...inbound, authorId: contactId });
    const named = await manager.findOneBy(Message, { ...said, id });
    const fault = { path: 'replyToMessageId', message: 'is no message of this conversation' };
    if (!named) throw new Invalid('The message to answer is not in this conversation.', [fault]);
    return named;
  }
}

function refusedAsInvalid<T>(decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw error instanceof ConnectorError ? new Invalid(error.message) : error;
  }
}
