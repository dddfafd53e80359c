import type { WebhookSource } from '#libs/connector';
import type { MetaOptions } from './options.js';
import { sameSecret, signedByMeta } from './signature.js';
import { split } from './split.js';

/** The one webhook that Meta calls for all Pages and Instagram accounts of an app. */
export function metaWebhook({ appSecret, instagramAppSecret, verifyToken }: MetaOptions): WebhookSource {
  const secrets = [...new Set([appSecret, instagramAppSecret])].filter((secret) => secret !== undefined && secret !== '') as string[];
  return {
    kind: 'webhook',
    path: 'meta',
    maxBytes: 3 * 1024 * 1024,
    handshake(query) {
      const right = verifyToken && query['hub.mode'] === 'subscribe' && sameSecret(String(query['hub.verify_token']), verifyToken);
      return (right && query['hub.challenge']) || null;
    },
    verify: (body, headers) => signedByMeta(body, headers['x-hub-signature-256'], secrets),
    split,
  };
}
