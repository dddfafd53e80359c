import { ConnectorError, type Account, type Check } from '#libs/connector';
import { signingKeyOf } from './dkim.js';
import { doubledFolders, missingFolders, openFolder, planFolders } from './folders.js';
import { type EmailOptions, withMailbox } from './imap.js';
import type { DkimSettings, EmailSettings } from './settings.js';
import { openSmtp } from './smtp.js';

/** Signs in to both servers and opens the folders; what fails tells so in the server's own words. */
export function check(account: Account, settings: EmailSettings, options: EmailOptions & { listen?: string }): Promise<Check[]> {
  return Promise.all([
    checked('Incoming mail (IMAP)', () => tryImap(settings, options)),
    checked('Outgoing mail (SMTP)', () => trySmtp(account, settings, options)),
    ...(settings.dkim ? [checked('DKIM signature', async () => tryKey(settings.dkim!))] : []),
  ]);
}

async function tryImap(settings: EmailSettings, options: EmailOptions & { listen?: string }): Promise<string> {
  const { imap } = settings;
  if (!imap && options.listen) return `No mailbox to look into: mail for this address has to be delivered to ${options.listen}`;
  if (!imap)
    throw new ConnectorError(
      'rejected',
      'There is no way for mail to come in: it needs IMAP settings, or MAIL_LISTEN switched on by the operator',
    );
  return withMailbox(settings, options, async (client) => {
    const plan = await planFolders(client, settings.folders);
    const fault = missingFolders(plan) ?? doubledFolders(plan);
    if (fault) throw new ConnectorError('rejected', fault);
    const counts: string[] = [];
    for (const { path } of plan.folders) {
      const { exists } = await openFolder(client, path);
      counts.push(`${path} (${exists === 1 ? '1 mail' : `${exists} mails`})`);
    }
    return `Signed in to ${imap.host} as ${imap.user}; reads ${counts.join(', ')}`;
  });
}

async function trySmtp({ address }: Account, settings: EmailSettings, options: EmailOptions): Promise<string> {
  const { connection } = await openSmtp({ address, settings }, options);
  connection.quit();
  const { smtp, imap, oauth } = settings;
  const user = smtp.user ?? (oauth && (imap?.user ?? address));
  return user ? `Signed in to ${smtp.host} as ${user}` : `Connected to ${smtp.host}`;
}

function tryKey(dkim: DkimSettings): string {
  const { modulusLength } = signingKeyOf(dkim).asymmetricKeyDetails ?? {};
  return `The key of ${modulusLength} bits can sign as ${dkim.selector}._domainkey.${dkim.domain}`;
}

async function checked(name: string, attempt: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await attempt() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof ConnectorError ? error.advice : (error as Error).message };
  }
}
