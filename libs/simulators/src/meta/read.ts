import { GraphError } from './graph-error.js';
import type { MetaAccount, Thread, ThreadMessage, World } from './world.js';

const newestReadable = 20;

/** Graph's time format, to the second. */
const graphTime = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000');

type Node = Record<string, unknown>;

/** `GET /{account}/conversations`, newest first; `user_id` narrows to one person. */
export function conversations(world: World, accounts: MetaAccount[], query: URLSearchParams): Node {
  const kind = accounts[0]?.via === 'instagram' || query.get('platform') === 'instagram' ? 'instagram' : 'page';
  const person = query.get('user_id');
  const threads = world.threads
    .filter((thread) => accounts.includes(thread.account) && thread.account.kind === kind)
    .filter((thread) => thread.messages.length > 0 && (!person || thread.customerId === person))
    .sort((a, b) => b.messages.at(-1)!.at - a.messages.at(-1)!.at);
  return page(threads, query, (thread) => ({
    id: thread.id,
    updated_time: graphTime(thread.messages.at(-1)!.at),
    message_count: thread.messages.length,
    participants: { data: [customerOf(thread), businessOf(thread)] },
  }));
}

/** `GET /{conversation}/messages`, newest first. Only the 20 newest can be opened; of older ones the id and time are listed. */
export function threadMessages(thread: Thread, query: URLSearchParams): Node {
  const newestFirst = thread.messages.toReversed();
  return page(newestFirst, query, (message, index) => {
    const { id, created_time, ...rest } = messageNode(thread, message);
    return index < newestReadable ? { id, created_time, ...rest } : { id, created_time };
  });
}

/** `GET /{message}`; error 9000001 for those older than the newest 20. */
export function oneMessage(thread: Thread, message: ThreadMessage, query: URLSearchParams): Node {
  if (thread.messages.indexOf(message) < thread.messages.length - newestReadable) throw new GraphError(9000001, 'Message has been deleted');
  return chosen(messageNode(thread, message), query);
}

/** `GET /{PSID or IGSID}`. */
export function profile(thread: Thread, query: URLSearchParams): Node {
  const { name, username } = thread.customer;
  const [first_name, ...last] = name.split(' ');
  const picture = { profile_pic: `https://cdn.example/${thread.customerId}.jpg?oe=6A9F0000` };
  if (thread.account.kind === 'instagram') return chosen({ name, username, ...picture, id: thread.customerId }, query);
  return chosen({ first_name, last_name: last.join(' '), name, ...picture, id: thread.customerId }, query);
}

function messageNode(thread: Thread, message: ThreadMessage): Node {
  const sides = [customerOf(thread), businessOf(thread)];
  const [from, to] = message.by === 'customer' ? sides : sides.toReversed();
  return { id: message.mid, created_time: graphTime(message.at), from, to: { data: [to] }, message: message.text };
}

const customerOf = ({ account, customer, customerId }: Thread) =>
  account.kind === 'page'
    ? { name: customer.name, email: `${customerId}@facebook.com`, id: customerId }
    : { username: customer.username, id: customerId };

const businessOf = ({ account }: Thread) =>
  account.kind === 'page'
    ? { name: account.name, email: `${account.id}@facebook.com`, id: account.id }
    : { username: account.name, id: account.id };

/** Cursor paging as everywhere in Graph: the end is where `next` is missing. */
function page<T>(items: T[], query: URLSearchParams, node: (item: T, index: number) => Node): Node {
  const limit = Math.min(Number(query.get('limit') ?? 25), 100);
  const start = query.get('after') ? Number(Buffer.from(query.get('after')!, 'base64url').toString()) : 0;
  const data = items.slice(start, start + limit).map((item, index) => chosen(node(item, start + index), query));
  const after = Buffer.from(String(start + data.length)).toString('base64url');
  const more = start + data.length < items.length;
  return {
    data,
    ...(data.length > 0 && { paging: { cursors: { before: query.get('after') ?? '', after }, ...(more && { next: `after=${after}` }) } }),
  };
}

/** Keeps the fields asked for; without the question Graph answers `id` and its few defaults. */
export function chosen(node: Node, query: URLSearchParams): Node {
  const fields = query.get('fields')?.split(',') ?? ['name', 'created_time', 'updated_time'];
  return Object.fromEntries(Object.entries(node).filter(([key]) => key === 'id' || fields.includes(key)));
}
