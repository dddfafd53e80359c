import type { Core } from '../core.js';
import type { GraphCall } from '../graph-api.js';
import { GraphError, tokenDeaths } from '../graph-error.js';
import { tokenLife, type Token } from '../tokens.js';
import { parameter } from './facebook-login.js';

const seconds = (ms: number) => Math.floor(ms / 1000);

/** `GET /debug_token`: the truth about a token, for the app's own token `{id}|{secret}` or the token itself. A dead one is answered with 200. */
export function debugToken(call: GraphCall, { app, world }: Core): unknown {
  const input = parameter(call, 'input_token');
  const token = world.tokens.find(input);
  if (call.token !== `${app.appId}|${app.appSecret}` && world.tokens.open(call.token) !== token)
    throw new GraphError(100, 'You must provide an app access token, or a user access token that is an owner or developer of the app');
  // Tokens of the Instagram Login route are not of this host.
  if (!token || token.kind === 'instagram')
    return {
      data: { is_valid: false, scopes: [], error: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' } },
    };
  if (token.appId !== app.appId) throw new GraphError(100, 'The App_id in the input_token did not match the Viewing App');
  return { data: describe(token, { app, world } as Core) };
}

function describe(token: Token, { app, world }: Core): Record<string, unknown> {
  const { kind, account, user, scopes, issuedAt, expiresAt } = token;
  const problem = world.tokens.problemOf(token);
  const base = {
    app_id: app.appId,
    type: kind === 'page' ? 'PAGE' : kind === 'system-user' ? 'SYSTEM_USER' : 'USER',
    application: app.name ?? 'Simulated app',
    is_valid: !problem,
    issued_at: seconds(issuedAt),
    expires_at: expiresAt === null ? 0 : seconds(expiresAt),
    data_access_expires_at: seconds(issuedAt + tokenLife.dataAccess),
    user_id: user.id,
    ...(account && { profile_id: account.id }),
  };
  if (problem) return { ...base, scopes: [], error: { code: 190, subcode: tokenDeaths[problem][0], message: tokenDeaths[problem][1] } };
  return { ...base, scopes, granular_scopes: scopes.map((scope) => ({ scope, ...targets(token, scope, { world } as Core) })) };
}

/** Which accounts a scope was granted for; none named means all of them. */
function targets({ chosen }: Token, scope: string, { world }: Core): { target_ids?: string[] } {
  if (!chosen || scope === 'business_management') return {};
  const kind = scope.startsWith('instagram_') ? 'instagram' : 'page';
  return { target_ids: chosen.filter((id) => world.accounts.some((account) => account.id === id && account.kind === kind)) };
}
