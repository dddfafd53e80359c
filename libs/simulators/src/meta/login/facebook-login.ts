import type { Core } from '../core.js';
import type { GraphCall } from '../graph-api.js';
import { GraphError } from '../graph-error.js';
import { tokenLife, type Token } from '../tokens.js';
import type { Codes } from './codes.js';

/** A parameter from wherever a call carries it. */
export const parameter = ({ query, body }: GraphCall, name: string): string => query.get(name) ?? String(body[name] ?? '');

/** `oauth/access_token` of graph.facebook.com: a code or a short token in, a token out. Every fault is error 100, or 190 for a dead token. */
export function facebookToken(call: GraphCall, core: Core, codes: Codes): unknown {
  checkClient(call, core);
  const grantType = parameter(call, 'grant_type');
  if (grantType === 'fb_exchange_token') return lasting(parameter(call, 'fb_exchange_token'), core);
  if (grantType === 'client_credentials') return { access_token: `${core.app.appId}|${core.app.appSecret}`, token_type: 'bearer' };
  return fromCode(call, core, codes);
}

function checkClient(call: GraphCall, { app }: Core): void {
  if (parameter(call, 'client_id') !== app.appId) throw new GraphError(100, 'Error validating application. Cannot get application info.');
  if (parameter(call, 'client_secret') !== app.appSecret) throw new GraphError(100, 'Error validating client secret.');
}

function fromCode(call: GraphCall, { app, world }: Core, codes: Codes): unknown {
  const grant = codes.redeem(parameter(call, 'code'), {
    clientId: app.appId,
    redirectUri: parameter(call, 'redirect_uri'),
    verifier: parameter(call, 'code_verifier'),
  });
  const { user, scopes, chosen, system } = grant;
  const kind = system ? 'system-user' : 'user';
  const expiresAt = system ? null : world.now() + tokenLife.user;
  return answerWith(world.tokens.issue({ kind, appId: app.appId, user, scopes, chosen, lasting: !!system, expiresAt }), world.now());
}

/** Trades a living user token for one of some 60 days. */
function lasting(value: string, { world }: Core): unknown {
  const { kind, appId, user, scopes, chosen } = world.tokens.open(value);
  if (kind !== 'user') throw new GraphError(100, 'The access token cannot be exchanged');
  const expiresAt = world.now() + tokenLife.lastingUser;
  return answerWith(world.tokens.issue({ kind, appId, user, scopes, chosen, lasting: true, expiresAt }), world.now());
}

/** A system user's token has no end, so nothing is said of it. */
function answerWith({ value, expiresAt }: Token, now: number): unknown {
  const expires = expiresAt === null ? {} : { expires_in: Math.floor((expiresAt - now) / 1000) };
  return { access_token: value, token_type: 'bearer', ...expires };
}
