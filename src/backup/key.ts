import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Vault } from '../channels/vault.js';
import type { Config } from '../config.js';

/** An encryption key, and where it was found. */
export interface FoundKey {
  key: Buffer;
  source: string;
}

const keyBytes = 32;

/** Where the app keeps its key when ENCRYPTION_KEY is not set. */
export const keyPath = (dataDir: string) => join(dataDir, 'secret.key');

/** The key the app would use here; unlike the app, this makes none. */
export async function keyAtHand({ ENCRYPTION_KEY, DATA_DIR }: Pick<Config, 'ENCRYPTION_KEY' | 'DATA_DIR'>): Promise<FoundKey | null> {
  if (ENCRYPTION_KEY) return { key: Buffer.from(ENCRYPTION_KEY, 'base64'), source: 'ENCRYPTION_KEY' };
  try {
    return await readKey(keyPath(DATA_DIR));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A key as it stands in a file: 32 bytes in base64. */
export async function readKey(path: string): Promise<FoundKey> {
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== keyBytes) throw new Error(`${path} holds no key: it should be 32 bytes in base64.`);
  return { key, source: path };
}

/** Tells keys apart without telling anything of them. */
export function fingerprint(key: Buffer): string {
  return createHash('sha256').update(new Vault(key).derive('backup fingerprint', '')).digest('hex').slice(0, 16);
}

/** Whether what was sealed for an owner opens with this key. */
export function opens(key: Buffer, sealed: string, owner: string): boolean {
  try {
    new Vault(key).open(sealed, owner);
    return true;
  } catch {
    // Every reason not to open is the same to us: another key.
    return false;
  }
}
