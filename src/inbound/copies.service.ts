import { Injectable } from '@nestjs/common';
import { Between, type EntityManager, In, Not } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { ThreadKey } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { notePost, putUnder } from '../conversations/post-facts.js';
import { awaitTurn } from '../database/turns.js';
import { Places } from './places.service.js';

/** Platforms hand some things over twice, under two ids, e.g. a comment on an ad and on the post it promotes. One is shown. */
@Injectable()
export class Copies {
  constructor(
    private readonly places: Places,
    private readonly messageChanges: MessageChanges,
  ) {}

  /** The message that this is a copy of; of several the one nearest in time. */
  async firstOf(manager: EntityManager, channelId: string, { copy, sentAt, direction }: MessageEvent): Promise<Message | null> {
    if (!copy) return null;
    await awaitTurn(manager, 'copies', channelId, copy.of);
    const [from, to] = [-copy.withinMs, copy.withinMs].map((ms) => new Date(sentAt.getTime() + ms));
    const alike = { channelId, direction, copyOf: copy.of, copyPlace: Not(copy.place), sentAt: Between(from!, to!) };
    const distance = (message: Message) => Math.abs(message.sentAt.getTime() - sentAt.getTime());
    const candidates = await without(manager, await manager.findBy(Message, alike), copy.apart);
    return candidates.toSorted((one, other) => distance(one) - distance(other))[0] ?? null;
  }

  /** Whatever refers to the copy means the one that is shown: answers to it, changes, and later comments in the same place. */
  async add(manager: EntityManager, first: Message, copy: MessageEvent): Promise<null> {
    // The keys of a chat name all of it, and stay with its first message.
    const names = copy.kind === 'dm' ? [copy.externalId] : [...copy.ownKeys, copy.externalId];
    await this.places.claim(manager, first, names);
    const { conversationId } = await manager.findOneByOrFail(Message, { id: first.id });
    if (copy.post) await putUnder(manager, conversationId, await notePost(manager, first.channelId, copy.post));
    await this.messageChanges.apply(manager, first.channelId, copy.externalId);
    return null;
  }
}

/** The messages that have none of these ids, neither as their own nor as the id of a copy. */
async function without(manager: EntityManager, messages: Message[], ids: string[] = []): Promise<Message[]> {
  if (!messages.length || !ids.length) return messages;
  const [{ channelId }] = messages as [Message];
  const named = await manager.findBy(ThreadKey, { channelId, key: In(ids), messageId: In(messages.map(({ id }) => id)) });
  return messages.filter(({ id, externalId }) => !ids.includes(externalId ?? '') && named.every(({ messageId }) => messageId !== id));
}
