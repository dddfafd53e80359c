import { type EntityManager, In, MoreThan } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { ThreadKey } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';

const second = 1_000;

/**
 * When a message counts as sent. Clocks differ and mail knows whole seconds only, but nobody answers what is not written
 * yet: a message comes after those it answers, and one that arrives late comes before its answers (`awaited`). For each mail
 * that it names and that is not here it leaves a millisecond free behind the last one that is: they may come in between.
 */
export async function sentAtAmong(
  manager: EntityManager,
  channelId: string,
  conversationId: string,
  event: MessageEvent,
  awaited: boolean,
): Promise<Date> {
  const parents = await answeredBy(manager, channelId, event);
  const parent = parents.length ? Math.max(...parents.map(({ sentAt }) => sentAt.getTime())) : null;
  const missing = Math.max(0, event.threadKeys.length - parents.length);
  const earliest = parent === null ? -Infinity : parent + 1 + missing;
  const after = Math.max(event.sentAt.getTime(), earliest);
  if (!awaited) return new Date(after);
  const next = await manager.findOne(Message, {
    where: { conversationId, kind: 'message', ...(parent !== null && { sentAt: MoreThan(new Date(parent)) }) },
    order: { sentAt: 'ASC', id: 'ASC' },
  });
  if (!next || next.sentAt.getTime() > after) return new Date(after);
  if (parent === null) return new Date(next.sentAt.getTime() - second);
  const between = Math.max(earliest, Math.floor((parent + next.sentAt.getTime()) / 2));
  return new Date(Math.max(parent + 1, Math.min(between, next.sentAt.getTime() - 1)));
}

/** The messages whose own ids this one names. The key of a message is its id, perhaps with the hash of its content behind it. */
async function answeredBy(manager: EntityManager, channelId: string, { threadKeys }: MessageEvent): Promise<Message[]> {
  const keys = threadKeys.map(({ key }) => key);
  if (!keys.length) return [];
  const rows = (await manager.findBy(ThreadKey, { channelId, key: In(keys) })).filter(({ messageId }) => messageId);
  const select = { id: true, sentAt: true, externalId: true } as const;
  const byKey = rows.length ? await manager.find(Message, { select, where: { id: In(rows.map(({ messageId }) => messageId)) } }) : [];
  const named = byKey.filter(({ id, externalId }) =>
    rows.some(({ messageId, key }) => messageId === id && externalId?.startsWith(`${key}#`)),
  );
  return [...named, ...(await manager.find(Message, { select, where: { channelId, externalId: In(keys) } }))];
}
