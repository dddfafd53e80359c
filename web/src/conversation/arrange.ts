import type { Conversation, Message } from '../api/shapes.js';

const togetherMs = 5 * 60_000;

/** A message with what its neighbours have to do with how it is shown. */
export interface Placed {
  message: Message;
  /** It goes on where the same author's previous one stopped, so that the name need not be said again. */
  continued: boolean;
  /** The message it answers, where that is here and does not stand right above it. */
  answered: Message | null;
  /** Of comments: whether it stands below another one. */
  nested: boolean;
  /** Whether to tell how far it has come: of several that leave together and are equally far, the last one tells. */
  tellsDelivery: boolean;
  /** Whether an earlier part of the same reply has to be sent first and was not: sending that again sends this too. */
  waits: boolean;
}

/** Puts messages into relation, oldest first; comments with their answers below them. Mails are each their own. */
export function arrange(messages: Message[], kind: Conversation['kind']): Placed[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const shown = kind === 'comment' ? threaded(messages, byId) : messages;
  let spoken: Message | undefined;
  return shown.map((message, index) => {
    const [before, after, lastSpoken] = [shown[index - 1], shown[index + 1], spoken];
    if (message.kind === 'message') spoken = message;
    return {
      message,
      continued: isContinued(before, message, kind),
      answered: answered(message, byId, lastSpoken),
      nested: kind === 'comment' && isNested(message),
      tellsDelivery: !after || !isContinued(message, after, kind) || !isAsFar(message, after),
      waits: waits(message, messages),
    };
  });
}

const isNested = ({ direction, replyToMessageId }: Message) => direction === 'outbound' || replyToMessageId !== null;

/** Each first comment with everything said below it. What answers nothing by itself, such as a note, stays where it was said. */
function threaded(messages: Message[], byId: Map<string, Message>): Message[] {
  const threads = new Map<string, Message[]>();
  let last = '';
  for (const message of messages) {
    const first = firstAbove(message, byId);
    last = isNested(first) ? last || first.id : first.id;
    threads.set(last, [...(threads.get(last) ?? []), message]);
  }
  return [...threads.values()].flat();
}

/** What a comment, through all it answers, stands below in the end. */
function firstAbove(message: Message, byId: Map<string, Message>): Message {
  const above = byId.get(message.replyToMessageId ?? '');
  return above && above.sentAt < message.sentAt ? firstAbove(above, byId) : message;
}

function answered({ replyToMessageId }: Message, byId: Map<string, Message>, before: Message | undefined): Message | null {
  if (!replyToMessageId || replyToMessageId === before?.id) return null;
  return byId.get(replyToMessageId) ?? null;
}

function isContinued(before: Message | undefined, message: Message, kind: Conversation['kind']): boolean {
  if (before?.kind !== 'message' || message.kind !== 'message' || kind === 'email') return false;
  if (message.partOf && replyOf(message) === replyOf(before)) return true;
  if (kind === 'comment') return false;
  const sameAuthor = before.direction === message.direction && sameWho(before.author, message.author) && before.mode === message.mode;
  return sameAuthor && !before.delivery?.error && Date.parse(message.sentAt) - Date.parse(before.sentAt) < togetherMs;
}

const sameWho = (one: Message['author'], other: Message['author']) =>
  one.type === other.type && one.id === other.id && one.name === other.name;

const isAsFar = (one: Message, other: Message) => !!other.delivery && one.delivery?.state === other.delivery.state && !one.delivery.error;

/** What the parts of one reply have in common. */
const replyOf = ({ id, partOf }: Message) => partOf ?? id;

function waits(message: Message, messages: Message[]): boolean {
  const state = message.delivery?.state;
  if (!message.partOf || (state !== 'queued' && state !== 'failed')) return false;
  const earlier = messages.slice(0, messages.indexOf(message)).filter((other) => replyOf(other) === message.partOf);
  return earlier.some(({ delivery }) => delivery?.state === 'failed' || delivery?.state === 'uncertain');
}
