export { startDovecot, type Dovecot } from './mail/dovecot.js';
export { startSmtpSink, type ReceivedMail, type SinkBehaviour, type SmtpSink } from './mail/smtp-sink.js';
export { MailCustomers } from './mail/mail-customers.js';
