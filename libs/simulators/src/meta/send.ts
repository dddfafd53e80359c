import type { Core } from './core.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { permit } from './permissions.js';
import type { PrivateReplies } from './private-replies.js';
import type { ThreadControl } from './thread-control.js';
import type { MetaAccount, Thread } from './world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const livingTags = ['HUMAN_AGENT'];
const messagingTypes = [undefined, 'RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];

type Fields = Record<string, unknown>;

/** What a send is checked against. */
export interface Rules {
  core: Core;
  control: ThreadControl;
  privateReplies: PrivateReplies;
}

/** Who calls: a token and the accounts it opens. */
export type Caller = Pick<GraphRequest, 'accounts' | 'token'>;

/** What a call to the Send API asks for, once it was found to be allowed. */
export interface AllowedSend {
  thread: Thread;
  message: Fields;
  text: string;
  metadata?: string;
  replyTo?: string;
  /** Uses up the right to answer a comment in private. */
  use?: () => void;
}

/** Checks a Send API body in the order Meta does: shape, recipient, owner, window, content. Throws the {@link GraphError} it would answer. */
export function checkSend(rules: Rules, caller: Caller, body: Fields): AllowedSend {
  const { thread, use } = findRecipient(rules, caller, body.recipient);
  checkTag(body, rules.core);
  if (!use) rules.control.checkOwner(thread);
  if (!use) checkWindow(thread, body.tag === 'HUMAN_AGENT', rules.core.clock.now());
  const message = record(body.message, 'param message must be non-empty.');
  const text = checkContent(thread.account, message);
  const metadata = typeof message.metadata === 'string' ? message.metadata : undefined;
  if (metadata && metadata.length >= 1000) throw new GraphError(100, 'Length of param message[metadata] must be less than 1000');
  return { thread, use, message, text, metadata, replyTo: repliedTo(thread, body.reply_to) };
}

/** The thread of `recipient.id`; or, for a comment or a visitor's post, the one that a private reply opens. */
export function findRecipient(
  { core, privateReplies }: Rules,
  { accounts, token }: Caller,
  recipient: unknown,
): { thread: Thread; use?: () => void } {
  const { id, comment_id, post_id } = record(recipient, 'The parameter recipient is required');
  const found =
    comment_id !== undefined
      ? privateReplies.toComment(accounts, String(comment_id))
      : post_id !== undefined
        ? privateReplies.toPost(accounts, String(post_id))
        : { thread: knownPerson(core, accounts, id) };
  permit(token, found.thread.account, 'use' in found ? 'private-reply' : 'messages');
  checkReachable(core, found.thread);
  return found;
}

function knownPerson({ world }: Core, accounts: MetaAccount[], id: unknown): Thread {
  if (typeof id !== 'string' && typeof id !== 'number') throw new GraphError(100, 'Param recipient[id] must be a valid ID string');
  const [known] = accounts.flatMap((account) => world.threadWith(account, String(id)) ?? []);
  if (known) return known;
  throw nobody(accounts.length === 1 ? accounts[0]! : null);
}

const nobody = (account: MetaAccount | null) =>
  account?.kind === 'instagram'
    ? new GraphError(100, 'The requested user cannot be found.', 2534014)
    : new GraphError(100, 'No matching user found', 2018001);

/** The same condition may come with either pair of codes. */
function checkReachable({ habits }: Core, { account, unreachable }: Thread): void {
  if (unreachable === 'deleted') throw nobody(account);
  const swapped = habits.swappedCodes ? unreachable === 'blocked' : unreachable === 'muted';
  if (unreachable) throw new GraphError(swapped ? 200 : 551, "This person isn't available right now.", 1545041);
}

function checkTag(body: Fields, { habits }: Core): void {
  const { messaging_type: type, tag } = body;
  if (!messagingTypes.includes(type as string))
    throw new GraphError(100, 'Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}');
  if (type === 'MESSAGE_TAG' && !tag) throw new GraphError(100, 'Param tag is required with MESSAGE_TAG');
  if (tag && !livingTags.includes(tag as string)) throw new GraphError(100, 'Invalid parameter');
  if (tag && !habits.humanAgentGranted) throw new GraphError(100, 'Invalid parameter: the app may not use this tag');
}

/**
 * Up to 24 h after the customer last did something all is allowed; up to 7 days after their last message the human agent tag;
 * then nothing. An arrival or a reaction opens only the first.
 */
export function checkWindow(thread: Thread, tagged: boolean, now: number): void {
  const action = now - (thread.lastCustomerAt ?? -Infinity);
  const message = now - (thread.messages.findLast(({ by }) => by === 'customer')?.at ?? -Infinity);
  if (action <= DAY || (tagged && message <= 7 * DAY)) return;
  const subcode = thread.account.kind === 'page' ? 2018278 : 2534022;
  throw new GraphError(10, 'This message is sent outside of allowed window.', subcode);
}

/** Text or something attached, never both. Returns the text, empty where something is attached. */
function checkContent(account: MetaAccount, message: Fields): string {
  const { text, attachment, attachments, sticker_id, quick_replies } = message;
  const attached = attachment ?? attachments ?? sticker_id;
  if (attached && text) throw new GraphError(100, 'Only one of the text, attachment, and dynamic_text fields can be specified');
  if (Array.isArray(quick_replies) && quick_replies.length > 13)
    throw new GraphError(100, 'Param message[quick_replies] can have at most 13 elements');
  if (attached) return '';
  if (typeof text !== 'string' || !text.trim()) throw new GraphError(100, 'Message cannot be empty, must provide valid attachment or text');
  checkLength(account, text);
  return text;
}

/** Messenger counts 2000 characters, Instagram 1000 bytes of UTF-8. */
function checkLength({ kind }: MetaAccount, text: string): void {
  if (kind === 'page' && text.length > 2000) throw new GraphError(100, 'Length of param message[text] must be less than or equal to 2000');
  if (kind === 'instagram' && Buffer.byteLength(text) > 1000)
    throw new GraphError(100, 'Message text must be UTF-8 and at most 1000 bytes', 2534015);
}

function repliedTo(thread: Thread, reply: unknown): string | undefined {
  if (reply === undefined) return undefined;
  const { mid } = record(reply, 'Param reply_to must be an object');
  if (thread.messages.some((message) => message.mid === mid && message.withdrawnAt === undefined)) return String(mid);
  throw new GraphError(100, 'Param reply_to[mid] must be a message of this thread');
}

function record(value: unknown, otherwise: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new GraphError(100, otherwise);
}
