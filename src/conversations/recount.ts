import { type EntityManager, In, MoreThan } from 'typeorm';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';
import { preview } from './preview.js';

/**
 * Makes what a conversation's row says of its messages true again after some came, went or were moved: count, preview,
 * times, and since when the customer has been waiting, which is since the first message that nobody has answered.
 */
export async function recount(manager: EntityManager, conversationId: string): Promise<void> {
  const said = { conversationId, kind: 'message' as const };
  const latest = { order: { sentAt: 'DESC', id: 'DESC' } } as const;
  const [newest, lastInbound, answer, messageCount] = [
    await manager.findOne(Message, { where: said, ...latest }),
    await manager.findOne(Message, { where: { ...said, direction: 'inbound' }, ...latest }),
    await manager.findOne(Message, { where: { ...said, direction: 'outbound', human: true }, ...latest }),
    await manager.countBy(Message, { conversationId, kind: In(['message', 'note']) }),
  ];
  const unanswered = await manager.findOne(Message, {
    where: { ...said, direction: 'inbound', human: true, ...(answer && { sentAt: MoreThan(answer.sentAt) }) },
    order: { sentAt: 'ASC', id: 'ASC' },
  });
  await manager
    .createQueryBuilder()
    .update(Conversation)
    .set({
      preview: newest ? preview(newest.text) : '',
      ...(newest && { lastMessageAt: newest.sentAt }),
      lastInboundAt: lastInbound?.sentAt ?? null,
      waitingSince: unanswered?.sentAt ?? null,
      messageCount,
      version: () => 'version + 1',
    })
    .where({ id: conversationId })
    .execute();
}
