import { ConnectorError, type Cursor } from '#libs/connector';
import { asText } from './json.js';
import { versioned } from './line.js';
import { callOAuth, codeIn, newChallenge } from './oauth-call.js';
import type { LoginOptions, MetaOptions } from './options.js';
import { scopesFor, type Road } from './permissions.js';

/** What is kept while an admin is at Meta. Secret. */
export interface LoginTicket {
  provider: string;
  state: string;
  /** Has to be the same in both steps, byte for byte. */
  redirectUri: string;
  verifier?: string;
}

/** The options that both logins need. */
export type Registered = MetaOptions & { login: LoginOptions; appId: string; appSecret: string };

interface Begun {
  url: string;
  ticket: Cursor;
}

/** The page where an admin lets us in to Pages. With a configuration of Login for Business that says what is asked for, else the permissions do. */
export function beginFacebookLogin({ appId, login, graphVersion }: Registered, road: Road, step: Omit<LoginTicket, 'verifier'>): Begun {
  const asks: Record<string, string> = login.configId ? { config_id: login.configId } : { scope: scopesFor(road).join(',') };
  return begun(`${versioned(login.facebookUrl, graphVersion)}/dialog/oauth`, appId, asks, step, login);
}

/** The page where an admin lets us in to an Instagram account that needs no Page. */
export function beginInstagramLogin(appId: string, login: LoginOptions, step: Omit<LoginTicket, 'verifier'>): Begun {
  const asks = { scope: scopesFor('instagram-login').join(',') };
  return begun(`${login.instagramUrl.replace(/\/+$/, '')}/oauth/authorize`, appId, asks, step, login);
}

/** Trades the code for a user token that lasts: about 60 days, or, of a system user, for good. Throws {@link ConnectorError}. */
export async function facebookUserToken(
  { appId, appSecret, graphUrl, graphVersion }: Registered,
  callback: URL,
  ticket: LoginTicket,
): Promise<string> {
  const { state, redirectUri, verifier } = ticket;
  const address = `${versioned(graphUrl, graphVersion)}/oauth/access_token`;
  const app = { client_id: appId, client_secret: appSecret };
  const code = codeIn(callback, state, 'Facebook');
  const first = await callOAuth(address, {
    query: { ...app, redirect_uri: redirectUri, code, ...(verifier && { code_verifier: verifier }) },
  });
  if (!Number(first.expires_in)) return tokenIn(first);
  const exchange = { ...app, grant_type: 'fb_exchange_token', fb_exchange_token: tokenIn(first) };
  return tokenIn(await callOAuth(address, { query: exchange }));
}

/** The access token of an answer. */
export function tokenIn(answer: Record<string, unknown>): string {
  const token = asText(answer.access_token);
  if (!token) throw new ConnectorError('unavailable', 'Meta gave no access token. Begin the sign-in again.');
  return token;
}

function begun(
  page: string,
  clientId: string,
  asks: Record<string, string>,
  step: Omit<LoginTicket, 'verifier'>,
  { pkce }: LoginOptions,
): Begun {
  const challenge = pkce ? newChallenge() : undefined;
  const { state, redirectUri } = step;
  const parameters = { client_id: clientId, redirect_uri: redirectUri, state, response_type: 'code', ...asks, ...challenge?.parameters };
  const ticket: LoginTicket = { ...step, verifier: challenge?.verifier };
  return { url: `${page}?${new URLSearchParams(parameters).toString()}`, ticket: { ...ticket } };
}
