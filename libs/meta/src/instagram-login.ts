import type { GrantedAccount } from '#libs/connector';
import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { versioned } from './line.js';
import { tokenIn, type LoginTicket, type Registered } from './login.js';
import { callOAuth, codeIn } from './oauth-call.js';
import { isUsable, missing } from './permissions.js';
import { lifeOf } from './refresh.js';
import { rowsOf } from './rows.js';
import type { InstagramSettings } from './settings.js';

/** Trades the code for a token of 60 days, and finds out whose it is: events name an account by `user_id`, not by `id`. */
export async function instagramGrant(
  options: Registered,
  callback: URL,
  { state, redirectUri, verifier }: LoginTicket,
): Promise<GrantedAccount<InstagramSettings>> {
  const { instagramAppId: appId = options.appId, instagramAppSecret: secret = options.appSecret } = options;
  const code = codeIn(callback, state, 'Instagram');
  const address = `${options.login.instagramApiUrl.replace(/\/+$/, '')}/oauth/access_token`;
  const form = { client_id: appId, client_secret: secret, grant_type: 'authorization_code', redirect_uri: redirectUri, code };
  const first = unwrapped(await callOAuth(address, { form: { ...form, ...(verifier && { code_verifier: verifier }) } }));
  const host = options.instagramGraphUrl.replace(/\/+$/, '');
  const exchange = { grant_type: 'ig_exchange_token', client_secret: secret, access_token: tokenIn(first) };
  const lasting = await callOAuth(`${host}/access_token`, { query: exchange });
  return account(options, tokenIn(lasting), lasting, scopesIn(first.permissions) ?? scopesIn(lasting.permissions));
}

async function account(
  options: Registered,
  token: string,
  lasting: JsonObject,
  scopes: string[] | null,
): Promise<GrantedAccount<InstagramSettings>> {
  const access = { baseUrl: versioned(options.instagramGraphUrl, options.graphVersion), token };
  const fields = 'user_id,username,name,account_type';
  const { body: me } = await callGraph(access, { method: 'GET', path: 'me', query: { fields } });
  const id = asId(me.user_id) ?? asId(me.id) ?? '';
  const username = asText(me.username);
  const granted = { scopes, tasks: null };
  return {
    account: { externalId: id, address: username ? `@${username}` : id },
    label: username ? `@${username}` : (asText(me.name) ?? id),
    usable: isUsable('instagram-login', granted),
    missing: missing('instagram-login', granted),
    settings: {
      ...{ accountId: id, accessToken: token, via: 'instagram', username, grantedBy: asId(me.id) },
      ...{ permissions: scopes ?? undefined, ...lifeOf(lasting, new Date()) },
    },
  };
}

/** Meta has shown both a flat answer and one wrapped in `data: […]`. */
const unwrapped = (answer: JsonObject): JsonObject => rowsOf(answer)[0] ?? asObject(answer.data) ?? answer;

/** A list, or a comma-separated string. */
export function scopesIn(permissions: unknown): string[] | null {
  if (Array.isArray(permissions)) return permissions.map(String);
  return typeof permissions === 'string' ? permissions.split(/[\s,]+/).filter(Boolean) : null;
}
