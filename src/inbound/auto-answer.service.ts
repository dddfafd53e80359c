import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager, In, MoreThan } from 'typeorm';
import { ConnectorError, type Draft, type MessageEvent, type Prepared } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Connectors } from '../connectors.js';
import type { Identity } from '../contacts/contact.entity.js';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Message } from '../conversations/message.entity.js';
import { addParticipants } from '../conversations/participants.js';
import { awaiting } from '../conversations/recipient-fates.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import type { Occasion } from './occasion.js';
import { isPublicMail } from './public-mail.js';

const hour = 3_600_000;
/** More than these within an hour come from a machine, whatever its headers say. */
const mailsAnHour = 10;
const conversationsAnHourOfOneDomain = 30;

/**
 * The automatic answer to a new conversation, and what keeps two machines from answering each other for ever. What it goes
 * by is read from the database, in the transaction that opens the conversation: opening one waits for every other, so two
 * mails at once get one answer.
 */
@Injectable()
export class AutoAnswer {
  private readonly logger = new Logger('auto-answer');

  constructor(private readonly connectors: Connectors) {}

  /** Writes the answer and its delivery. Resolves with the delivery's id, or null when there is none to give. */
  async give(
    manager: EntityManager,
    occasion: Occasion,
    event: MessageEvent,
    identity: Identity,
    conversationId: string,
  ): Promise<string | null> {
    const { channel, backfill } = occasion;
    if (!event.autoAnswer || backfill || !event.human || event.direction !== 'inbound') return null;
    const against = await this.speaksAgainst(manager, channel, identity);
    if (against) {
      this.logger.warn({ channel: channel.id, conversation: conversationId, reason: against }, 'no automatic answer');
      return null;
    }
    const deliveryId = newId();
    const prepared = this.prepare(occasion, event, identity, deliveryId, event.autoAnswer);
    if (prepared) await store(manager, channel, identity, conversationId, deliveryId, prepared, event.autoAnswer);
    return prepared && deliveryId;
  }

  private async speaksAgainst(manager: EntityManager, channel: Channel, identity: Identity): Promise<string | null> {
    if (await isOurs(manager, identity.externalId)) return 'it would go to a channel of ours';
    if (await answeredToday(manager, channel.id, identity)) return 'this address has had one within a day';
    if ((await mailsFrom(manager, channel.id, identity)) > mailsAnHour) return 'too many mails of one address within an hour';
    if ((await conversationsOf(manager, channel.id, identity)) > conversationsAnHourOfOneDomain)
      return 'too many conversations of one domain within an hour';
    return null;
  }

  private prepare(
    { channel, access }: Occasion,
    event: MessageEvent,
    identity: Identity,
    deliveryId: string,
    text: string,
  ): Prepared | null {
    const draft: Draft = {
      ...{ deliveryId, text, html: null, subject: event.subject, cc: [], bcc: [], agentName: channel.name },
      customer: { scope: identity.scope, id: identity.externalId, name: identity.name },
      ...{ answering: event.envelope, quoting: null, signature: null, automatic: true, at: new Date() },
    };
    try {
      return this.connectors.of(channel).prepare(draft, access);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.logger.warn({ channel: channel.id, error: error.message }, 'the automatic answer cannot be given');
      return null;
    }
  }
}

const anHourAgo = () => new Date(Date.now() - hour);

const isOurs = async (manager: EntityManager, address: string): Promise<boolean> =>
  (await manager.find(Channel, { select: { id: true, address: true } })).some(
    (channel) => channel.address.toLowerCase() === address.toLowerCase(),
  );

async function answeredToday(manager: EntityManager, channelId: string, { id: identityId, contactId }: Identity): Promise<boolean> {
  const conversations = await manager.find(Conversation, { select: { id: true }, where: { contactId, identityId, channelId } });
  const sentAt = MoreThan(new Date(Date.now() - 24 * hour));
  const conversationId = In(conversations.map(({ id }) => id));
  return (
    conversations.length > 0 &&
    manager.existsBy(Message, { conversationId, authorType: 'system', direction: 'outbound', kind: 'message', sentAt })
  );
}

const mailsFrom = (manager: EntityManager, channelId: string, { contactId }: Identity): Promise<number> =>
  manager.countBy(Message, { channelId, authorId: contactId, direction: 'inbound', receivedAt: MoreThan(anHourAgo()) });

/** Customers who share nothing but a large provider are no machine, so at those each address counts for itself alone. */
async function conversationsOf(manager: EntityManager, channelId: string, { externalId }: Identity): Promise<number> {
  const domain = externalId.split('@').at(-1) ?? '';
  if (isPublicMail(domain)) return 0;
  return manager
    .createQueryBuilder(Conversation, 'c')
    .innerJoin('identity', 'i', 'i.id = c.identity_id')
    .where('c.channelId = :channelId AND c.lastMessageAt > :since AND c.createdAt > :since', { channelId, since: anHourAgo() })
    .andWhere('i.external_id LIKE :domain', { domain: `%@${domain}` })
    .getCount();
}

async function store(
  manager: EntityManager,
  channel: Channel,
  identity: Identity,
  conversationId: string,
  deliveryId: string,
  prepared: Prepared,
  text: string,
): Promise<void> {
  const [now, messageId, channelId] = [new Date(), newId(), channel.id];
  await manager.insert(Message, {
    ...{ id: messageId, conversationId, channelId, kind: 'message' as const, direction: 'outbound' as const, human: false },
    ...{ externalId: prepared.externalId, envelope: prepared.envelope, text, reactions: [] },
    ...{ authorType: 'system' as const, authorName: channel.name, sentAt: now, receivedAt: now },
    placedBy: { rule: 'automatic-answer', evidence: 'The channel answers new conversations by itself' },
  });
  await manager.insert(Delivery, {
    id: deliveryId,
    messageId,
    channelId,
    recipients: awaiting(prepared.recipients),
    nextAttemptAt: now,
    createdAt: now,
    updatedAt: now,
  });
  const keys = prepared.ownKeys.map((key) => ({ channelId, key, conversationId, claimed: true, messageId }));
  if (keys.length) await insertNew(manager, ThreadKey, keys);
  await addParticipants(manager, conversationId, identity.scope, prepared.recipients ?? []);
  await manager.increment(Conversation, { id: conversationId }, 'messageCount', 1);
}
