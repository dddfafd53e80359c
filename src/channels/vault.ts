import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config.js';

const cipher = 'aes-256-gcm';

/** Seals channel settings (AES-256-GCM) and derives the keys that sign what leaves the house. One key rules both. */
export class Vault {
  constructor(private readonly key: Buffer) {}

  /** The key from ENCRYPTION_KEY, else the one in DATA_DIR, made on the first start and readable by its owner only. */
  static open(config: Pick<Config, 'ENCRYPTION_KEY' | 'DATA_DIR'>): Vault {
    const encoded = config.ENCRYPTION_KEY ?? readOrMakeKey(config.DATA_DIR);
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== 32) throw new ConfigError([`${join(config.DATA_DIR, 'secret.key')}: must hold 32 bytes in base64`]);
    return new Vault(key);
  }

  /** `owner` is bound in: a sealed text copied to another row does not open. */
  seal(plain: string, owner: string): string {
    const iv = randomBytes(12);
    const sealing = createCipheriv(cipher, this.key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([sealing.update(plain, 'utf8'), sealing.final()]);
    return ['v1', iv.toString('base64'), sealing.getAuthTag().toString('base64'), sealed.toString('base64')].join('.');
  }

  /** Throws when the text was sealed with another key, for another owner, or was changed. */
  open(text: string, owner: string): string {
    const [version, iv, tag, sealed] = text.split('.');
    if (version !== 'v1' || !iv || !tag || sealed === undefined) throw new Error('Not a sealed text');
    const opening = createDecipheriv(cipher, this.key, Buffer.from(iv, 'base64')).setAAD(Buffer.from(owner));
    opening.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([opening.update(Buffer.from(sealed, 'base64')), opening.final()]).toString('utf8');
  }

  /** 32 bytes for one purpose and owner, e.g. signing a channel's reply tokens. */
  derive(purpose: string, owner: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, owner, purpose, 32));
  }
}

function readOrMakeKey(dataDir: string): string {
  const path = join(dataDir, 'secret.key');
  if (!existsSync(path)) makeKey(dataDir, path);
  return readFileSync(path, 'utf8').trim();
}

/** Written aside and linked into place, so that of two processes starting at once both end with the same whole key. */
function makeKey(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
