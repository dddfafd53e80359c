import { type EntityManager, In } from 'typeorm';
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
