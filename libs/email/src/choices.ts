import type { EmailOptions } from './imap.js';
import { withMailbox } from './imap.js';
import { planFolders } from './folders.js';
import type { EmailSettings } from './settings.js';

/** What a mailbox offers for the settings form: the folders that can be read. Throws a `ConnectorError`. */
export async function choices(settings: EmailSettings, options: EmailOptions): Promise<Record<string, string[]>> {
  if (!settings.imap) return {};
  return { folders: await withMailbox(settings, options, async (client) => (await planFolders(client)).listed) };
}
