import type { EntityManager } from 'typeorm';
import { Message } from './message.entity.js';

type Reply = Pick<Message, 'mode' | 'replyToMessageId'>;

/** Platforms allow one private answer to a comment. Takes it for this reply, in the transaction that writes it; false when it is used up. */
export async function takePrivateReply(manager: EntityManager, { replyToMessageId: id }: Reply): Promise<boolean> {
  if (!id) return false;
  const { affected } = await manager.update(Message, { id, answeredPrivately: false }, { answeredPrivately: true });
  return !!affected;
}

/** The reply that took it will surely not reach anybody. Does nothing for any other kind of reply. */
export async function giveBackPrivateReply(manager: EntityManager, { mode, replyToMessageId: id }: Reply): Promise<boolean> {
  if (mode !== 'private' || !id) return false;
  await manager.update(Message, { id }, { answeredPrivately: false });
  return true;
}
