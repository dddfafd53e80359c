import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { ConnectorError } from '#libs/connector';

/** Only a person at the provider's page can help. `invalid_grant` is what a revoked, expired or spent refresh token gets (RFC 6749 §5.2). */
const needsPerson = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required', 'account_selection_required'];
const ourRegistration = ['invalid_client', 'unauthorized_client', 'invalid_scope', 'redirect_uri_mismatch'];

/** Why renewing the access failed. Only `auth` wants a person; an expired client secret or a silent server heals without one at each channel. */
export function refreshFailure(error: unknown, label: string): ConnectorError {
  const { code, words } = refusal(error);
  if (needsPerson.includes(code))
    return new ConnectorError('auth', `${label} no longer lets us into this mailbox: ${words}`, {
      code,
      action: 'Sign in again.',
      cause: error,
    });
  return (
    registrationFailure(error, label) ??
    new ConnectorError('unavailable', `${label} could not renew our access: ${words}`, { cause: error })
  );
}

/** Why a sign-in in the browser came to nothing, in words for the admin who tried it. */
export function signInFailure(error: unknown, label: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { code, words } = refusal(error);
  if (code === 'access_denied')
    return new ConnectorError('rejected', `The sign-in at ${label} was cancelled or not allowed.`, { code, cause: error });
  if (code === 'invalid_grant')
    return new ConnectorError('rejected', `The sign-in at ${label} has run out. Begin it again.`, { code, cause: error });
  return (
    registrationFailure(error, label) ?? new ConnectorError('unavailable', `The sign-in at ${label} failed: ${words}`, { cause: error })
  );
}

/** A provider that refuses us, not the mailbox: a task for whoever set the client id and secret. */
function registrationFailure(error: unknown, label: string): ConnectorError | null {
  const { code, words } = refusal(error);
  if (!ourRegistration.includes(code)) return null;
  return new ConnectorError('unavailable', `${label} refuses this installation: ${words}`, {
    code,
    action: `The operator has to check client id, client secret and redirect address at ${label}; secrets run out there.`,
    cause: error,
  });
}

function refusal(error: unknown): { code: string; words: string } {
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError) {
    // Microsoft adds trace ids and times on further lines.
    const [description = ''] = (error.error_description ?? '').split(/[\r\n]/);
    return { code: error.error, words: description ? `${description.slice(0, 300)} (${error.error})` : error.error };
  }
  // A 401 with a challenge answers how we showed ourselves, not what we asked for.
  if (error instanceof WWWAuthenticateChallengeError) return { code: 'invalid_client', words: 'invalid_client' };
  const { message, cause } = error as Error;
  return { code: '', words: cause instanceof Error ? `${message} (${cause.message})` : message };
}
