import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Contact } from '../contacts/contact.entity.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { deliveryView } from '../conversations/conversation.view.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { Dismissals } from '../conversations/dismissals.service.js';
import { Attachment, Message } from '../conversations/message.entity.js';
import { previewOf } from '../conversations/preview.js';
import { Retries } from '../conversations/retries.service.js';
import { BadRequest } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { countTrouble, deliveriesPage, type DeliveriesQuery, failedOnes, type RetryBody, type TroubleFilter } from './deliveries.query.js';
import type {
  DeliveryCounts,
  DeliveryItem,
  DeliveryList,
  DismissView,
  RefusedDelivery,
  RestoreView,
  RetryView,
} from './deliveries.shapes.js';

/** So many are changed in one transaction: others get their turn in between. */
const slice = 100;

/** Replies on their way, above all those that did not arrive. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly database: DataSource,
    private readonly retries: Retries,
    private readonly dismissals: Dismissals,
  ) {}

  async list(query: DeliveriesQuery, user: User): Promise<DeliveryList> {
    const { manager } = this.database;
    const { rows, nextCursor } = await deliveriesPage(manager, query, user.id);
    return { items: await itemsOf(manager, rows), nextCursor };
  }

  async counts(user: User): Promise<DeliveryCounts> {
    const rows = await countTrouble(this.database.manager, user.id);
    const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const byKind = Object.fromEntries(rows.flatMap(({ kind, total }) => (kind ? [[kind, total]] : [])));
    return { attention: sum(({ total }) => total), mine: sum(({ mine }) => mine), byKind };
  }

  /** Each that cannot be sent again is answered with the reason. */
  async retry({ ids, filter }: RetryBody, user: User): Promise<RetryView> {
    if (!ids === !filter) throw new BadRequest('Name the replies either by "ids" or by a "filter".');
    const answer: RetryView = { retried: [], refused: ids ? await this.unknown(ids) : [] };
    for await (const rows of ids ? this.named(ids) : this.failed(filter!, user)) {
      const { retried, refused } = await this.retries.again(rows);
      answer.retried.push(...retried);
      answer.refused.push(...[...refused].map(([id, { message: reason }]) => ({ id, reason })));
    }
    return answer;
  }

  async dismiss(ids: string[], user: User): Promise<DismissView> {
    const { done: dismissed, refused } = await this.decide(ids, 'Nothing is to be decided about it any more.', (rows) =>
      this.dismissals.dismiss(rows, user),
    );
    return { dismissed, refused };
  }

  async restore(ids: string[], user: User): Promise<RestoreView> {
    const { done: restored, refused } = await this.decide(ids, 'It is not one that was dismissed, or is on its way again.', (rows) =>
      this.dismissals.restore(rows, user),
    );
    return { restored, refused };
  }

  /** `against`: why those are refused that `decide` leaves out. */
  private async decide(ids: string[], against: string, decide: (rows: Delivery[]) => Promise<string[]>) {
    const answer = { done: [] as string[], refused: await this.unknown(ids) };
    for await (const rows of this.named(ids)) {
      const done = await decide(rows);
      answer.done.push(...done);
      answer.refused.push(...rows.flatMap(({ id }) => (done.includes(id) ? [] : { id, reason: against })));
    }
    return answer;
  }

  private async *named(ids: string[]): AsyncGenerator<Delivery[]> {
    const rows = await this.database.manager.find(Delivery, { where: { id: In(ids) }, order: { id: 'ASC' } });
    for (let start = 0; start < rows.length; start += slice) yield rows.slice(start, start + slice);
  }

  private async *failed(filter: TroubleFilter, user: User): AsyncGenerator<Delivery[]> {
    for (let afterId: string | null = null; ;) {
      const rows = await failedOnes(this.database.manager, filter, user.id, { afterId, limit: slice });
      if (rows.length) yield rows;
      if (rows.length < slice) return;
      afterId = rows.at(-1)!.id;
    }
  }

  private async unknown(ids: string[]): Promise<RefusedDelivery[]> {
    const rows = await this.database.manager.find(Delivery, { select: { id: true }, where: { id: In(ids) } });
    const known = new Set(rows.map(({ id }) => id));
    return [...new Set(ids)].flatMap((id) => (known.has(id) ? [] : { id, reason: 'There is no such delivery.' }));
  }
}

async function itemsOf(manager: EntityManager, rows: Delivery[]): Promise<DeliveryItem[]> {
  const messages = await byId(manager, Message, rows, ({ messageId }) => messageId);
  const conversations = await byId(manager, Conversation, [...messages.values()], ({ conversationId }) => conversationId);
  const contacts = await byId(manager, Contact, [...conversations.values()], ({ contactId }) => contactId);
  const channels = await byId(manager, Channel, rows, ({ channelId }) => channelId);
  const files = await manager.find(Attachment, { where: { messageId: In([...messages.keys()]) }, order: { createdAt: 'ASC', id: 'ASC' } });
  return rows.map((row) => {
    const { id, messageId, channelId, createdAt } = row;
    const message = messages.get(messageId)!;
    const { number, subject, kind, contactId } = conversations.get(message.conversationId)!;
    const { conversationId, authorId, authorName } = message;
    return {
      ...deliveryView(row),
      ...{ id, messageId, conversationId, channelId, createdAt },
      conversation: { number, subject, contactName: contacts.get(contactId)!.name, channelType: channels.get(channelId)!.type, kind },
      author: authorId ? { id: authorId, name: authorName } : null,
      preview: previewOf({ ...message, files: files.filter((file) => file.messageId === messageId) }),
    };
  });
}

/** The rows that others point to, by their ids. */
async function byId<From, To extends { id: string }>(
  manager: EntityManager,
  entity: new () => To,
  rows: From[],
  pick: (row: From) => string,
): Promise<Map<string, To>> {
  const ids = [...new Set(rows.map(pick))];
  const found = await manager
    .createQueryBuilder(entity, 'row')
    .where({ id: In(ids) })
    .getMany();
  return new Map(found.map((row) => [row.id, row]));
}
