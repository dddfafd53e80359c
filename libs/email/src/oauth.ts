import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  type TokenEndpointResponse,
} from 'openid-client';
import { type Connector, ConnectorError, type SignIn } from '#libs/connector';
import { isAddress } from './addresses.js';
import { refreshFailure, signInFailure } from './oauth-failure.js';
import { mailServers, type OAuthProvider } from './oauth-providers.js';
import type { EmailSettings, OAuthSettings } from './settings.js';

const timeoutSeconds = 15;
const earlyMs = 5 * 60_000;
const stillGoodMs = 30_000;
const usualLifetimeSeconds = 3600;

/** What is kept while the admin is at the provider: secrets of this one sign-in (RFC 7636, OpenID Connect Core §3.1.2.1). */
interface Ticket {
  provider: string;
  state: string;
  verifier: string;
  nonce: string;
  address: string | null;
}

type OAuth = Required<Pick<Connector<EmailSettings>, 'signIn' | 'refreshDue' | 'refresh'>>;

/** Sign-in at Google, Microsoft and the like, and keeping the access it gave alive. */
export function oauth(providers: OAuthProvider[]): OAuth {
  const client = discoverer();
  const find = (id: string) => providers.find((provider) => provider.id === id);

  const signIn: SignIn<EmailSettings> = {
    providers: providers.map(({ id, label }) => ({ id, label })),
    usedBy: ({ oauth }) => oauth?.provider ?? null,
    async begin({ provider: id, redirectUri, state, address }) {
      const provider = registered(find(id), id);
      const ticket: Ticket = { provider: id, state, verifier: randomPKCECodeVerifier(), nonce: randomNonce(), address: address ?? null };
      try {
        return { url: await authorizationUrl(await client(provider), provider, ticket, redirectUri), ticket: { ...ticket } };
      } catch (error) {
        throw signInFailure(error, provider.label);
      }
    },
    async finish(callback, kept) {
      const ticket = kept as unknown as Ticket;
      const provider = registered(find(ticket.provider), ticket.provider);
      try {
        return await trade(await client(provider), provider, ticket, callback);
      } catch (error) {
        throw signInFailure(error, provider.label);
      }
    },
  };

  return {
    signIn,
    refreshDue: ({ oauth }, now) => !!oauth && left(oauth, now) < earlyMs,
    async refresh({ oauth }, now) {
      if (!oauth) return null;
      const provider = registered(find(oauth.provider), oauth.provider);
      try {
        const tokens = await refreshTokenGrant(await client(provider), oauth.refreshToken);
        return { oauth: kept(provider, tokens, oauth.refreshToken) };
      } catch (error) {
        const failure = refreshFailure(error, provider.label);
        // A provider that is down for a moment must not stop what the present token still opens.
        if (failure.retryable && left(oauth, now) > stillGoodMs) return null;
        throw failure;
      }
    },
  };
}

const left = ({ expiresAt }: OAuthSettings, now: Date) => Date.parse(expiresAt) - now.getTime();

function registered(provider: OAuthProvider | undefined, id: string): OAuthProvider {
  if (provider) return provider;
  throw new ConnectorError('unavailable', `This installation is not registered with "${id}" for signing in to mailboxes`, {
    action: 'The operator has to set client id and secret of that provider in the environment.',
  });
}

/** Looks a provider's endpoints up once per process; what failed is asked again. */
function discoverer(): (provider: OAuthProvider) => Promise<Configuration> {
  const known = new Map<string, Promise<Configuration>>();
  return (provider) => {
    const found = known.get(provider.id) ?? discover(provider);
    known.set(provider.id, found);
    found.catch(() => known.delete(provider.id));
    return found;
  };
}

function discover({ issuer, clientId, clientSecret }: OAuthProvider): Promise<Configuration> {
  // Without TLS only where the operator named such an issuer, which the configuration allows on private networks alone.
  const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
  return discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: timeoutSeconds });
}

async function authorizationUrl(client: Configuration, provider: OAuthProvider, ticket: Ticket, redirectUri: string): Promise<string> {
  // Nobody can sign in as a shared mailbox, so its address is no hint who will.
  const hint: Record<string, string> = ticket.address && !provider.sharedMailboxes ? { login_hint: ticket.address } : {};
  return buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: provider.scope,
    state: ticket.state,
    nonce: ticket.nonce,
    code_challenge: await calculatePKCECodeChallenge(ticket.verifier),
    code_challenge_method: 'S256',
    ...provider.parameters,
    ...hint,
  }).href;
}

/** The code for tokens, and the id token for whose mailbox it is. */
async function trade(
  client: Configuration,
  provider: OAuthProvider,
  ticket: Ticket,
  callback: URL,
): ReturnType<SignIn<EmailSettings>['finish']> {
  const tokens = await authorizationCodeGrant(client, callback, {
    pkceCodeVerifier: ticket.verifier,
    expectedState: ticket.state,
    expectedNonce: ticket.nonce,
    idTokenExpected: true,
  });
  if (provider.mailScope && tokens.scope && !tokens.scope.split(' ').includes(provider.mailScope))
    throw refused(`${provider.label} was not allowed to give us the mail. Sign in again and leave the box for mail ticked.`);
  if (!tokens.refresh_token)
    throw refused(
      `${provider.label} gave no lasting access (no refresh token). Remove this app in your ${provider.label} account and sign in again.`,
    );
  const address = (provider.sharedMailboxes && ticket.address) || addressOf(tokens.claims(), provider);
  return { address, settings: { ...mailServers(provider, address), oauth: kept(provider, tokens, tokens.refresh_token) } };
}

/** Accounts at work have their address in `preferred_username` where Microsoft leaves `email` out. */
function addressOf(claims: Record<string, unknown> = {}, { label }: OAuthProvider): string {
  const address = [claims.email, claims.preferred_username].find((claim) => typeof claim === 'string' && isAddress(claim));
  if (typeof address === 'string') return address;
  throw refused(`${label} did not tell the address of this account, so it seems to have no mailbox.`);
}

/** Who rotates refresh tokens sends a new one each time; others leave it out and the old one goes on. */
function kept({ id }: OAuthProvider, tokens: TokenEndpointResponse, refreshToken: string): OAuthSettings {
  const lifetime = tokens.expires_in ?? usualLifetimeSeconds;
  return {
    provider: id,
    refreshToken: tokens.refresh_token ?? refreshToken,
    accessToken: tokens.access_token,
    expiresAt: new Date(Date.now() + lifetime * 1000).toISOString(),
  };
}

const refused = (message: string) => new ConnectorError('rejected', message);
