import type { EntityManager } from 'typeorm';
import type { Person, Sent } from '#libs/connector';
import { Contact, Identity } from '../contacts/contact.entity.js';
import { Conversation, Counter, ThreadKey } from './conversation.entity.js';
import { addEvent } from './conversations.service.js';
import { linkConversations } from './links.js';
import { Message } from './message.entity.js';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import type { NewChange } from '../realtime/changes.service.js';

/**
 * A private answer to a comment has opened a chat with its author, or gone into the one they had: the conversation that their
 * answer will come into, tied to that of the comment. In the transaction that notes the reply as sent, by the platform's answer
 * or by its echo, whichever is first. Resolves with what changed.
 */
export async function noteOpenedChat(
  manager: EntityManager,
  reply: Message,
  { person, ownKeys }: NonNullable<Sent['opened']>,
): Promise<NewChange[]> {
  const comments = await manager.findOneByOrFail(Conversation, { id: reply.conversationId });
  const identity = await identityOf(manager, person, await commenterOf(manager, reply, comments));
  const { channelId } = reply;
  const found = (await conversationWith(manager, channelId, ownKeys)) ?? (await takeNumber(manager, channelId, ownKeys));
  const chat = typeof found === 'number' ? await open(manager, comments, identity, reply, found) : found;
  const keys = ownKeys.map((key) => ({ channelId: reply.channelId, key, conversationId: chat.id, claimed: true, messageId: null }));
  if (keys.length) await insertNew(manager, ThreadKey, keys);
  const type = chat === found ? 'conversation.updated' : 'conversation.created';
  return [{ type, conversationId: chat.id }, ...(await tie(manager, reply, comments, chat))];
}

/** Tells in both conversations of each other, once. */
export async function tie(manager: EntityManager, reply: Message, comments: Conversation, chat: Conversation): Promise<NewChange[]> {
  await linkConversations(manager, chat.id, comments.id, 'private-reply');
  const by = { id: reply.authorId, name: reply.authorName ?? 'Somebody' };
  const said = reply.text ? `: “${reply.text}”` : ' with a file';
  return [
    await addEvent(manager, comments, by, `answered privately; it goes on in conversation ${chat.number}`),
    await addEvent(manager, chat, by, `answered a comment of conversation ${comments.number} privately${said}`),
    { type: 'conversation.updated', conversationId: comments.id },
  ];
}

async function commenterOf(manager: EntityManager, { replyToMessageId }: Message, comments: Conversation): Promise<string> {
  const comment = replyToMessageId ? await manager.findOneBy(Message, { id: replyToMessageId }) : null;
  return comment?.authorId ?? comments.contactId;
}

/** Who wrote the comment and who is in the chat are one person, which only this answer tells. Whom we knew before keeps their own contact: merging is for people to decide. */
async function identityOf(manager: EntityManager, { scope, id: externalId, name }: Person, contactId: string): Promise<Identity> {
  const contact = await manager.findOneByOrFail(Contact, { id: contactId });
  const told = name ?? contact.name;
  await insertNew(manager, Identity, {
    ...{ id: newId(), contactId, scope, externalId, name: told, nameAskedAt: null },
    ...{ pictureSha256: null, remoteImages: false, undeliverable: null },
  });
  return manager.findOneByOrFail(Identity, { scope, externalId });
}

async function conversationWith(manager: EntityManager, channelId: string, keys: string[]): Promise<Conversation | null> {
  for (const key of keys) {
    const known = await manager.findOneBy(ThreadKey, { channelId, key });
    if (known) return manager.findOneBy(Conversation, { id: known.conversationId });
  }
  return null;
}

/** Whoever opens a conversation takes its number first, which locks it: of two at once the second finds what the first opened. */
async function takeNumber(manager: EntityManager, channelId: string, keys: string[]): Promise<Conversation | number> {
  await manager.increment(Counter, { name: 'conversation' }, 'value', 1);
  const { value } = await manager.findOneByOrFail(Counter, { name: 'conversation' });
  return (await conversationWith(manager, channelId, keys)) ?? value;
}

/** Nothing is to be done in it before the customer answers, so lists leave it out until then. Whoever wrote goes on with it. */
async function open(
  manager: EntityManager,
  comments: Conversation,
  identity: Identity,
  { sentAt }: Message,
  number: number,
): Promise<Conversation> {
  const { channelId, assigneeId, teamId } = comments;
  const id = newId();
  await manager.insert(Conversation, {
    ...{ id, number, channelId, contactId: identity.contactId, identityId: identity.id, kind: 'dm' as const, subject: null },
    ...{ assigneeId, teamId, lastMessageAt: sentAt, unread: false, createdAt: new Date() },
  });
  return manager.findOneByOrFail(Conversation, { id });
}
