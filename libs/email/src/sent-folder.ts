import type { ImapFlow } from 'imapflow';
import type { ChannelAccess, Found, Outgoing } from '#libs/connector';
import { compose } from './compose.js';
import type { SendEnvelope } from './envelope.js';
import { searchUids, type EmailOptions, withMailbox } from './imap.js';
import type { EmailSettings } from './settings.js';
import { messageIdKey } from './thread-keys.js';

type Channel = ChannelAccess<EmailSettings>;
type Reply = Omit<Outgoing, 'committing'>;

/** These file what goes through their SMTP by themselves; a second copy would show twice. */
const filesItself = /(^|\.)(gmail|googlemail|office365|outlook)\.com$/i;

/** Looks for a reply by its Message-ID in Sent and INBOX. Never `absent`: most servers keep no record of what they sent. */
export function findSent(outgoing: Reply, channel: Channel, options: EmailOptions): Promise<Found> {
  const { messageId } = outgoing.envelope as unknown as SendEnvelope;
  if (!channel.settings.imap) return Promise.resolve({ state: 'unknown' });
  return withMailbox(channel.settings, options, async (client) => {
    const sent = await sentFolder(client);
    for (const folder of sent ? [sent, 'INBOX'] : ['INBOX']) {
      if (await holds(client, folder, messageId)) return { state: 'sent', externalId: messageIdKey(messageId) };
    }
    return { state: 'unknown' };
  });
}

/** Files a copy of a sent reply in the Sent folder, which is made if there is none, unless it is there already. */
export async function fileSent(outgoing: Reply, channel: Channel, options: EmailOptions): Promise<void> {
  const { messageId } = outgoing.envelope as unknown as SendEnvelope;
  if (!channel.settings.imap || filesItself.test(channel.settings.smtp.host)) return;
  const raw = await compose(outgoing, channel.settings.dkim);
  await withMailbox(channel.settings, options, async (client) => {
    const folder = (await sentFolder(client)) ?? (await client.mailboxCreate('Sent')).path;
    if (await holds(client, folder, messageId)) return;
    // As long as a folder is open read-only, imapflow takes its answer "no flags may be set here" for all folders.
    await client.mailboxClose();
    if (!(await client.append(folder, raw, ['\\Seen']))) throw new Error(`the server did not take the copy into ${folder}`);
  });
}

/** The folder the server calls Sent (RFC 6154), or one with such a name in some language. */
async function sentFolder(client: ImapFlow): Promise<string | undefined> {
  return (await client.list()).find(({ specialUse }) => specialUse === '\\Sent')?.path;
}

async function holds(client: ImapFlow, folder: string, messageId: string): Promise<boolean> {
  await client.mailboxOpen(folder, { readOnly: true });
  return (await searchUids(client, { header: { 'message-id': messageId } })).length > 0;
}
