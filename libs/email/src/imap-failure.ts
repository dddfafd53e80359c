import type { ImapFlowError } from 'imapflow';
import { ConnectorError } from '#libs/connector';

type Failure = Omit<ImapFlowError, 'oauthError'> & { oauthError?: unknown };

/** What an IMAP failure means for the channel, in the server's own words where it gave some. */
export function imapFailure(error: unknown, host: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { authenticationFailed, oauthError, serverResponseCode, responseText, throttleReset, message, code } = error as Failure;
  const words = responseText || message;
  // RFC 5530: these codes refuse a login for now, not the password.
  const busy = ['UNAVAILABLE', 'LIMIT', 'INUSE', 'SERVERBUG'].includes(serverResponseCode ?? '');
  if (authenticationFailed && oauthError) {
    return new ConnectorError('auth', `${host} no longer lets us into this mailbox: ${oauthWords(oauthError) || words}`, {
      action: 'Sign in again.',
      code: serverResponseCode,
      cause: error,
    });
  }
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

/** The challenge that refuses a token is JSON (RFC 7628 §3.2.2), its `status` an HTTP status at Google and an OAuth error code elsewhere. */
function oauthWords(oauthError: unknown): string {
  if (typeof oauthError === 'string') return oauthError;
  const { status, error_description: description } = oauthError as { status?: string; error_description?: string };
  return [description, status].filter(Boolean).join(', ');
}
