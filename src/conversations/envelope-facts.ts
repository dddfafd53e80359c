import type { Message } from './message.entity.js';

/** What a connector that knows addresses keeps in a message's envelope; others keep none of it. */
interface Facts {
  subject?: unknown;
  from?: unknown;
  replyTo?: unknown;
  to?: unknown;
  cc?: unknown;
  bcc?: unknown;
}

type Enveloped = Pick<Message, 'envelope'>;

/** The subject that a message itself bore, whatever its conversation is called; null where it had none. */
export function subjectOf({ envelope }: Enveloped): string | null {
  const { subject } = (envelope ?? {}) as Facts;
  return typeof subject === 'string' ? subject : null;
}

/** To whom a message went, as its header lines named them: `Name <address>`, or the address alone. */
export function recipientsOf({ envelope }: Enveloped): { to: string[]; cc: string[] } {
  const { to, cc } = (envelope ?? {}) as Facts;
  return { to: listOf(to).map(written), cc: listOf(cc).map(written) };
}

/** Everybody a message names, by address in lower case. */
export function addressesIn({ envelope }: Enveloped): string[] {
  const { from, replyTo, to, cc, bcc } = (envelope ?? {}) as Facts;
  const all = [from, replyTo, to, cc, bcc].flatMap(listOf).map(({ address }) => address.toLowerCase());
  return [...new Set(all)];
}

interface Named {
  name: string;
  address: string;
}

const written = ({ name, address }: Named): string => (name ? `${name} <${address}>` : address);

function listOf(value: unknown): Named[] {
  if (Array.isArray(value)) return value.flatMap(listOf);
  if (typeof value === 'string') return value ? [{ name: '', address: value }] : [];
  const { name, address } = (value ?? {}) as Partial<Record<keyof Named, unknown>>;
  return typeof address === 'string' ? [{ name: typeof name === 'string' ? name : '', address }] : [];
}
