import type { ChannelAccess, ThreadKey } from '#libs/connector';
import { originOf, tokenDelivery } from './message-ids.js';
import type { Mail } from './read-mail.js';
import { firstHeader } from './raw-headers.js';

/** The key under which a message with this Message-ID is found. */
export const messageIdKey = (messageId: string) => `mid:${messageId}`;

/** The key under which a reply of ours is found by its reply token. */
export const tokenKey = (deliveryId: string) => `token:${deliveryId.toLowerCase()}`;

/**
 * What a mail says it belongs to, the most trustworthy first: a reply token of ours, a Message-ID of ours (both prove
 * themselves by a MAC), then what anybody can write into In-Reply-To, and References from the nearest to the first.
 * In-Reply-To goes before References because some programs overwrite these. Forged ids of ours name nothing.
 */
export function threadKeys(mail: Mail, channel: Pick<ChannelAccess, 'id' | 'signingKey'>): ThreadKey[] {
  const keys: ThreadKey[] = recipients(mail)
    .map((address) => tokenDelivery(address, channel))
    .filter((delivery) => delivery !== null)
    .map((delivery) => ({ rule: 'reply-token', key: tokenKey(delivery) }));
  const named = [
    ...mail.inReplyTo.map((id) => ({ rule: 'in-reply-to', id })),
    ...mail.references.toReversed().map((id) => ({ rule: 'references', id })),
  ].map((entry) => ({ ...entry, origin: originOf(entry.id, channel) }));
  const own = named.filter(({ origin }) => origin.by === 'us');
  const others = named.filter(({ origin, id }) => origin.by === 'others' && id !== mail.messageId);
  for (const { rule, id } of [...own, ...others]) keys.push({ rule, key: messageIdKey(id) });
  return keys.filter(({ key }, index) => keys.findIndex((other) => other.key === key) === index);
}

/** Bcc'd addresses and aliases show only in what the receiving server noted down. */
function recipients(mail: Mail): string[] {
  const noted = ['delivered-to', 'x-original-to', 'envelope-to'].map((name) => firstHeader(mail.headers, name));
  return [...mail.to, ...mail.cc].map(({ address }) => address).concat(noted.map((address) => address.replace(/[<>]/g, '')));
}
