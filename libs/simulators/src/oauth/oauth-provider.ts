import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { InteractionResults, Provider } from 'oidc-provider';
import { walk } from './browser.js';
import { memory } from './memory.js';

/** A real OpenID provider where every address is an account; refresh tokens are good for one use, and using one twice ends the grant. */
export interface OAuthProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Answers `{active, username}` for an access token (RFC 7662), to mail servers. */
  introspectionUrl: string;
  /** Address → the access token given out last, until it is revoked. */
  tokens: Record<string, string>;
  /** How many refresh tokens were traded, and how many were refused. */
  refreshes(): { traded: number; refused: number };
  /** What a person does on the provider's pages. Resolves with where the browser is sent at the end. */
  signIn(url: string, address: string): Promise<string>;
  /** The same for a person who presses "Cancel". */
  cancel(url: string): Promise<string>;
  /** The account's owner takes all access back. */
  revoke(address: string): Promise<void>;
  /** The access token given last is good no longer, before its time; the grant stands. */
  spoil(address: string): Promise<void>;
  /** Whether the token endpoint answers 503. */
  behave(behaviour: 'answer' | 'fail'): void;
  stop(): Promise<void>;
}

export interface OAuthProviderOptions {
  redirectUri: string;
  scopes: string[];
  /** How long access tokens last, in seconds. */
  accessTokenSeconds?: number;
  /** False for a provider that gives no lasting access. */
  refreshTokens?: boolean;
}

const clientId = 'tributary-test';
const clientSecret = 'a client secret of the simulated provider';

/** Starts the provider on a free loopback port. Loaded on demand, because only tests need it installed. */
export async function startOAuthProvider(options: OAuthProviderOptions): Promise<OAuthProvider> {
  const { Provider } = await import('oidc-provider');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(options));
  const grants = new Map<string, Set<string>>();
  const tokens: Record<string, string> = {};
  const counted = { traded: 0, refused: 0 };
  let visitor: string | null = null;
  let failing = false;

  provider.on('access_token.saved', ({ accountId, grantId, jti }) => {
    tokens[accountId] = jti;
    grants.set(accountId, (grants.get(accountId) ?? new Set()).add(grantId ?? ''));
  });
  const isRefresh = (params: unknown) => (params as { grant_type?: string } | undefined)?.grant_type === 'refresh_token';
  provider.on('grant.success', (ctx) => void (isRefresh(ctx.oidc.params) && (counted.traded += 1)));
  provider.on('grant.error', (ctx) => void (isRefresh(ctx.oidc.params) && (counted.refused += 1)));

  const answer = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0] ?? '';
    if (failing && path === '/token') return void response.writeHead(503).end();
    if (path === '/whose-token') return void tell(provider, request, response);
    if (path.startsWith('/interaction/')) return void decide(provider, request, response, visitor);
    void answer(request, response);
  });
  const walkAs = (who: string | null, url: string) => {
    visitor = who;
    return walk(url, options.redirectUri);
  };

  return {
    issuer,
    clientId,
    clientSecret,
    introspectionUrl: `${issuer}/whose-token`,
    tokens,
    refreshes: () => ({ ...counted }),
    signIn: (url, address) => walkAs(address, url),
    cancel: (url) => walkAs(null, url),
    async revoke(address) {
      for (const grantId of grants.get(address) ?? []) {
        await Promise.all([provider.AccessToken, provider.RefreshToken].map((kind) => kind.revokeByGrantId(grantId)));
        await (await provider.Grant.find(grantId))?.destroy();
      }
      delete tokens[address];
    },
    async spoil(address) {
      await (await provider.AccessToken.find(tokens[address] ?? ''))?.destroy();
      delete tokens[address];
    },
    behave: (behaviour) => void (failing = behaviour === 'fail'),
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function configuration({ redirectUri, scopes, accessTokenSeconds = 3600, refreshTokens = true }: OAuthProviderOptions) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    adapter: memory(),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_post' as const,
      },
    ],
    scopes: ['openid', 'offline_access', ...scopes],
    claims: { openid: ['sub'], email: ['email'] },
    // As Google and Microsoft do: whose mailbox it is shows in the id token itself.
    conformIdTokenClaims: false,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
    issueRefreshToken: () => refreshTokens,
    rotateRefreshToken: true,
    pkce: { required: () => true },
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    ttl: { AccessToken: accessTokenSeconds, RefreshToken: 86_400, Grant: 86_400, Session: 600, Interaction: 600, IdToken: 600 },
  };
}

/** The provider's page with its buttons. */
async function decide(provider: Provider, request: IncomingMessage, response: ServerResponse, visitor: string | null): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  let result: InteractionResults = { error: 'access_denied', error_description: 'The person pressed Cancel' };
  if (visitor && prompt.name === 'login') result = { login: { accountId: visitor } };
  else if (visitor) {
    const grant = new provider.Grant({ accountId: visitor, clientId });
    grant.addOIDCScope(String(params.scope));
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: prompt.name !== 'login' });
}

async function tell(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = new URLSearchParams(await text(request)).get('token') ?? '';
  const found = await provider.AccessToken.find(token);
  const body = found?.isValid ? { active: true, username: found.accountId } : { active: false };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}
