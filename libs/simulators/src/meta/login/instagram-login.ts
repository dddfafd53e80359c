import type { Core } from '../core.js';
import type { GraphCall } from '../graph-api.js';
import { GraphError } from '../graph-error.js';
import { RawAnswer } from '../raw-answer.js';
import { DAY, tokenLife, type Token } from '../tokens.js';
import type { Codes } from './codes.js';
import { parameter } from './facebook-login.js';

const client = ({ app }: Core) => ({ id: app.instagramAppId ?? app.appId, secret: app.instagramAppSecret ?? app.appSecret });

/** `POST api.instagram.com/oauth/access_token`: a code in, a token of one hour out. The habits tell in which of the seen shapes. */
export function instagramToken(call: GraphCall, core: Core, codes: Codes): RawAnswer {
  const { world, habits } = core;
  const { id: clientId, secret } = client(core);
  if (parameter(call, 'client_id') !== clientId) throw new GraphError(100, 'Invalid platform app');
  if (parameter(call, 'client_secret') !== secret) throw new GraphError(100, 'Error validating client secret.');
  if (parameter(call, 'grant_type') !== 'authorization_code') throw new GraphError(100, 'Invalid grant_type');
  const redirectUri = parameter(call, 'redirect_uri');
  const { account, user, scopes } = codes.redeem(parameter(call, 'code'), {
    clientId,
    redirectUri,
    verifier: parameter(call, 'code_verifier'),
  });
  if (!account) throw new GraphError(100, 'Invalid verification code format.');
  const expiresAt = world.now() + tokenLife.instagram;
  const { value } = world.tokens.issue({ kind: 'instagram', appId: clientId, account, user, scopes, expiresAt });
  const userId = habits.numericUserId ? account.id : JSON.stringify(account.id);
  const permissions = JSON.stringify(habits.wrappedLogin ? scopes.join(',') : scopes);
  const flat = `{"access_token":${JSON.stringify(value)},"user_id":${userId},"permissions":${permissions}}`;
  return new RawAnswer(200, { 'Content-Type': 'application/json' }, habits.wrappedLogin ? `{"data":[${flat}]}` : flat);
}

/** `GET graph.instagram.com/access_token`: a short token in, one of 60 days out. */
export function instagramExchange(call: GraphCall, core: Core): unknown {
  if (parameter(call, 'grant_type') !== 'ig_exchange_token') throw new GraphError(100, 'Invalid grant_type');
  if (parameter(call, 'client_secret') !== client(core).secret) throw new GraphError(100, 'Error validating client secret.');
  const token = opened(call, core);
  if (token.lasting) throw new GraphError(100, 'The access token is long-lived already');
  return renewed(token, core);
}

/** `GET graph.instagram.com/refresh_access_token`: a living token of at least 24 h in, a new one out. The old one lives on till its own end. */
export function instagramRefresh(call: GraphCall, core: Core): unknown {
  if (parameter(call, 'grant_type') !== 'ig_refresh_token') throw new GraphError(100, 'Invalid grant_type');
  const token = opened(call, core);
  if (!token.lasting) throw new GraphError(100, 'Only long-lived access tokens can be refreshed');
  if (core.world.now() - token.issuedAt < DAY) throw new GraphError(100, 'The access token must be at least 24 hours old to be refreshed');
  return { ...renewed(token, core), permissions: token.scopes.join(',') };
}

function opened(call: GraphCall, { world }: Core): Token {
  const token = world.tokens.open(call.token);
  if (token.kind === 'instagram') return token;
  throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
}

function renewed({ kind, appId, account, user, scopes }: Token, { world }: Core) {
  const expiresAt = world.now() + tokenLife.lastingInstagram;
  const { value } = world.tokens.issue({ kind, appId, account, user, scopes, lasting: true, expiresAt });
  return { access_token: value, token_type: 'bearer', expires_in: tokenLife.lastingInstagram / 1000 };
}
