import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Notice } from '#libs/connector';
import { asId, asObject, jsonOrUndefined } from './json.js';

/**
 * Reads a form with `signed_request=<signature>.<payload>`, both base64url, as Meta posts it to the deauthorise and data-deletion
 * callbacks. The signature is HMAC-SHA256 over the payload as it is encoded, under the app's secret. Null when it is under none.
 */
export function readSignedRequest(body: Buffer, kind: Notice['kind'], secrets: string[]): Notice | null {
  const [signature, payload] = (new URLSearchParams(body.toString('utf8')).get('signed_request') ?? '').split('.');
  if (!signature || !payload || !secrets.some((secret) => isSignedWith(secret, signature, payload))) return null;
  const said = asObject(jsonOrUndefined(Buffer.from(payload, 'base64url').toString('utf8')));
  const userId = asId(said?.user_id);
  if (!userId || String(said?.algorithm).toUpperCase() !== 'HMAC-SHA256') return null;
  const at = new Date(Number(said?.issued_at) * 1000);
  return { kind, userId, at: Number.isNaN(at.getTime()) ? new Date() : at };
}

function isSignedWith(secret: string, signature: string, payload: string): boolean {
  const right = createHmac('sha256', secret).update(payload).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === right.length && timingSafeEqual(given, right);
}
