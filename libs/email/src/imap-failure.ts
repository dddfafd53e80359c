import type { ImapFlowError } from 'imapflow';
import { ConnectorError } from '#libs/connector';

type Failure = Omit<ImapFlowError, 'oauthError'> & { oauthError?: unknown };

/** What an IMAP failure means for the channel, in the server's own words where it gave some. */
export function imapFailure(error: unknown, host: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { authenticationFailed, oauthError, serverResponseCode, responseText, throttleReset, message, code } = error as Failure;
  const words = responseText || message;
  const busy = isBusy(error);
  if (authenticationFailed && oauthError) {
    return new ConnectorError('auth', `${host} no longer lets us into this mailbox: ${oauthWords(oauthError) || words}`, {
      action: 'Sign in again.',
      code: serverResponseCode,
      cause: error,
    });
  }
  if (authenticationFailed && !busy) {
    return new ConnectorError('auth', `${host} refused the IMAP login: ${words.replace(/\.$/, '')}`, {
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

/** Whether the server refuses for now, whatever it was asked (RFC 5530 §3; Gmail says OVERQUOTA once the day's ration is used up). */
export function isBusy(error: unknown): boolean {
  const { code, serverResponseCode, response } = error as ImapFlowError;
  // imapflow takes the code out of the answer at some commands only.
  const [first] = (typeof response === 'object' && response ? response.attributes : undefined) ?? [];
  const section = first && !Array.isArray(first) ? first.section?.[0] : undefined;
  const given = serverResponseCode ?? (section && !Array.isArray(section) ? String(section.value) : '');
  return code === 'ETHROTTLE' || ['UNAVAILABLE', 'LIMIT', 'INUSE', 'SERVERBUG', 'OVERQUOTA'].includes(given.toUpperCase());
}

/** The challenge that refuses a token is JSON (RFC 7628 §3.2.2), its `status` an HTTP status at Google and an OAuth error code elsewhere. */
function oauthWords(oauthError: unknown): string {
  if (typeof oauthError === 'string') return oauthError;
  const { status, error_description: description } = oauthError as { status?: string; error_description?: string };
  return [description, status].filter(Boolean).join(', ');
}
