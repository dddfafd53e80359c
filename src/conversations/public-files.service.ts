import { Inject, Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { isPrivateAddress } from '#libs/connector';
import { Vault } from '../channels/vault.js';
import { Config } from '../config.js';

const lifeMs = 3_600_000;

/** Addresses under which a platform may fetch a file that is being sent: signed, good for an hour, of this one file. */
@Injectable()
export class PublicFiles {
  private readonly key: Buffer;
  private readonly origin: string | null;

  constructor(@Inject(Config) config: Config, @Inject(Vault) vault: Vault) {
    this.key = vault.derive('public files', '');
    this.origin = isReachable(config) ? config.publicUrl : null;
  }

  /** Undefined while nobody outside can reach us. */
  addressOf(attachmentId: string, now = Date.now()): string | undefined {
    if (!this.origin) return undefined;
    const said = `${attachmentId}.${(now + lifeMs).toString(36)}`;
    return `${this.origin}/media/${said}.${this.sign(said).toString('base64url')}`;
  }

  /** The attachment that a token names, or null for one that we did not sign or that has run out. */
  named(token: string, now = Date.now()): string | null {
    const [, said, id, until, signature] = /^(([0-9a-f-]{36})\.([0-9a-z]{1,12}))\.([\w-]{43})$/.exec(token) ?? [];
    if (!said || !signature || !timingSafeEqual(this.sign(said), Buffer.from(signature, 'base64url'))) return null;
    return parseInt(until!, 36) > now ? id! : null;
  }

  private sign(said: string): Buffer {
    return createHmac('sha256', this.key).update(said).digest();
  }
}

/** Platforms fetch over TLS, and from the public internet alone; tests may be their own platform. */
function isReachable({ publicUrl, ALLOW_PRIVATE_HOSTS }: Config): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isPrivate = isIP(host) ? isPrivateAddress(host) : !host.includes('.') || /\.(local|localhost|internal|lan|home\.arpa)$/.test(host);
  return ALLOW_PRIVATE_HOSTS || (protocol === 'https:' && !isPrivate);
}
