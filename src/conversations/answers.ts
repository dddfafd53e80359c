import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { awaitTurn } from '../database/turns.js';
import { messageNamed } from './message-names.js';
import { Message } from './message.entity.js';

/** Connects a message with the one it answers, if that is here; else the other one does it when it comes. */
export async function connectAnswered(
  manager: EntityManager,
  { id, channelId, replyToExternalId }: Pick<Message, 'id' | 'channelId' | 'replyToExternalId'>,
): Promise<void> {
  if (replyToExternalId === null) return;
  await awaitTurn(manager, channelId, replyToExternalId);
  const answered = await messageNamed(manager, channelId, replyToExternalId);
  if (answered) await manager.update(Message, id, { replyToMessageId: answered.id });
}

/** Connects a message with those that answer it and came before it; `names` are all its ids at the platform. Resolves with these. */
export async function connectAnswers(
  manager: EntityManager,
  { id, channelId }: Pick<Message, 'id' | 'channelId'>,
  names: string[],
): Promise<Message[]> {
  const naming = { channelId, replyToExternalId: In(names) };
  const answers = await manager.findBy(Message, [
    { ...naming, replyToMessageId: IsNull() },
    { ...naming, replyToMessageId: Not(id) },
  ]);
  if (answers.length) await manager.update(Message, { id: In(answers.map((answer) => answer.id)) }, { replyToMessageId: id });
  return answers;
}
