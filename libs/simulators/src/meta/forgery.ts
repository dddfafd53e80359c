import { signedPost } from './webhook-body.js';
import { hubSignature, type Json } from './wire.js';

/** How a POST may be forged. */
export const forgeries = ['bad-signature', 'wrong-secret', 'unsigned', 'sha1-only', 'reserialized', 'truncated'] as const;
export type Forgery = (typeof forgeries)[number];

/** Posts a body in a way that a right receiver refuses. Resolves with the HTTP status. */
export async function postForged(url: string, how: Forgery, body: Json, secret: string): Promise<number> {
  const right = signedPost(body, secret);
  const response = await fetch(url, {
    method: 'POST',
    body: how === 'reserialized' ? JSON.stringify(JSON.parse(right.body)) : how === 'truncated' ? right.body.slice(0, -20) : right.body,
    headers: { 'Content-Type': 'application/json', ...signature(how, right, secret) },
  });
  return response.status;
}

function signature(how: Forgery, { body, headers }: ReturnType<typeof signedPost>, secret: string): Record<string, string> {
  const right = headers['X-Hub-Signature-256']!;
  if (how === 'unsigned') return {};
  if (how === 'sha1-only') return { 'X-Hub-Signature': hubSignature(`not ${secret}`, body, 'sha1') };
  if (how === 'wrong-secret') return { 'X-Hub-Signature-256': hubSignature(`not ${secret}`, body) };
  if (how === 'bad-signature') return { 'X-Hub-Signature-256': right.replace(/.$/, (last) => (last === '0' ? '1' : '0')) };
  return { 'X-Hub-Signature-256': right };
}
