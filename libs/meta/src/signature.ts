import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Whether `X-Hub-Signature-256` is the HMAC of the bytes as they came, under any of the secrets. A re-serialized body never matches: Meta escapes differently. */
export function signedByMeta(body: Buffer, header: string | undefined, secrets: string[]): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (!given) return false;
  const signature = Buffer.from(given, 'hex');
  return secrets.some((secret) => timingSafeEqual(signature, createHmac('sha256', secret).update(body).digest()));
}

/** Compares two secrets in a time that tells nothing about them, their lengths included. */
export const sameSecret = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b));

/** `appsecret_proof`: shows Graph that a call comes from the app's own server. */
export const appSecretProof = (secret: string, token: string) => createHmac('sha256', secret).update(token).digest('hex');
