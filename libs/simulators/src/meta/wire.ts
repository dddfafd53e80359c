import { createHmac } from 'node:crypto';

/** What travels in Meta's JSON. A bigint is an id that Meta writes without quotes, beyond what a double can hold. */
export type Json = string | number | bigint | boolean | null | undefined | Json[] | { [key: string]: Json };

/**
 * Serializes as Meta does: every non-ASCII UTF-16 unit as lowercase `\uXXXX` and `/` as `\/`.
 * A receiver that checks the signature over a re-serialized body therefore fails at the first accent or link.
 */
export function metaJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(metaJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{${members(value).join(',')}}`;
  return escaped(JSON.stringify(value ?? null));
}

const members = (value: Record<string, Json>) =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${escaped(JSON.stringify(key))}:${metaJson(member)}`);

const escaped = (json: string) =>
  json.replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The value of `X-Hub-Signature-256` (or the older `X-Hub-Signature` with sha1) over the bytes sent. */
export const hubSignature = (secret: string, body: string | Buffer, algorithm: 'sha256' | 'sha1' = 'sha256') =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
