import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import type { Api, Conversation, InboundEvent, Message } from '../api.js';
import type { World } from './world.js';

/** A reply where its customer finds it. */
export interface Arrived {
  number: number;
  at: number;
  /** Whose it is: an address, or `account customer`. */
  customer: string;
  files: string[];
}

/** A message of the inbox, and the conversation that shows it. */
export interface Shown extends Message {
  conversation: Conversation;
  /** SHA-256 of each file as the inbox hands it out. */
  hashes: string[];
}

/** What both sides say at the end. */
export interface Evidence {
  conversations: Array<{ conversation: Conversation; messages: Shown[] }>;
  shown: Shown[];
  truth: ReturnType<World['meta']['truth']>;
  /** How many mails lie in the mailbox. */
  mailboxSize: number;
  arrived: Arrived[];
  received: InboundEvent[];
  quarantined: InboundEvent[];
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export async function gather(world: World, mailbox: string): Promise<Evidence> {
  const [api] = world.clients;
  const conversations: Evidence['conversations'] = [];
  for (const conversation of await api!.all<Conversation>('/conversations?sort=oldest')) {
    const messages = await api!.all<Message>(`/conversations/${conversation.id}/messages`);
    const shown = messages.map(async (message) => ({ ...message, conversation, hashes: await hashesOf(api!, message) }));
    conversations.push({ conversation, messages: await Promise.all(shown) });
  }
  return {
    conversations,
    shown: conversations.flatMap(({ messages }) => messages),
    truth: world.meta.truth(),
    mailboxSize: (await world.dovecot.list(mailbox)).length,
    arrived: [...(await mailed(world)), ...told(world)],
    received: await stuck(api!),
    quarantined: await api!.all<InboundEvent>('/inbound-events?state=quarantined'),
  };
}

/** What waits in the ledger twice is stuck; what came in this very moment is not. */
async function stuck(api: Api): Promise<InboundEvent[]> {
  const once = await api.all<InboundEvent>('/inbound-events?state=received');
  await sleep(once.length ? 20_000 : 0);
  const ids = (await api.all<InboundEvent>('/inbound-events?state=received')).map(({ id }) => id);
  return once.filter(({ id }) => ids.includes(id));
}

async function hashesOf(api: Api, { attachments }: Message): Promise<string[]> {
  const contents = attachments.map(async ({ id }) => {
    const response = await api.raw(`/attachments/${id}`);
    return response.ok ? sha256(Buffer.from(await response.arrayBuffer())) : `answered ${response.status}`;
  });
  return Promise.all(contents);
}

/** Of a text that an agent wrote; the customers' texts have none. */
export const replyNumber = (text: string): number | null => {
  const found = /\bR(\d+)\. Two are left/.exec(text);
  return found && Number(found[1]);
};

async function mailed({ smtp }: World): Promise<Arrived[]> {
  const mails = smtp.taken.map(async ({ raw, envelope, at }) => {
    const { text = '', attachments } = await simpleParser(raw);
    const number = replyNumber(text);
    const files = attachments.map(({ content }) => sha256(content));
    return number === null ? [] : envelope.to.map((customer) => ({ number, at, customer, files }));
  });
  return (await Promise.all(mails)).flat();
}

/** In chats, and as comments of our own below posts. */
function told({ meta }: World): Arrived[] {
  const { messages, comments } = meta.truth();
  const authorOf = (id: string | null): string => {
    const comment = comments.find((one) => one.id === id);
    return comment?.author ?? (comment ? authorOf(comment.parent) : 'nobody');
  };
  return [
    ...messages
      .filter(({ by }) => by === 'api')
      .map(({ text, at, account, customer }) => ({ text, at, customer: `${account} ${customer}` })),
    ...comments
      .filter(({ author }) => !author)
      .map(({ text, at, account, parent }) => ({ text, at, customer: `${account} ${authorOf(parent)}` })),
  ].flatMap(({ text, ...where }) => {
    const number = replyNumber(text);
    return number === null ? [] : [{ ...where, number, files: [] }];
  });
}
