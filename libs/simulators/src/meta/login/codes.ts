import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { GraphError } from '../graph-error.js';
import { metaId } from '../random.js';
import type { MetaUser } from '../users.js';
import type { MetaAccount } from '../world.js';

/** What somebody agreed to in a dialog. */
export interface Grant {
  clientId: string;
  redirectUri: string;
  user: MetaUser;
  scopes: string[];
  /** Ids of the accounts they chose; null is all of theirs. */
  chosen: string[] | null;
  /** The one account of an Instagram login. */
  account?: MetaAccount;
  /** Whether a system user's token, which has no end, comes of it. */
  system?: boolean;
  /** PKCE: the S256 challenge the dialog was opened with. */
  challenge?: string;
}

interface Redemption {
  clientId: string;
  redirectUri: string;
  verifier: string;
}

const lifeMs = 10 * 60_000;

/** Codes between a dialog and the exchange: good for one use and ten minutes. */
export class Codes {
  private readonly grants = new Map<string, { grant: Grant; expiresAt: number; used: boolean }>();

  constructor(private readonly clock: Clock) {}

  issue(grant: Grant): string {
    const number = `${metaId('code', this.clock.now(), this.grants.size)}${this.grants.size}`;
    const code = `AQSIM${Buffer.from(`${number}:${'0'.repeat(60)}`).toString('base64url')}`;
    this.grants.set(code, { grant, expiresAt: this.clock.now() + lifeMs, used: false });
    return code;
  }

  /** Throws error 100 for a code that is unknown, used, too old, of another app, or sent with another redirect address or verifier. */
  redeem(code: string, { clientId, redirectUri, verifier }: Redemption): Grant {
    const kept = this.grants.get(code);
    if (!kept || kept.grant.clientId !== clientId) throw new GraphError(100, 'Invalid verification code format.');
    if (kept.used) throw new GraphError(100, 'This authorization code has been used.', 36009);
    if (kept.expiresAt <= this.clock.now()) throw new GraphError(100, 'This authorization code has expired.', 36007);
    const { grant } = kept;
    if (grant.redirectUri !== redirectUri)
      throw new GraphError(
        100,
        'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
        36008,
      );
    if (grant.challenge && grant.challenge !== createHash('sha256').update(verifier).digest('base64url'))
      throw new GraphError(100, 'Invalid code_verifier parameter');
    kept.used = true;
    return grant;
  }
}
