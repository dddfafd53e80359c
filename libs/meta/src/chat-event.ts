import type { InboundEvent } from '#libs/connector';
import { readMessage, readPostback, readReferral } from './direct-message.js';
import { asObject, type JsonObject } from './json.js';
import { readEdit, readReaction, readUnsend } from './message-changes.js';
import { idOf, ignored, named, type Told } from './meta-event.js';
import { readDelivery, readRead } from './receipts.js';
import { heldElsewhere, readControl } from './thread-control.js';

type Read = (told: Told, element: JsonObject, event: JsonObject) => InboundEvent | InboundEvent[];

/** The one of these keys that an element has says what happened. */
const readers: Record<string, Read> = {
  message: (told, element, message) => (message.is_deleted === true ? readUnsend : readMessage)(told, element, message),
  postback: readPostback,
  reaction: readReaction,
  read: readRead,
  delivery: readDelivery,
  message_edit: readEdit,
  referral: readReferral,
  pass_thread_control: readControl,
  take_thread_control: readControl,
};

/** What an inbox has no use for. */
const silent: Record<string, string> = {
  request_thread_control: 'Another app asks for the chat; whoever holds it goes on holding it.',
  app_roles: 'The part that an app has in the Page’s chats was changed.',
  policy_enforcement: 'Meta warned the Page, blocked it, or let it go again: see its support inbox at Meta.',
  optin: 'Somebody agreed to get messages.',
  optout: 'Somebody no longer agrees to get messages.',
  account_linking: 'Somebody linked their account, or took the link away.',
};

/** Reads one element of `messaging`, or of `standby` while another app holds the chat. */
export function readChatEvent(told: Told, element: JsonObject, standby: boolean): InboundEvent[] {
  if (isDashboardTest(element)) return [ignored('A test that was sent from the app’s dashboard at Meta.')];
  const events = Object.keys(readers).flatMap((key) => {
    const event = asObject(element[key]);
    return event ? [() => readers[key]!(told, element, event)] : [];
  });
  const read = events[0]?.();
  if (read === undefined) return [ignored(whatElse(element))];
  return [...[read].flat(), ...(standby ? heldElsewhere(told, element, asObject(element.message)) : [])];
}

/** The very people that the dashboard's test button makes up. */
const isDashboardTest = ({ sender, recipient }: JsonObject) => idOf(sender) === '12334' && idOf(recipient) === '23245';

function whatElse(element: JsonObject): string {
  const key = Object.keys(element).find((name) => !['sender', 'recipient', 'timestamp'].includes(name));
  if (key === undefined) return 'An event without anything in it.';
  return Object.hasOwn(silent, key) ? silent[key]! : `An event of a kind that is not known here: ${named(key)}.`;
}
