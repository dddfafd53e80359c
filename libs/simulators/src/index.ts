export { startDovecot, type Dovecot } from './mail/dovecot.js';
export { startFaultyLine, type FaultyLine } from './mail/faulty-line.js';
export { startSmtpSink, type SmtpSink } from './mail/smtp-sink.js';
export { MailCustomers } from './mail/mail-customers.js';
export { startMetaPlatform, type MetaPlatform } from './meta/platform.js';
export { Traffic } from './meta/traffic.js';
export type { MetaAccount } from './meta/world.js';
export { startOAuthProvider, type OAuthProvider } from './oauth/oauth-provider.js';
