import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, In, IsNull } from 'typeorm';
import {
  type Capabilities,
  type Connector,
  ConnectorError,
  type Draft,
  type FileFacts,
  type Part,
  type Prepared,
  type ReplyMode,
} from '#libs/connector';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { newId } from '../database/columns.js';
import { Invalid } from '../errors.js';
import type { User } from '../people/user.entity.js';
import type { Conversation } from './conversation.entity.js';
import type { ReplyPreviewView } from './conversation.view.js';
import type { Delivery } from './delivery.entity.js';
import { refuseUnfit } from './fitting.js';
import { Attachment, Message } from './message.entity.js';
import { PlatformCalls } from './platform-calls.service.js';
import { ReplyWindows } from './reply-windows.service.js';

/** A reply as an agent asks for it. */
export interface NewReply {
  text: string;
  html?: string;
  attachmentIds?: string[];
  cc?: string[];
  bcc?: string[];
  mode?: ReplyMode;
  replyToMessageId?: string;
  lastSeenMessageId?: string;
  force?: boolean;
  sendAt?: Date;
  undoSeconds?: number;
  then?: 'close' | 'pending';
}

/** What a reply answers, and how it is meant. */
export type Asked = Pick<NewReply, 'mode' | 'replyToMessageId'>;

/** One message of those a reply leaves as, with how it travels. */
export interface ComposedPart extends Part {
  deliveryId: string;
  prepared: Prepared;
}

export interface Composed {
  /** Of an answer to a comment. */
  mode: ReplyMode | null;
  answered: Message | null;
  /** Those of its files, in the order they were named. */
  files: FileFacts[];
  parts: ComposedPart[];
}

/** Whether a reply may leave, and what exactly will: settled before anything is stored. */
@Injectable()
export class Composition {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly platform: PlatformCalls,
    private readonly windows: ReplyWindows,
  ) {}

  /** Recipients, subject and ids of each message it leaves as, fixed by the connector. Throws Invalid with the reason when it may not leave. */
  async compose(conversation: Conversation, reply: NewReply, author: User): Promise<Composed> {
    const at = reply.sendAt ?? new Date();
    const { channel, mode, answered } = await this.open(conversation, reply, at);
    const connector = this.connectors.of(channel);
    const capabilities = capabilitiesFor(connector, mode);
    if ((reply.cc?.length || reply.bcc?.length) && !capabilities.cc)
      throw new Invalid(`${connector.label} knows no copies; leave Cc and Bcc empty.`);
    const files = await this.files(reply.attachmentIds ?? [], author);
    const split = splitOf(connector, capabilities, { text: reply.text, files, mode });
    const beginning = { ...(await this.beginning(conversation, answered, reply, author)), cc: reply.cc ?? [], bcc: reply.bcc ?? [], at };
    const html = capabilities.html && split.length === 1 ? (reply.html ?? null) : null;
    const access = await this.channels.stored(channel);
    const parts = split.map((part, index) => {
      const { replyTo, ...rest } = beginning;
      // Only the first message hangs under the one that was chosen; the others follow it.
      const draft: Draft = {
        ...rest,
        ...(replyTo && !index && { replyTo }),
        ...(mode && { mode }),
        deliveryId: newId(),
        text: part.text,
        html,
      };
      return { ...part, deliveryId: draft.deliveryId, prepared: refusedAsInvalid(() => connector.prepare(draft, access)) };
    });
    return { mode, answered, files, parts };
  }

  /** To whom an answer would go, and what would stand below it. Throws Invalid when nobody can be answered. */
  async preview(conversation: Conversation, asked: Asked, author: User): Promise<ReplyPreviewView> {
    const { channel, mode, answered } = await this.open(conversation, asked, new Date());
    const connector = this.connectors.of(channel);
    const draft = { ...(await this.beginning(conversation, answered, asked, author)), deliveryId: newId(), at: new Date() };
    if (!connector.suggest) {
      const { name, id } = draft.customer;
      const to = (mode && answered?.authorName) ?? name ?? id;
      return { to: [to], cc: [], subject: null, signature: null, quotes: false, mode };
    }
    const access = await this.channels.stored(channel);
    const suggestion = refusedAsInvalid(() => connector.suggest!(draft, access));
    const ours = new Set((await this.channels.list()).map(({ address }) => address.toLowerCase()));
    return { ...suggestion, cc: suggestion.cc.filter((address) => !ours.has(address.toLowerCase())), mode };
  }

  /** Whether a reply that was written before may leave now, after all. Throws Invalid with the reason when not. */
  async openAgain(conversation: Conversation, message: Message, { state }: Delivery): Promise<void> {
    const { channel } = await this.platform.channelOf(conversation);
    const manager = this.database.manager;
    // One that failed has given the private answer back, unless the platform says that it is used up.
    const window = await this.windows.ofReply(manager, conversation, channel.type, message, new Date(), state !== 'failed');
    if (!window.open) throw new Invalid(window.reason ?? notNow);
  }

  /** The channel, if it is there and the platform allows such an answer at that time; and what it answers. */
  private async open(conversation: Conversation, asked: Asked, at: Date) {
    if (asked.mode && conversation.kind !== 'comment')
      throw new Invalid('Only comments are answered publicly or privately.', [{ path: 'mode', message: 'is for comments alone' }]);
    const mode = conversation.kind === 'comment' ? (asked.mode ?? 'public') : null;
    const { channel } = await this.platform.channelOf(conversation);
    const { replyToMessageId } = asked;
    const answering = await this.windows.answering(this.database.manager, conversation, channel.type, replyToMessageId);
    const answered = mode ? answering.comment : await this.answered(conversation, replyToMessageId);
    if (mode && replyToMessageId && (answered?.direction !== 'inbound' || answered.kind !== 'message'))
      throw new Invalid('Choose a comment of this conversation to answer.', [unknownMessage]);
    const window = this.windows.at(answering, at, { mode, automatic: false });
    if (!window.open) throw new Invalid(window.reason ?? notNow);
    return { channel, mode, answered };
  }

  /** What is known of a reply before a word of it is written. */
  private async beginning(conversation: Conversation, answered: Message | null, { replyToMessageId }: Asked, author: User) {
    const identity = await this.recipient(conversation, answered);
    return {
      subject: conversation.subject,
      agentName: author.name,
      signature: author.signature,
      automatic: false,
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

  /** In a chat the customer; under a post whoever wrote the comment that is answered, as others may have joined in. */
  private async recipient({ kind, identityId }: Conversation, answered: Message | null): Promise<Identity> {
    const { manager } = this.database;
    const customer = await manager.findOneByOrFail(Identity, { id: identityId });
    if (kind !== 'comment' || !answered?.authorId || answered.authorId === customer.contactId) return customer;
    return (await manager.findOneBy(Identity, { contactId: answered.authorId, scope: customer.scope })) ?? customer;
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
    if (!named) throw new Invalid('The message to answer is not in this conversation.', [unknownMessage]);
    return named;
  }

  private async files(ids: string[], author: User): Promise<FileFacts[]> {
    const unique = [...new Set(ids)];
    const rows = unique.length
      ? await this.database.manager.findBy(Attachment, { id: In(unique), messageId: IsNull(), uploadedBy: author.id })
      : [];
    if (rows.length !== unique.length) throw filesGone();
    return unique.map((id) => {
      const { filename, contentType, size } = rows.find((row) => row.id === id)!;
      return { id, filename, contentType, size };
    });
  }
}

const notNow = 'The platform does not allow an answer here now.';
const unknownMessage = { path: 'replyToMessageId', message: 'is no message of this conversation' };

export const filesGone = () =>
  new Invalid('Some files are gone or sent already. Attach them again.', [
    { path: 'attachmentIds', message: 'are not your unsent uploads' },
  ]);

const capabilitiesFor = (connector: Connector, mode: ReplyMode | null): Capabilities =>
  (mode === 'public' && connector.publicCapabilities) || connector.capabilities;

/** A connector that splits says itself what it cannot take; else it is one message, or none. */
function splitOf(
  connector: Connector,
  capabilities: Capabilities,
  reply: { text: string; files: FileFacts[]; mode: ReplyMode | null },
): Part[] {
  if (connector.split) return refusedAsInvalid(() => connector.split!(reply));
  refuseUnfit(reply, capabilities, connector.label);
  return [{ text: reply.text, fileIds: reply.files.map(({ id }) => id) }];
}

function refusedAsInvalid<T>(decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw error instanceof ConnectorError ? new Invalid(error.advice) : error;
  }
}
