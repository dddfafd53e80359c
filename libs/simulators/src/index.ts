export { startDovecot, type Dovecot } from './mail/dovecot.js';
export { startSmtpSink, type ReceivedMail, type SinkBehaviour, type SmtpSink } from './mail/smtp-sink.js';
export { MailCustomers } from './mail/mail-customers.js';
export { startMetaPlatform, type MetaPlatform, type MetaPlatformOptions } from './meta/platform.js';
export { MetaCustomers } from './meta/meta-customers.js';
export { seededRandom } from './meta/random.js';
export type { Failure, Habits, Refusal, SendBehaviour } from './meta/habits.js';
export type { MetaAccount, MetaCustomer, ThreadMessage } from './meta/world.js';
