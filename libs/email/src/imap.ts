import { ImapFlow, type SearchObject } from 'imapflow';
import { ConnectorError } from '#libs/connector';
import { reachableHost } from './hosts.js';
import { imapFailure } from './imap-failure.js';
import { type LinePurpose, takeLine } from './line-limit.js';
import type { EmailSettings } from './settings.js';

/** Options of the whole connector, from the environment. */
export interface EmailOptions {
  /** Whether channels may reach loopback and private addresses. */
  allowPrivateHosts: boolean;
  /** How often to look for mail, in seconds, where the server does not tell of it: other folders than the inbox, or no IDLE. */
  pollSeconds: number;
}

/** The settings of a mailbox that can be read. */
export type ReadableSettings = EmailSettings & { imap: NonNullable<EmailSettings['imap']> };

const minute = 60_000;
/** A line on which no command came through for so long is dead, whatever the sockets say. */
const silenceMs = 10 * minute;
/** How long an errand waits for its connection: somebody waits for the errand. */
const errandMs = minute;

/** Narrows settings to those of a mailbox that can be read; null for an address whose mail is only forwarded to us. */
export function readable(settings: EmailSettings): ReadableSettings | null {
  return settings.imap ? { ...settings, imap: settings.imap } : null;
}

/**
 * Signs in to a mailbox, with the access token where there was a sign-in at the provider.
 * Throws {@link ConnectorError}: `auth` when the server refuses the login, else `unavailable`.
 */
export async function openMailbox(
  settings: ReadableSettings,
  options: EmailOptions,
  purpose: LinePurpose,
  signal: AbortSignal | undefined = purpose === 'errand' ? AbortSignal.timeout(errandMs) : undefined,
): Promise<ImapFlow> {
  const { imap } = settings;
  const { address, servername, isPrivate } = await reachableHost(imap.host, options.allowPrivateHosts);
  signal?.throwIfAborted();
  const release = await takeLine(imap.host, imap.user, purpose, signal).catch((error: unknown) => {
    throw imapFailure(error, imap.host);
  });
  const client = new ImapFlow({
    host: address,
    servername,
    port: imap.port,
    secure: imap.secure,
    // Unset it upgrades where the server offers to, which somebody between could hide from us.
    ...(!imap.secure && !isPrivate && { doSTARTTLS: true }),
    auth: { user: imap.user, ...(settings.oauth ? { accessToken: settings.oauth.accessToken } : { pass: imap.password }) },
    logger: false,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 2 * minute,
    // NAT routers forget silent connections, so IDLE is renewed long before the 29 minutes of RFC 2177.
    maxIdleTime: 5 * minute,
    autoIdleDelay: 500,
    maxLiteralSize: 64 * 2 ** 20,
    maxResponseSize: 128 * 2 ** 20,
  });
  // Without a listener a lost line would end the process; every command under way is rejected as well.
  client.on('error', () => undefined);
  client.once('close', release);
  const abort = () => client.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    closeWhenSilent(client, silenceMs);
    return client;
  } catch (error) {
    client.close();
    release();
    throw imapFailure(error, imap.host);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Closes a line on which no command has succeeded for so many milliseconds. imapflow's own timeouts count bytes, not answers. */
export function closeWhenSilent(client: ImapFlow, milliseconds: number): void {
  const timer = setTimeout(() => client.close(), milliseconds).unref();
  client.on('response', ({ response }) => void (response === 'OK' && timer.refresh()));
  client.once('close', () => clearTimeout(timer));
}

/** Runs an errand in a mailbox on a connection of its own. Throws {@link ConnectorError}. */
export async function withMailbox<T>(settings: EmailSettings, options: EmailOptions, errand: (client: ImapFlow) => Promise<T>): Promise<T> {
  const mailbox = mustBeReadable(settings);
  const client = await openMailbox(mailbox, options, 'errand');
  try {
    return await errand(client);
  } catch (error) {
    throw imapFailure(error, mailbox.imap.host);
  } finally {
    client.close();
  }
}

/** {@link readable}, where there is nothing to be done without. Throws a `rejected` {@link ConnectorError}. */
export function mustBeReadable(settings: EmailSettings): ReadableSettings {
  const mailbox = readable(settings);
  if (mailbox) return mailbox;
  throw new ConnectorError('rejected', 'There is no mailbox to look into: mail for this address is only forwarded to us', {
    action: 'Enter a server for incoming mail (IMAP) in the channel settings.',
  });
}

/** The UIDs in the open folder that a search finds, in ascending order. imapflow answers `false` when the server could not say. */
export async function searchUids(client: ImapFlow, query: SearchObject): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (!found) throw new Error(client.usable ? 'the server could not search the folder' : 'the connection was lost');
  return found.sort((a, b) => a - b);
}
