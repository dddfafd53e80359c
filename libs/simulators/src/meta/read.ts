import type { Core } from './core.js';
import { chosen } from './fields.js';
import type { GraphCall, GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { graphTime } from './graph-time.js';
import { messageNode, readId } from './message-node.js';
import { page } from './paging.js';
import { permit } from './permissions.js';
import type { ThreadControl } from './thread-control.js';
import type { MetaAccount, Thread, ThreadMessage } from './world.js';

const newestReadable = 20;
const MONTH = 30 * 24 * 3_600_000;

type Node = Record<string, unknown>;

interface Context {
  core: Core;
  control: ThreadControl;
}

/** What an app may read of chats: the list, one, its messages, one message. */
export function chatReads(request: GraphRequest, { core, control }: Context): unknown {
  const { call, accounts, account, target, route, token } = request;
  if (account && (account.kind === 'page' || account.via === 'instagram') && route === 'GET conversations') {
    const kind = account.via === 'instagram' || call.query.get('platform') === 'instagram' ? 'instagram' : 'page';
    const asked = accounts.find((each) => each.kind === kind) ?? account;
    permit(token, asked, 'messages');
    return conversations(core, control, asked, call);
  }
  const threads = core.world.threads.filter((thread) => accounts.includes(thread.account));
  const thread = threads.find(({ id }) => id === target);
  if (thread && route === 'GET messages') return threadMessages(core, thread, call);
  if (thread && route === 'GET') return chosen({ ...threadNode(core, control, thread), messages: nested(core, thread, call) }, call.query);
  if (route !== 'GET') return undefined;
  for (const thread of threads) {
    const message = thread.messages.find(({ mid }) => readId(core, mid) === target);
    if (message) return oneMessage(core, thread, message, call.query);
  }
  return undefined;
}

/** Newest first; `user_id` narrows to one person. Of Instagram requests that nobody answered for 30 days nothing is told. */
function conversations(core: Core, control: ThreadControl, account: MetaAccount, call: GraphCall): Node {
  const { query } = call;
  const person = query.get('user_id');
  if (Number(query.get('limit')) > 50 && core.random() < core.habits.bigListsFail)
    throw new GraphError(1, 'Please reduce the amount of data you are asking for, then retry your request', undefined, 500);
  const threads = core.world.threads
    .filter((thread) => thread.account === account)
    .filter((thread) => thread.messages.length > 0 && (!person || thread.customerId === person))
    .filter((thread) => !isOldRequest(thread, core.clock.now()))
    .sort((a, b) => b.messages.at(-1)!.at - a.messages.at(-1)!.at);
  return page(
    core,
    call,
    threads,
    ({ id }) => id,
    (thread) => ({ ...threadNode(core, control, thread), messages: nested(core, thread, call) }),
  );
}

const isOldRequest = ({ account, messages }: Thread, now: number) =>
  account.kind === 'instagram' && messages.every(({ by }) => by === 'customer') && now - messages.at(-1)!.at > MONTH;

function threadNode({ app }: Core, control: ThreadControl, thread: Thread): Node {
  const holder = control.holderOf(thread);
  const lastOfOurs = thread.messages.findLastIndex(({ by }) => by !== 'customer');
  return {
    id: thread.id,
    updated_time: graphTime(thread.messages.at(-1)?.at ?? 0),
    message_count: thread.messages.length,
    unread_count: thread.messages.length - 1 - lastOfOurs,
    participants: { data: [customerOf(thread), businessOf(thread)] },
    snippet: thread.messages.findLast(({ withdrawnAt }) => withdrawnAt === undefined)?.text,
    can_reply: !thread.unreachable,
    is_owner: holder === null || holder === app.appId,
  };
}

/** `messages.limit(n){…}` of a thread. */
function nested(core: Core, thread: Thread, { query }: GraphCall): Node | undefined {
  const [, limit] = /\bmessages(?:\.limit\((\d+)\))?/.exec(query.get('fields') ?? '') ?? [undefined, undefined];
  return {
    data: visible(thread)
      .slice(0, Number(limit ?? 25))
      .map((message, index) => readable(core, thread, message, index)),
  };
}

/** `GET /{conversation}/messages`, newest first. Only the 20 newest can be opened; of older ones the id and time are listed. */
function threadMessages(core: Core, thread: Thread, call: GraphCall): Node {
  return page(
    core,
    call,
    visible(thread),
    ({ mid }) => mid,
    (message, index) => readable(core, thread, message, index),
  );
}

const visible = ({ messages }: Thread) => messages.filter(({ withdrawnAt }) => withdrawnAt === undefined).reverse();

function readable(core: Core, thread: Thread, message: ThreadMessage, index: number): Node {
  if (index >= newestReadable) return { id: readId(core, message.mid), created_time: graphTime(message.at) };
  return nodeOf(core, thread, message);
}

/** `GET /{message}`; error 9000001 for those that are gone or older than the newest 20. */
function oneMessage(core: Core, thread: Thread, message: ThreadMessage, query: URLSearchParams): Node {
  const place = visible(thread).indexOf(message);
  if (place < 0 || place >= newestReadable) throw new GraphError(9000001, 'Message has been deleted');
  return chosen(nodeOf(core, thread, message), query);
}

function nodeOf(core: Core, thread: Thread, message: ThreadMessage): Node {
  const sides = [customerOf(thread), businessOf(thread)];
  const [from, to] = message.by === 'customer' ? sides : sides.toReversed();
  const head = { id: readId(core, message.mid), created_time: graphTime(message.at), from, to: { data: [to] } };
  return { ...head, ...messageNode(core, thread, message, { customer: sides[0]!, business: sides[1]! }) };
}

const customerOf = ({ account, customer, customerId }: Thread): Node =>
  account.kind === 'page'
    ? { name: customer.name, email: `${customerId}@facebook.com`, id: customerId }
    : { username: customer.username, id: customerId };

const businessOf = ({ account }: Thread): Node =>
  account.kind === 'page'
    ? { name: account.name, email: `${account.id}@facebook.com`, id: account.id }
    : { username: account.name, id: account.id };
