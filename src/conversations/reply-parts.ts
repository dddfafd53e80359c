import { type EntityManager, In, LessThanOrEqual, MoreThan } from 'typeorm';
import { Delivery } from './delivery.entity.js';
import { Message } from './message.entity.js';

/** One message of a reply with its way to the customer. */
export interface SentPart {
  message: Message;
  delivery: Delivery;
}

/** All messages that a reply leaves as, in their order; most leave as one. */
export async function partsOf(manager: EntityManager, { id, partOf }: Pick<Message, 'id' | 'partOf'>): Promise<SentPart[]> {
  const first = partOf ?? id;
  const messages = await manager.find(Message, { where: [{ id: first }, { partOf: first }], order: { id: 'ASC' } });
  const deliveries = await manager.findBy(Delivery, { messageId: In(messages.map((message) => message.id)) });
  return messages.flatMap((message) => {
    const delivery = deliveries.find(({ messageId }) => messageId === message.id);
    return delivery ? [{ message, delivery }] : [];
  });
}

/** A message of a reply got the platform's time; those after it that have none yet stay behind it. */
export async function keepLaterParts(manager: EntityManager, { id, partOf }: Pick<Message, 'id' | 'partOf'>, sentAt: Date): Promise<void> {
  const passed = { partOf: partOf ?? id, id: MoreThan(id), sentAt: LessThanOrEqual(sentAt) };
  const later = await manager.find(Message, { select: { id: true }, where: passed, order: { id: 'ASC' } });
  for (const [index, part] of later.entries()) await manager.update(Message, part.id, { sentAt: new Date(sentAt.getTime() + index + 1) });
}
