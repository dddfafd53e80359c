import { type DynamicModule, Module } from '@nestjs/common';
import { provideConnector, type WebhookSource } from '#libs/connector';
import { readSignedRequest } from './signed-request.js';
import { facebookConnector } from './facebook.js';
import { instagramConnector } from './instagram.js';
import type { MetaOptions } from './options.js';
import { metaWebhook } from './webhook.js';

/** Facebook Pages and Instagram accounts of one Meta app; both hear through the same webhook. */
@Module({})
export class MetaModule {
  static register(options: MetaOptions): DynamicModule {
    const source = { ...metaWebhook(options), notices: noticesTo(options) };
    const providers = [provideConnector(facebookConnector(options, source)), provideConnector(instagramConnector(options, source))];
    return { module: MetaModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

/** What Meta posts below the webhook's own address when a person takes their permission back, or wants their data deleted. */
function noticesTo({ appSecret, instagramAppSecret }: MetaOptions): WebhookSource['notices'] {
  const secrets = [appSecret, instagramAppSecret].filter((secret): secret is string => !!secret);
  return {
    deauthorize: (body) => readSignedRequest(body, 'deauthorised', secrets),
    'data-deletion': (body) => readSignedRequest(body, 'delete-data', secrets),
  };
}
