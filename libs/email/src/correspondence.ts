import type { Correspondence, MessageEvent } from '#libs/connector';
import { isAddress, type MailAddress } from './addresses.js';
import { authenticationOf } from './authentication.js';
import type { ReceivedEnvelope } from './envelope.js';
import type { Forward } from './forward.js';
import { participantsOf, person } from './parties.js';
import type { Mail } from './read-mail.js';
import type { EmailSettings } from './settings.js';
import { baseSubject, saysReply } from './subject.js';
import { messageIdKey } from './thread-keys.js';

/** What decides beside its keys where a mail belongs. */
export function correspondenceOf(
  mail: Mail,
  own: string,
  customer: MailAddress | null,
  forward: Forward | null,
  { reopenDays, subjectDays }: Partial<EmailSettings>,
): Correspondence {
  return {
    baseSubject: baseSubject(mail.subject),
    isReply: saysReply(mail.subject ?? '') || mail.inReplyTo.length > 0 || mail.quotedText?.includes('\n>') === true,
    authenticated: authenticationOf(mail.headers) === 'pass',
    participants: participantsOf(mail, own, customer).map(person),
    forwarded: forward && forwardedOf(forward),
    reopenDays: reopenDays ?? 30,
    subjectDays: subjectDays ?? 0,
  };
}

/** As if its author had written to us: an answer goes to them, under their subject and in their thread. */
function forwardedOf({ author, subject, comment, text, messageId, references }: Forward): Correspondence['forwarded'] {
  const envelope: ReceivedEnvelope = {
    ...{ messageId, references, subject, from: author, replyTo: [], to: [], cc: [], date: null },
    ...{ threadIndex: null, threadTopic: null },
  };
  return { author: person(author), subject, comment, text, envelope: { ...envelope }, ownKeys: messageId ? [messageIdKey(messageId)] : [] };
}

/** Machines answer machines for ever; these local parts are theirs (RFC 2142, RFC 3834 §2, and custom). */
const machine =
  /^(no-?_?reply|do-?_?not-?_?reply|mailer-daemon|postmaster|bounces?|notifications?|abuse|hostmaster|root|daemon|automail(er)?|alerts?|listserv|majordomo)([+._=-].*)?@|[+._-](bounces?|noreply|owner|request)@|^owner-/i;

/** Whether a machine may answer it: a person wrote it to us, and nothing says that no machine should. */
export function mayBeAnsweredByMachine(mail: Mail, event: Pick<MessageEvent, 'customer' | 'human' | 'direction'>): boolean {
  const has = (...names: string[]) => mail.headers.some(({ name }) => names.includes(name));
  const suppressed = mail.headers.some(({ name, value }) => name === 'x-auto-response-suppress' && /\b(all|oof|autoreply)\b/i.test(value));
  const spam = mail.headers.some(({ name, value }) => name === 'x-spam-flag' && /^yes\b/i.test(value));
  const looped = has('x-tributary-loop', 'x-loop', 'x-auto-response-loop');
  const list = has('list-id', 'list-post', 'list-unsubscribe', 'mailing-list');
  const { customer, human, direction } = event;
  return (
    direction === 'inbound' && human && !suppressed && !spam && !looped && !list && !machine.test(customer.id) && isAddress(customer.id)
  );
}
