import { GraphError } from './graph-error.js';
import type { Habits } from './habits.js';
import type { MetaAccount, Thread, World } from './world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const livingTags = ['HUMAN_AGENT'];
const messagingTypes = [undefined, 'RESPONSE', 'UPDATE', 'MESSAGE_TAG'];

/** What a call to the Send API asks for, once it was found to be allowed. */
export interface AllowedSend {
  thread: Thread;
  text: string;
  metadata?: string;
}

/** Checks a Send API body in the order Meta does: shape, recipient, window, text. Throws the {@link GraphError} it would answer. */
export function checkSend(world: World, habits: Habits, accounts: MetaAccount[], body: Record<string, unknown>): AllowedSend {
  const thread = findRecipient(world, accounts, body.recipient);
  checkTag(body, habits);
  checkWindow(thread, body.tag === 'HUMAN_AGENT', world.now());
  const message = record(body.message, '(#100) param message must be non-empty.');
  const text = checkText(thread.account, message);
  const metadata = typeof message.metadata === 'string' ? message.metadata : undefined;
  if (metadata && metadata.length >= 1000) throw new GraphError(100, 'Length of param message[metadata] must be less than 1000');
  return { thread, text, metadata };
}

function findRecipient(world: World, accounts: MetaAccount[], recipient: unknown): Thread {
  const { id } = record(recipient, 'The parameter recipient is required');
  if (typeof id !== 'string' && typeof id !== 'number') throw new GraphError(100, 'Param recipient[id] must be a valid ID string');
  const [known] = accounts.flatMap((account) => world.threadWith(account, String(id)) ?? []);
  if (known?.blocked) throw new GraphError(551, "This person isn't available right now.", 1545041);
  if (known) return known;
  if (accounts.length === 1 && accounts[0]!.kind === 'instagram') throw new GraphError(100, 'The requested user cannot be found.', 2534014);
  throw new GraphError(100, 'No matching user found', 2018001);
}

function checkTag(body: Record<string, unknown>, habits: Habits): void {
  const { messaging_type: type, tag } = body;
  if (!messagingTypes.includes(type as string))
    throw new GraphError(100, `Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}`);
  if (type === 'MESSAGE_TAG' && !tag) throw new GraphError(100, 'Param tag is required with MESSAGE_TAG');
  if (tag && !livingTags.includes(tag as string)) throw new GraphError(100, 'Invalid parameter');
  if (tag && !habits.humanAgentGranted) throw new GraphError(100, 'Invalid parameter: the app may not use this tag');
}

/** Up to 24 h after the customer's last message all is allowed, up to 7 days the human agent tag, then nothing. */
function checkWindow(thread: Thread, tagged: boolean, now: number): void {
  const age = thread.lastCustomerAt === null ? Infinity : now - thread.lastCustomerAt;
  if (age <= (tagged ? 7 * DAY : DAY)) return;
  const subcode = thread.account.kind === 'page' ? 2018278 : 2534022;
  throw new GraphError(10, 'This message is sent outside of allowed window.', subcode);
}

/** Messenger counts 2000 characters, Instagram 1000 bytes of UTF-8. */
function checkText(account: MetaAccount, message: Record<string, unknown>): string {
  const { text } = message;
  if (message.attachment && text) throw new GraphError(100, 'Only one of the text, attachment, and dynamic_text fields can be specified');
  if (typeof text !== 'string' || !text.trim()) throw new GraphError(100, 'Message cannot be empty, must provide valid attachment or text');
  const tooLong = account.kind === 'page' ? text.length > 2000 : Buffer.byteLength(text) > 1000;
  if (tooLong && account.kind === 'page') throw new GraphError(100, 'Length of param message[text] must be less than or equal to 2000');
  if (tooLong) throw new GraphError(100, 'Message text must be UTF-8 and at most 1000 bytes', 2534015);
  return text;
}

function record(value: unknown, otherwise: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GraphError(100, otherwise);
}
