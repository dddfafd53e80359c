import { createHmac } from 'node:crypto';
import type { Core } from '../core.js';
import type { MetaUser } from '../users.js';

/** What a person may ask for that an app hears of by a call. */
export type PersonAsks = 'deauthorize' | 'delete';

/** What the app made of it: for a deletion its body holds `url` and `confirmation_code`. */
export interface AppSays {
  status: number;
  body: string;
}

/** `<sig>.<payload>`, both base64url; the signature is HMAC-SHA256 over the payload as encoded. */
export function signedRequest(secret: string, payload: object): string {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', secret).update(encoded).digest('base64url')}.${encoded}`;
}

/** Posts `signed_request` to the app as a form. A forged one is signed with another secret. Taking the grant back ends its tokens. */
export async function callApp({ app, world }: Core, what: PersonAsks, user: MetaUser, forged = false): Promise<AppSays> {
  const url = what === 'delete' ? app.deletionUrl : app.deauthorizeUrl;
  if (!url) throw new Error(`the app has no callback to ${what}`);
  if (what === 'deauthorize' && !forged) world.tokens.kill('app-removed', (token) => token.user === user);
  const payload = { algorithm: 'HMAC-SHA256', issued_at: Math.floor(world.now() / 1000), user_id: user.id };
  const body = new URLSearchParams({ signed_request: signedRequest(forged ? `not ${app.appSecret}` : app.appSecret, payload) });
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  return { status: response.status, body: await response.text() };
}
