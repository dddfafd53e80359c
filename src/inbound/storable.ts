import type { InboundEvent } from '#libs/connector';
import { sha256 } from '../people/passwords.js';

/** What a PostgreSQL index takes is about 2,700 bytes; ids of senders who mean well are far shorter. */
const maxKeyBytes = 1_000;

/** The same event in a form that every database takes. */
export function storable(event: InboundEvent): InboundEvent {
  const clean = characters(event);
  if (clean.type !== 'message') return clean;
  const { customer } = clean;
  return {
    ...clean,
    externalId: indexable(clean.externalId),
    customer: { ...customer, id: indexable(customer.id) },
    ownKeys: clean.ownKeys.map(indexable),
    threadKeys: clean.threadKeys.map(({ rule, key }) => ({ rule, key: indexable(key) })),
  };
}

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
