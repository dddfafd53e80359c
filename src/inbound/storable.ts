import type { Correspondence, InboundEvent, MessageEvent, Person } from '#libs/connector';
import { sha256 } from '../people/passwords.js';

/** What a PostgreSQL index takes is about 2,700 bytes; ids of senders who mean well are far shorter. */
const maxKeyBytes = 1_000;

/** Who writes to more people than this holds no conversation with them. */
const maxParticipants = 200;

/** The same event in a form that every database takes. */
export function storable(event: InboundEvent): InboundEvent {
  const clean = characters(event);
  switch (clean.type) {
    case 'message':
      return storableMessage(clean);
    case 'change':
      return { ...clean, of: indexable(clean.of), key: indexable(clean.key) };
    case 'receipt':
      return {
        ...clean,
        of: typeof clean.of === 'string' ? indexable(clean.of) : { ...clean.of, threadKey: indexable(clean.of.threadKey) },
      };
    case 'control':
      return { ...clean, threadKey: indexable(clean.threadKey) };
    case 'post':
      return { ...clean, post: { ...clean.post, id: indexable(clean.post.id) } };
    case 'ignored':
      return clean;
  }
}

function storableMessage(event: MessageEvent): MessageEvent {
  const { correspondence, replyTo, copy, post } = event;
  return {
    ...event,
    externalId: indexable(event.externalId),
    customer: storablePerson(event.customer),
    ownKeys: event.ownKeys.map(indexable),
    threadKeys: event.threadKeys.map(({ rule, key }) => ({ rule, key: indexable(key) })),
    ...(replyTo !== undefined && { replyTo: indexable(replyTo) }),
    ...(copy && { copy: { ...copy, of: indexable(copy.of) } }),
    ...(post && { post: { ...post, id: indexable(post.id) } }),
    ...(correspondence && { correspondence: storableCorrespondence(correspondence) }),
  };
}

function storableCorrespondence({ forwarded, participants, ...rest }: Correspondence): Correspondence {
  const known = forwarded && { ...forwarded, author: storablePerson(forwarded.author), ownKeys: forwarded.ownKeys.map(indexable) };
  return { ...rest, participants: participants.slice(0, maxParticipants).map(storablePerson), forwarded: known };
}

const storablePerson = (person: Person): Person => ({ ...person, id: indexable(person.id) });

/** PostgreSQL refuses U+0000, and a lone half of a surrogate pair is no character in UTF-8. Dates and bytes stay as they are. */
function characters<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T;
  if (Array.isArray(value)) return value.map(characters) as T;
  if (value === null || typeof value !== 'object' || value instanceof Date || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, characters(part)])) as T;
}

function indexable(key: string): string {
  return Buffer.byteLength(key) <= maxKeyBytes ? key : `${key.slice(0, 200)}#${sha256(key)}`;
}
