import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with OWASP's parameters: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, parameters);

const nobody = hashPassword(randomBytes(16).toString('hex'));

/** Takes as long when there is no such user, so that the time tells nothing. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await nobody), password);
  return matches && stored !== undefined;
}

/** A token nobody can guess: 32 random bytes. */
export const newToken = (): string => randomBytes(32).toString('base64url');

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
