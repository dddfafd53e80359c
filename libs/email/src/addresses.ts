import addressparser from 'nodemailer/lib/addressparser';

/** A mail address as a person reads it. */
export interface MailAddress {
  name: string;
  address: string;
}

/** Whether a text can be used as an address: one `@`, no spaces or brackets, no control characters. International parts are fine (RFC 6531). */
export function isAddress(text: string): boolean {
  return /^[^\s@<>(),;:"\\\u0000-\u001f]+@[^\s@<>(),;:"\\\u0000-\u001f]+$/.test(text) && text.length <= 320;
}

/** The usable addresses of a list as people type it: `Ann <ann@x.org>, bob@x.org`. */
export function addressesIn(text: string): MailAddress[] {
  return addressparser(text, { flatten: true })
    .map(({ name = '', address = '' }) => ({ name, address }))
    .filter(({ address }) => isAddress(address));
}

/** Whether two addresses name the same mailbox as far as a stranger can tell; our own reply tokens (`name+c.…`) count as the plain address. */
export function sameMailbox(one: string, other: string): boolean {
  const plain = (address: string) => address.toLowerCase().replace(/\+c\.[\w-]+\.[a-z2-7]{16}@/, '@');
  return plain(one) === plain(other);
}
