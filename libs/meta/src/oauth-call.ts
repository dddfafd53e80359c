import { createHash, randomBytes } from 'node:crypto';
import { ConnectorError } from '#libs/connector';
import { refusalIn } from './graph-refusals.js';
import { asObject, asText, jsonOrUndefined, type JsonObject } from './json.js';
import { conceal } from './conceal.js';

const TIMEOUT_MS = 15_000;
/** The parameters of a login that nobody else may learn. */
const SECRET = ['client_secret', 'access_token', 'fb_exchange_token', 'code', 'code_verifier'];

/**
 * One step of a login: `query` for a GET, `form` for a POST. Unlike Graph's calls these carry secrets as parameters, as Meta
 * documents them. Throws {@link ConnectorError} with Meta's words.
 */
export async function callOAuth(
  address: string,
  { query, form }: { query?: Record<string, string>; form?: Record<string, string> },
): Promise<JsonObject> {
  const url = query ? `${address}?${new URLSearchParams(query).toString()}` : address;
  const init = form ? { method: 'POST', body: new URLSearchParams(form) } : {};
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new ConnectorError('unavailable', 'Meta could not be reached to finish the sign-in', { cause: error });
  }
  const body = asObject(jsonOrUndefined(text));
  const refusal = refusalIn(body, response.status, false) ?? instagramRefusal(body);
  if (refusal)
    throw conceal(
      refusal,
      SECRET.map((name) => (query ?? form)?.[name]),
    );
  if (!response.ok || !body) throw new ConnectorError('unavailable', `Meta answered the sign-in with ${response.status} and no reason`);
  return body;
}

/** api.instagram.com has an envelope of its own. */
function instagramRefusal(body: JsonObject | undefined): ConnectorError | undefined {
  const message = asText(body?.error_message);
  return message ? new ConnectorError('rejected', `Instagram refused: ${message}`) : undefined;
}

/** The code in the address that the browser came back with. Throws `rejected` when somebody said no, or nothing. */
export function codeIn(callback: URL, state: string, label: string): string {
  const parameters = callback.searchParams;
  const error = parameters.get('error') ?? parameters.get('error_code');
  if (error === 'access_denied') throw new ConnectorError('rejected', `The sign-in at ${label} was cancelled or not allowed.`);
  if (error)
    throw new ConnectorError(
      'rejected',
      `${label} ended the sign-in: ${parameters.get('error_description') ?? parameters.get('error_message') ?? error}`,
    );
  // Instagram ends its address with `#_`, which some browsers hand on as part of the code.
  const code = parameters.get('code')?.replace(/#_$/, '');
  if (!code || parameters.get('state') !== state)
    throw new ConnectorError('rejected', `${label} sent the browser back without an answer. Begin the sign-in again.`);
  return code;
}

/** PKCE (RFC 7636): what to keep, and what to send ahead. */
export function newChallenge(): { verifier: string; parameters: Record<string, string> } {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, parameters: { code_challenge: challenge, code_challenge_method: 'S256' } };
}
