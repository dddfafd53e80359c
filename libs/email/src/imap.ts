import { ImapFlow, type ImapFlowError, type SearchObject } from 'imapflow';
import { ConnectorError } from '#libs/connector';
import { reachableHost } from './hosts.js';
import type { ImapSettings } from './settings.js';

/** Options of the whole connector, from the environment. */
export interface EmailOptions {
  /** Whether channels may reach loopback and private addresses. */
  allowPrivateHosts: boolean;
  /** How often to look for mail, in seconds, where the server knows no IDLE. */
  pollSeconds: number;
}

const minute = 60_000;

/** Signs in to a mailbox. Throws {@link ConnectorError}: `auth` when the server refuses the login, else `unavailable`. */
export async function openMailbox(settings: ImapSettings, options: EmailOptions, signal?: AbortSignal): Promise<ImapFlow> {
  const { address, servername, isPrivate } = await reachableHost(settings.host, options.allowPrivateHosts);
  const client = new ImapFlow({
    host: address,
    servername,
    port: settings.port,
    secure: settings.secure,
    // Unset it upgrades where the server offers to, which somebody between could hide from us.
    ...(!settings.secure && !isPrivate && { doSTARTTLS: true }),
    auth: { user: settings.user, pass: settings.password },
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
  const abort = () => client.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw imapFailure(error, settings.host);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What an IMAP failure means for the channel, in the server's own words where it gave some. */
export function imapFailure(error: unknown, host: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { authenticationFailed, serverResponseCode, responseText, throttleReset, message, code } = error as ImapFlowError;
  const words = responseText || message;
  // RFC 5530: these codes refuse a login for now, not the password.
  const busy = ['UNAVAILABLE', 'LIMIT', 'INUSE', 'SERVERBUG'].includes(serverResponseCode ?? '');
  if (authenticationFailed && !busy) {
    return new ConnectorError('auth', `${host} refused the IMAP login: ${words}`, {
      action: 'Check user name and password; many providers want an app password, and IMAP switched on in their settings.',
      code: serverResponseCode,
      cause: error,
    });
  }
  if (code === 'ETHROTTLE') {
    return new ConnectorError('rate-limited', `${host} asks us to slow down: ${words}`, { retryAfterMs: throttleReset, cause: error });
  }
  return new ConnectorError('unavailable', `The IMAP connection to ${host} failed: ${words}`, { code, cause: error });
}

/** The UIDs in the open folder that a search finds, in ascending order. imapflow answers `false` when the server could not say. */
export async function searchUids(client: ImapFlow, query: SearchObject): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (!found) throw new Error(client.usable ? 'the server could not search the folder' : 'the connection was lost');
  return found.sort((a, b) => a - b);
}
