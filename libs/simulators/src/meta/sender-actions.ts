import { GraphError } from './graph-error.js';
import { reactionEmoji, reactionName } from './reactions.js';
import { checkWindow, findRecipient, type Caller, type Rules } from './send.js';
import type { Thread } from './world.js';

/** Apps show typing for so long unless something is sent, ms. */
const TYPING_MS = 20_000;

/** A `sender_action`: what the customer sees of the business without a message. Answers only `recipient_id`. */
export function senderAction(rules: Rules, caller: Caller, body: Record<string, unknown>): { recipient_id: string } {
  const { recipient, sender_action: action, message, payload } = body;
  if (message !== undefined) throw new GraphError(100, 'Param sender_action cannot be combined with message');
  const { thread } = findRecipient(rules, caller, recipient);
  rules.control.checkOwner(thread);
  const now = rules.core.clock.now();
  if (action === 'typing_on') thread.typingUntil = now + TYPING_MS;
  else if (action === 'typing_off') thread.typingUntil = now;
  else if (action === 'mark_seen') thread.seenAt = now;
  else if (action === 'react' || action === 'unreact') react(rules, thread, action === 'react', payload);
  else throw new GraphError(100, 'Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN, REACT, UNREACT}');
  return { recipient_id: thread.customerId };
}

/** The business's own reaction; apps are not told of it. */
function react({ core }: Rules, thread: Thread, on: boolean, payload: unknown): void {
  checkWindow(thread, false, core.clock.now());
  const { message_id, reaction } = (payload ?? {}) as { message_id?: string; reaction?: string };
  const message = thread.messages.find(({ mid, withdrawnAt }) => mid === message_id && withdrawnAt === undefined);
  if (!message) throw new GraphError(100, 'Param payload[message_id] must be a message of this thread');
  const emoji = on && reaction ? reactionEmoji(reaction) : undefined;
  if (on && !emoji) throw new GraphError(100, 'Param payload[reaction] must be a known reaction');
  const others = (message.reactions ?? []).filter(({ by }) => by !== 'business');
  message.reactions = emoji ? [...others, { by: 'business', emoji, reaction: reactionName(emoji, thread.account.kind) }] : others;
}
