import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChannelAccess } from '#libs/connector';

type Signer = Pick<ChannelAccess, 'id' | 'signingKey'>;

/** The ids in a Message-ID, In-Reply-To or References header: without brackets and comments, in order, case kept; bare ids are accepted. */
export function messageIds(header: string): string[] {
  const bracketed = [...header.matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => match[1] ?? '');
  const found = bracketed.length
    ? bracketed
    : header
        .replace(/\([^()]*\)/g, ' ')
        .split(/[\s,]+/)
        .filter((word) => word.includes('@'));
  return [...new Set(found.map((id) => id.slice(0, 995)))];
}

/** The Message-ID of a reply of ours, without brackets: `m.<delivery id>.<mac>@<domain>`. Nobody else can make one that {@link originOf} takes for ours. */
export function ownMessageId(deliveryId: string, channel: ChannelAccess): string {
  return `m.${deliveryId}.${mac('message-id', deliveryId, channel)}@${channel.address.split('@').at(-1)}`;
}

/** Whose a Message-ID is: that of a delivery of ours, somebody else's, or one that only looks like ours. */
export type IdOrigin = { by: 'us'; deliveryId: string } | { by: 'others' } | { by: 'forger' };

export function originOf(messageId: string, channel: Signer): IdOrigin {
  const [, deliveryId, given] = /^m\.([\w-]+)\.([a-z2-7]{16})@/.exec(messageId) ?? [];
  if (!deliveryId || !given) return { by: 'others' };
  return sameText(given, mac('message-id', deliveryId, channel)) ? { by: 'us', deliveryId } : { by: 'forger' };
}

/** The address an answer can be sent to when threads get lost: `name+c.<delivery id>.<mac>@domain`; null when that is longer than the 64 characters of RFC 5321 §4.5.3.1.1. */
export function tokenAddress(deliveryId: string, channel: ChannelAccess): string | null {
  const [local, domain] = channel.address.toLowerCase().split('@');
  const id = deliveryId.toLowerCase();
  const withToken = `${local}+c.${id}.${mac('reply-token', id, channel)}`;
  return withToken.length <= 64 ? `${withToken}@${domain}` : null;
}

/** The delivery that a reply-token address was made for, or null when there is no token or its MAC is wrong. */
export function tokenDelivery(address: string, channel: Signer): string | null {
  const match = /\+c\.([\w-]+)\.([a-z2-7]{16})@/.exec(address.toLowerCase());
  if (!match?.[1] || !match[2]) return null;
  return sameText(match[2], mac('reply-token', match[1], channel)) ? match[1] : null;
}

/** What a mail that no person wrote bears in `X-Tributary-Loop`: `<delivery id>.<mac>`. One that comes back with it went round in a loop. */
export function loopMark(deliveryId: string, channel: Signer): string {
  return `${deliveryId}.${mac('loop', deliveryId, channel)}`;
}

/** 80 bits of HMAC-SHA256 in base32, bound to the channel so that ids of one inbox mean nothing in another. */
function mac(purpose: string, id: string, channel: Signer): string {
  return base32(createHmac('sha256', channel.signingKey).update(`${purpose}\0${channel.id}\0${id}`).digest().subarray(0, 10));
}

function sameText(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** RFC 4648 base32 in lower case, for whole groups of five bytes. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(five, 2)]).join('');
}
