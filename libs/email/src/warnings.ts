import type { ChannelAccess } from '#libs/connector';
import { isAddress, sameMailbox, type MailAddress } from './addresses.js';
import { authenticationOf } from './authentication.js';
import { originOf, tokenDelivery } from './message-ids.js';
import type { Mail } from './read-mail.js';

type Channel = Pick<ChannelAccess, 'id' | 'signingKey' | 'address'>;

/** What an agent should know before trusting a mail, as a sentence; null when nothing is odd. The gravest comes first and is the only one told. */
export function warningOf(mail: Mail, channel: Channel, folder: string | undefined): string | null {
  if (mail.kind === 'complaint') return 'The recipient’s mail provider tells that a mail of ours was reported as spam.';
  if (mail.kind !== 'human') return null;
  return (
    forgedOwnSender(mail, channel) ??
    forgedReference(mail, channel) ??
    misleadingName(mail.from) ??
    failedAuthentication(mail) ??
    (folder === 'junk' ? 'The mail server took this mail for spam: it was in the junk folder.' : null)
  );
}

function forgedOwnSender(mail: Mail, { address }: Channel): string | null {
  const forged = mail.from && sameMailbox(mail.from.address, address) && authenticationOf(mail.headers) === 'fail';
  return forged ? 'This mail says it comes from our own address, and the mail server found that it does not.' : null;
}

function failedAuthentication(mail: Mail): string | null {
  if (authenticationOf(mail.headers) !== 'fail') return null;
  return `The mail server found that this mail does not come from ${mail.from?.address ?? 'whom it says'} (DMARC).`;
}

/** A name made to look like an address which the mail does not come from. */
function misleadingName(from: MailAddress | null): string | null {
  const shown = (from?.name ?? '').split(/[\s<>"'(),;]+/).find(isAddress);
  if (!from || !shown || shown.toLowerCase() === from.address.toLowerCase()) return null;
  return `The sender’s name shows the address ${shown}, but this mail comes from ${from.address}.`;
}

/** Ids made to look like ours. Those of another mailbox of ours, which we cannot check here, look the same: a mail that goes there too says nothing. */
function forgedReference(mail: Mail, channel: Channel): string | null {
  const addressed = [...mail.to, ...mail.cc].map(({ address }) => address);
  const domain = channel.address.split('@').at(-1)?.toLowerCase() ?? '';
  const token = addressed.some((address) => isTokenOfOurs(address, channel) && tokenDelivery(address, channel) === null);
  const others = addressed.some((address) => address.toLowerCase().endsWith(`@${domain}`) && !sameMailbox(address, channel.address));
  const ids = [...mail.inReplyTo, ...mail.references].filter((id) => id.toLowerCase().endsWith(`@${domain}`));
  const id = !others && ids.some((id) => originOf(id, channel).by === 'forger');
  return token || id ? 'This mail refers to one of ours by an id that we did not make. Somebody may be guessing.' : null;
}

const isTokenOfOurs = (address: string, channel: Channel): boolean =>
  /\+c\.[\w-]+\.[a-z2-7]{16}@/i.test(address) && sameMailbox(address, channel.address);
