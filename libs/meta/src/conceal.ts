import type { ConnectorError } from '#libs/connector';

/** Meta's words quote what they refuse, e.g. "Malformed access token …", and are shown to people: the error without these secrets. */
export function conceal(error: ConnectorError, secrets: Array<string | undefined>): ConnectorError {
  for (const secret of secrets) if (secret) error.message = error.message.replaceAll(secret, '…');
  return error;
}
