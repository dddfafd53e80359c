import { ConnectorError, type Draft } from '#libs/connector';
import { isAddress, type MailAddress } from './addresses.js';

/** To whom an answer goes, and who else was written to. */
export interface Recipients {
  to: MailAddress[];
  cc: MailAddress[];
}

const most = 50;
/** Nobody reads these, and some of them answer. */
const machine = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|notifications?|abuse)([+._-].*)?@/i;

/**
 * Reply-To goes before From (RFC 5322 §3.6.3), but never back to ourselves; an answer to a mail of our own goes to
 * those it went to. Copies: everybody else named in it who is a person. Throws `rejected` when nobody can be answered.
 */
export function recipientsOf({ answering, customer }: Pick<Draft, 'answering' | 'customer'>, own: string): Recipients {
  const [from, replyTo, to, cc] = ['from', 'replyTo', 'to', 'cc'].map((part) => addressesOf(answering?.[part]));
  const strangers = (addresses: MailAddress[]) => unique(addresses).filter(({ address }) => !isOurs(address, own));
  const choices = [strangers(replyTo!), strangers(from!), from!.length ? strangers(to!) : [], strangers(addressesOf(named(customer)))];
  const chosen = choices.find((addresses) => addresses.length)?.slice(0, most);
  if (!chosen) {
    throw new ConnectorError('rejected', 'The sender of this mail left no usable address, so there is no one to answer', {
      action: 'Find the right address in the mail and write to it as a new message.',
    });
  }
  const others = strangers([...to!, ...cc!]).filter(
    ({ address }) => !machine.test(address) && !chosen.some((person) => sameAddress(person.address, address)),
  );
  return { to: chosen, cc: others.slice(0, most) };
}

const named = ({ id, name }: Draft['customer']): MailAddress => ({ name: name ?? '', address: id });

/** Whether an address is the channel's own, with whatever is behind a plus: reply tokens above all. */
export function isOurs(address: string, own: string): boolean {
  return sameAddress(address.replace(/\+[^@]*@/, '@'), own.replace(/\+[^@]*@/, '@'));
}

export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The usable addresses in a part of a stored envelope: of received mail objects, of our own also bare addresses. */
function addressesOf(part: unknown): MailAddress[] {
  return [part]
    .flat()
    .map((entry) => (typeof entry === 'string' ? { name: '', address: entry } : (entry as MailAddress | null | undefined)))
    .filter((entry): entry is MailAddress => isAddress(entry?.address ?? ''))
    .map(({ name, address }) => ({ name: name.replace(/[\r\n]+/g, ' '), address }));
}

function unique(addresses: MailAddress[]): MailAddress[] {
  return addresses.filter(({ address }, index) => addresses.findIndex((other) => sameAddress(other.address, address)) === index);
}
