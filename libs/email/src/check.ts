import { ConnectorError, type Account, type Check } from '#libs/connector';
import { openMailbox, type EmailOptions } from './imap.js';
import type { EmailSettings } from './settings.js';
import { openSmtp } from './smtp.js';

/** Signs in to both servers and opens the inbox; what fails tells so in the server's own words. */
export function check(_account: Account, settings: EmailSettings, options: EmailOptions): Promise<Check[]> {
  return Promise.all([
    checked('Incoming mail (IMAP)', () => tryImap(settings, options)),
    checked('Outgoing mail (SMTP)', () => trySmtp(settings, options)),
  ]);
}

async function tryImap({ imap }: EmailSettings, options: EmailOptions): Promise<string> {
  const client = await openMailbox(imap, options);
  try {
    const inbox = await client.mailboxOpen('INBOX', { readOnly: true });
    return `Signed in to ${imap.host} as ${imap.user}; the inbox holds ${inbox.exists} mails`;
  } finally {
    client.close();
  }
}

async function trySmtp({ smtp }: EmailSettings, options: EmailOptions): Promise<string> {
  const { connection } = await openSmtp(smtp, options);
  connection.quit();
  return smtp.user ? `Signed in to ${smtp.host} as ${smtp.user}` : `Connected to ${smtp.host}`;
}

async function checked(name: string, attempt: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await attempt() };
  } catch (error) {
    const action = error instanceof ConnectorError && error.action ? `. ${error.action}` : '';
    return { name, ok: false, detail: `${(error as Error).message}${action}` };
  }
}
