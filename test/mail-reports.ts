import { randomUUID } from 'node:crypto';
import { supportAddress } from './outside.js';

/** What became of a mail for one recipient, as a report names it. */
export interface Fate {
  recipient: string;
  action: string;
  status: string;
  words: string;
}

export const gone = (recipient: string): Fate => ({ recipient, action: 'failed', status: '5.1.1', words: '550 5.1.1 no such user' });

/** A delivery status notification as mail servers write it (RFC 3464). */
export function report(messageId: string, fates: Fate[], id = `<report-${randomUUID()}@mx.customer.example>`): string {
  return [
    ...['Return-Path: <>', 'From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>', `To: ${supportAddress}`],
    ...['Subject: Undelivered Mail Returned to Sender', `Message-ID: ${id}`, `Date: ${new Date().toUTCString()}`],
    ...['Auto-Submitted: auto-replied', 'MIME-Version: 1.0'],
    ...['Content-Type: multipart/report; report-type=delivery-status; boundary=b', ''],
    ...['--b', 'Content-Type: text/plain', '', 'This is the mail system. I am sorry.', ''],
    ...['--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customer.example', ''],
    ...fates.flatMap(({ recipient, action, status, words }) => [
      `Final-Recipient: rfc822; ${recipient}`,
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${words}`,
      '',
    ]),
    ...['--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${messageId}`, 'Subject: Re: Lamp', '', '--b--', ''],
  ].join('\r\n');
}
