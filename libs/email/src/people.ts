import { domainToUnicode } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import { isAddress, type MailAddress } from './addresses.js';
import { decodeWords } from './encoded-words.js';
import { readParameters } from './parameters.js';
import { firstHeader, type RawHeader } from './raw-headers.js';

const maxPeople = 100;
const maxHeader = 100_000;

/** The first {@link maxPeople} usable addresses of a header. */
export function addressesOf(headers: RawHeader[], name: string): MailAddress[] {
  const charset = charsetOf(headers);
  // Addresses are told apart before names are decoded: a name may hide a comma.
  return addressparser(firstHeader(headers, name).slice(0, maxHeader), { flatten: true })
    .slice(0, maxPeople)
    .map((entry) => ({ name: decodeWords(entry.name ?? '', charset).trim(), address: readable(entry.address ?? '') }))
    .filter(({ address }) => isAddress(address));
}

// RFC 2047 §5 forbids encoded words in an address; decoding one would turn a stranger's text into somebody's address.
function readable(raw: string): string {
  if (raw.includes('=?')) return '';
  const address = decodeWords(raw);
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at).toLowerCase().startsWith('xn--') || address.includes('.xn--') ? domainToUnicode(address.slice(at)) : '';
  return domain ? address.slice(0, at) + domain : address;
}

/** Who wrote a mail: From, or else what in it looks like an address, Sender, Return-Path. */
export function senderOf(headers: RawHeader[]): MailAddress | null {
  const header = firstHeader(headers, 'from').slice(0, 1000);
  const bare = /[^\s<>"(),;:]+@[^\s<>(),;:"]+/.exec(header)?.[0] ?? '';
  const lenient = isAddress(bare) && !header.includes('=?') ? [{ name: '', address: bare }] : [];
  return (
    addressesOf(headers, 'from')[0] ?? lenient[0] ?? addressesOf(headers, 'sender')[0] ?? addressesOf(headers, 'return-path')[0] ?? null
  );
}

/** The subject on one line, or null when there is none. */
export function subjectOf(headers: RawHeader[]): string | null {
  return decodeWords(firstHeader(headers, 'subject'), charsetOf(headers)).replace(/\s+/g, ' ').trim() || null;
}

/** Raw bytes in a header are in the charset of the body where they are not UTF-8. */
const charsetOf = (headers: RawHeader[]) => readParameters(firstHeader(headers, 'content-type')).params.get('charset') ?? '';
