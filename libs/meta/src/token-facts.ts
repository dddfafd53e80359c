import { ConnectorError } from '#libs/connector';
import { refusalIn } from './graph-refusals.js';
import { callGraph } from './graph.js';
import { asId, asObject, type JsonObject } from './json.js';
import type { MetaOptions } from './options.js';
import { versioned, type Line } from './line.js';
import { roadOf } from './permissions.js';
import { rowsOf } from './rows.js';
import type { InstagramSettings } from './settings.js';
import { conceal } from './conceal.js';

/** What Meta tells of a token (`debug_token`). */
export interface TokenFacts {
  /** The person who granted it, by their id with our app. */
  userId: string | null;
  scopes: string[];
  /** Of a Page's token: the Page. */
  account: string | null;
  /** By scope: the accounts it was granted for; a scope that is not here holds for all. */
  targets: Map<string, string[]>;
  /** When it runs out, or its access to people's data does, whichever is first; null for never. */
  expiresAt: Date | null;
}

/**
 * Asks what a token of Facebook's is good for; undefined where no app is configured to ask as. Throws `auth` with Meta's reason for
 * a dead one, and `rejected` for one of another app: its events go elsewhere.
 */
export async function factsOfToken(options: MetaOptions, token: string): Promise<TokenFacts | undefined> {
  const { appId, appSecret, graphUrl, graphVersion } = options;
  if (!appId || !appSecret) return undefined;
  const access = { baseUrl: versioned(graphUrl, graphVersion), token: `${appId}|${appSecret}` };
  const call = { method: 'GET', path: 'debug_token', query: { input_token: token } } as const;
  const { body } = await callGraph(access, call).catch((error: unknown) => {
    // Of tokens that other apps made Meta tells nothing.
    throw error instanceof ConnectorError && error.code === '100' ? foreign(appId) : error;
  });
  const data = asObject(body.data) ?? {};
  // Answered with 200, the error inside.
  if (data.is_valid === false)
    throw conceal(
      refusalIn({ error: { code: 190, ...codesOf(data) } }, 200, true) ??
        new ConnectorError('auth', 'Meta says that the token is not valid'),
      [token],
    );
  const owner = asId(data.app_id);
  if (owner && owner !== appId) throw foreign(appId);
  return readFacts(data);
}

const foreign = (appId: string) =>
  new ConnectorError('rejected', 'This token was made with another app, which would get the events', {
    action: `Make one with the app ${appId}.`,
  });

function readFacts(data: JsonObject): TokenFacts {
  const granular = rowsOf({ data: data.granular_scopes }).filter(({ target_ids }) => Array.isArray(target_ids));
  const ends = [data.expires_at, data.data_access_expires_at].map(Number).filter((seconds) => seconds > 0);
  return {
    userId: asId(data.user_id) ?? null,
    account: asId(data.profile_id) ?? null,
    scopes: Array.isArray(data.scopes) ? data.scopes.map(String) : [],
    targets: new Map(granular.map(({ scope, target_ids }) => [String(scope), (target_ids as unknown[]).map((id) => asId(id) ?? '')])),
    expiresAt: ends.length ? new Date(Math.min(...ends) * 1000) : null,
  };
}

/** `debug_token` says `subcode` where Graph's errors say `error_subcode`. */
function codesOf(data: JsonObject): JsonObject {
  const error = asObject(data.error) ?? {};
  return { ...error, error_subcode: error.error_subcode ?? error.subcode };
}

/** The scopes that hold for an account, named by any of these ids. */
export const scopesOn = ({ scopes, targets }: TokenFacts, ids: string[]): string[] =>
  scopes.filter((scope) => targets.get(scope)?.some((target) => ids.includes(target)) ?? true);

/** What an Instagram Login told at the sign-in, and nobody tells later. */
export type SignInFacts = Pick<InstagramSettings, 'permissions' | 'accessUntil'>;

/** What an account's token allows and until when, null for what is not known: as Meta says of it now, or of Instagram Login as it said then. */
export async function standingOf(
  options: MetaOptions,
  line: Line,
  told: SignInFacts,
): Promise<{ scopes: string[] | null; expiresAt: Date | null }> {
  if (roadOf(line) === 'instagram-login') {
    const { permissions = null, accessUntil } = told;
    // An end that has passed belongs to a token that was replaced by hand.
    const isAhead = accessUntil !== undefined && new Date(accessUntil) > new Date();
    return { scopes: permissions, expiresAt: isAhead ? new Date(accessUntil) : null };
  }
  const facts = await factsOfToken(options, line.access.token);
  if (!facts) return { scopes: null, expiresAt: null };
  return { scopes: scopesOn(facts, [line.account, facts.account ?? line.account]), expiresAt: facts.expiresAt };
}
