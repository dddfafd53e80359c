import type { ChannelAccess, ThreadKey } from '#libs/connector';
import { originOf, tokenDelivery } from './message-ids.js';
import type { Mail } from './read-mail.js';
import { firstHeader } from './raw-headers.js';
import { reportedId } from './reports.js';
import { baseSubject } from './subject.js';

/** The key under which a message with this Message-ID is found. */
export const messageIdKey = (messageId: string) => `mid:${messageId}`;

/** The key under which a reply of ours is found by its reply token. */
export const tokenKey = (deliveryId: string) => `token:${deliveryId.toLowerCase()}`;

/**
 * The key of Outlook's name for a thread (MS-OXOMSG §2.2.1.3): the 22 bytes that all its mails begin with, and the base
 * subject, because Outlook goes on with the name when somebody changes the subject; null without either.
 */
export function threadIndexKey({ headers, subject }: Pick<Mail, 'headers' | 'subject'>): string | null {
  const bytes = Buffer.from(firstHeader(headers, 'thread-index').slice(0, 2000).replace(/\s+/g, ''), 'base64');
  const base = baseSubject(subject);
  return bytes.length >= 22 && base ? `thread-index:${bytes.subarray(0, 22).toString('base64')} ${base.slice(0, 100)}` : null;
}

/**
 * What a mail says it belongs to, the most trustworthy first: a reply token of ours, the mail of ours that it reports on or
 * that it answers (all proven by a MAC), then what anybody can write into In-Reply-To, and References from the nearest to
 * the first; Outlook's thread where there are none of these. In-Reply-To goes before References because some programs
 * overwrite these. Forged ids of ours name nothing.
 */
export function threadKeys(mail: Mail, channel: Pick<ChannelAccess, 'id' | 'signingKey'>): ThreadKey[] {
  const rules = [byReplyToken, byReport, byOwnId, byOthersId, byThreadIndex];
  const keys = rules.flatMap((rule) => rule(mail, channel));
  return keys.filter(({ key }, index) => keys.findIndex((other) => other.key === key) === index);
}

type Rule = (mail: Mail, channel: Pick<ChannelAccess, 'id' | 'signingKey'>) => ThreadKey[];

const byReplyToken: Rule = (mail, channel) =>
  recipients(mail)
    .map((address) => tokenDelivery(address, channel))
    .filter((delivery) => delivery !== null)
    .map((delivery) => ({ rule: 'reply-token', key: tokenKey(delivery) }));

const byReport: Rule = (mail, channel) => {
  const id = reportedId(mail, channel);
  return id ? [{ rule: 'report', key: messageIdKey(id) }] : [];
};

const byOwnId: Rule = (mail, channel) =>
  named(mail)
    .filter(({ id }) => originOf(id, channel).by === 'us')
    .map(({ rule, id }) => ({ rule, key: messageIdKey(id) }));

const byOthersId: Rule = (mail, channel) =>
  named(mail)
    .filter(({ id }) => originOf(id, channel).by === 'others' && id !== mail.messageId)
    .map(({ rule, id }) => ({ rule, key: messageIdKey(id) }));

const byThreadIndex: Rule = (mail) => {
  const key = named(mail).length ? null : threadIndexKey(mail);
  return key ? [{ rule: 'thread-index', key }] : [];
};

/** The ids a mail refers to, nearest first. */
const named = (mail: Mail) => [
  ...mail.inReplyTo.map((id) => ({ rule: 'in-reply-to', id })),
  ...mail.references.toReversed().map((id) => ({ rule: 'references', id })),
];

/** Bcc'd addresses and aliases show only in what the receiving server noted down. */
function recipients(mail: Mail): string[] {
  const noted = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to'].map((name) =>
    firstHeader(mail.headers, name),
  );
  return [...mail.to, ...mail.cc].map(({ address }) => address).concat(noted.map((address) => address.replace(/[<>]/g, '')));
}
