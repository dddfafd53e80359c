import type { Clock } from './clock.js';
import { GraphError, tokenDeaths, type TokenDeath } from './graph-error.js';
import { metaId } from './random.js';
import type { MetaUser } from './users.js';
import type { MetaAccount } from './world.js';

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** How long tokens live, ms. Those of Pages and system users have no end of their own. */
export const tokenLife = { user: 2 * HOUR, lastingUser: 60 * DAY, instagram: HOUR, lastingInstagram: 60 * DAY, dataAccess: 90 * DAY };

/** An access token. `lasting` ones came from an exchange; a Page's token ends with the user's it was made from. */
export interface Token {
  value: string;
  kind: 'user' | 'system-user' | 'page' | 'instagram';
  appId: string;
  user: MetaUser;
  /** The Page or the Instagram account it speaks for. */
  account?: MetaAccount;
  /** The user token a Page's was made from. */
  from?: Token;
  scopes: string[];
  /** Accounts the user chose when asked; null is all of theirs. */
  chosen: string[] | null;
  lasting: boolean;
  issuedAt: number;
  /** Null: no end by time. */
  expiresAt: number | null;
  death: TokenDeath | null;
}

type NewToken = Pick<Token, 'kind' | 'appId' | 'user' | 'scopes'> & Partial<Token>;

/** All tokens ever given out. */
export class Tokens {
  private readonly byValue = new Map<string, Token>();

  constructor(
    private readonly seed: number,
    private readonly clock: Clock,
  ) {}

  issue(token: NewToken): Token {
    const value = token.value ?? this.newValue(token.kind === 'instagram' ? 'IGAASIM' : 'EAASIM');
    const fresh = { chosen: null, lasting: false, issuedAt: this.clock.now(), expiresAt: null, death: null, ...token, value };
    this.byValue.set(value, fresh);
    return fresh;
  }

  get all(): Token[] {
    return [...this.byValue.values()];
  }

  /** The token a call carries. Throws error 190 for one that is unknown or dead, 2500 for none. */
  open(value: string | undefined): Token {
    if (!value) throw new GraphError(2500, 'An active access token must be used to query information about the current user.');
    const token = this.byValue.get(value);
    if (!token) throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
    const problem = this.problemOf(token);
    if (problem) throw new GraphError(190, tokenDeaths[problem][1], tokenDeaths[problem][0], 401);
    return token;
  }

  find(value: string | null | undefined): Token | undefined {
    return this.byValue.get(value ?? '');
  }

  problemOf({ death, expiresAt }: Token): TokenDeath | null {
    return death ?? (expiresAt !== null && expiresAt <= this.clock.now() ? 'expired' : null);
  }

  /** Ends every living token that matches. */
  kill(how: TokenDeath, which: (token: Token) => boolean): void {
    for (const token of this.byValue.values()) if (!this.problemOf(token) && which(token)) token.death = how;
  }

  /** The Page token of a user token; the same each time, and dead when the user's is. */
  ofPage(from: Token, page: MetaAccount): Token {
    const known = [...this.byValue.values()].find((token) => token.account === page && token.from === from);
    if (known) return known;
    const { appId, user, scopes, chosen, issuedAt, lasting } = from;
    const expiresAt = lasting ? null : from.expiresAt;
    return this.issue({ kind: 'page', account: page, from, appId, user, scopes, chosen, issuedAt, lasting, expiresAt });
  }

  private newValue(prefix: string): string {
    const unique = `${metaId('token', this.seed, this.clock.now(), this.byValue.size)}:${this.byValue.size}`;
    return `${prefix}${Buffer.from(`${unique}:${'0'.repeat(60)}`).toString('base64url')}ZD`;
  }
}
