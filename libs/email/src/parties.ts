import type { Person } from '#libs/connector';
import { addressesIn, isAddress, sameMailbox, type MailAddress } from './addresses.js';
import { authenticationOf } from './authentication.js';
import { firstHeader } from './raw-headers.js';
import type { Mail } from './read-mail.js';

/** Who wrote to whom, seen from our mailbox. */
export interface Parties {
  direction: 'inbound' | 'outbound';
  /** Null when the mail names nobody but ourselves. */
  customer: MailAddress | null;
  /** Why it is not simply the From address, for people; null when it is. */
  because: 'contact-form' | 'mailing-list' | null;
}

/** Names under which web sites and shops send what a visitor typed in. */
const machineName =
  /^(no-?_?reply|do-?not-?reply|donotreply|wordpress|webmaster|website|web|www|www-data|apache|webform|form|forms|formular|kontakt|contact|mailer|notifications?|system|shop)$/i;

/**
 * The customer of a mail. Ours is what lies in the Sent folder, and what comes from our own address unless it fails
 * authentication. A contact form sends in our domain's name with the visitor in Reply-To: then it is the visitor's mail. A
 * list or group puts its own address into From: then the author is where it noted them.
 */
export function partiesOf(mail: Mail, own: string, folder: string | undefined): Parties {
  const fromUs = mail.from && sameMailbox(mail.from.address, own) && authenticationOf(mail.headers) !== 'fail';
  const written = stranger([...mail.to, ...mail.cc, ...addressesIn(firstHeader(mail.headers, 'bcc'))], own);
  const visitor = visitorOf(mail, own);
  if (folder === 'sent') return { direction: 'outbound', customer: written, because: null };
  if (visitor) return { direction: 'inbound', customer: visitor, because: 'contact-form' };
  if (fromUs && written) return { direction: 'outbound', customer: written, because: null };
  const author = authorBehindList(mail, own);
  if (author) return { direction: 'inbound', customer: author, because: 'mailing-list' };
  return { direction: 'inbound', customer: mail.from, because: null };
}

/** Everybody a mail names beside our own address. */
export function participantsOf(mail: Mail, own: string, customer: MailAddress | null): MailAddress[] {
  const all = [customer, mail.from, ...mail.replyTo, ...mail.to, ...mail.cc].filter((one) => one !== null);
  const strangers = all.filter(({ address }) => !sameMailbox(address, own));
  return strangers.filter(({ address }, index) => strangers.findIndex((other) => sameMailbox(other.address, address)) === index);
}

export function person({ name, address }: MailAddress): Person {
  return { scope: 'email', id: address.toLowerCase(), name: name.trim() || null };
}

/** Whether a group of our own (a Google Group, a shared address) only passed on what a person wrote to it. */
export function throughOurOwnList(mail: Mail, own: string): boolean {
  const listId = own.toLowerCase().replace('@', '.');
  const named = ['list-id', 'list-post', 'mailing-list', 'x-google-group-id'].map((name) => firstHeader(mail.headers, name).toLowerCase());
  return named.some((value) => value.includes(`<${listId}>`) || value.includes(own.toLowerCase()));
}

const stranger = (addresses: MailAddress[], own: string): MailAddress | null =>
  addresses.find(({ address }) => !sameMailbox(address, own)) ?? null;

const domainOf = (address: string): string => address.toLowerCase().split('@').at(-1) ?? '';

function visitorOf(mail: Mail, own: string): MailAddress | null {
  const from = mail.from?.address ?? '';
  const ours = sameMailbox(from, own) || (domainOf(from) === domainOf(own) && machineName.test(from.split('@')[0] ?? ''));
  const visitor = stranger(mail.replyTo, own);
  return ours && visitor && !sameMailbox(visitor.address, from) ? visitor : null;
}

function authorBehindList(mail: Mail, own: string): MailAddress | null {
  const header = (name: string) => firstHeader(mail.headers, name);
  const isList = Boolean(header('list-id') || header('mailing-list') || header('list-post'));
  const rewritten = / (via|über|par|por|tramite|przez) /i.test(mail.from?.name ?? '') || sameMailbox(mail.from?.address ?? '', own);
  if (!isList || !rewritten) return null;
  const noted = ['x-original-from', 'x-original-sender', 'x-google-original-from'].flatMap((name) => addressesIn(header(name)));
  const list = addressesIn(header('list-post').replace(/mailto:/i, '')).concat(mail.from ?? []);
  const others = [...noted, ...mail.replyTo].filter(
    ({ address }) => isAddress(address) && !list.some((one) => sameMailbox(one.address, address)),
  );
  const author = stranger(others, own);
  const name = author?.name || (mail.from?.name ?? '').replace(/ (via|über|par|por|tramite|przez) .*$/i, '').replace(/^['"]|['"]$/g, '');
  return author && { address: author.address, name };
}
