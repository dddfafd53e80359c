import { type DynamicModule, Module } from '@nestjs/common';
import { provideConnector } from '#libs/connector';
import { facebookConnector } from './facebook.js';
import { instagramConnector } from './instagram.js';
import type { MetaOptions } from './options.js';
import { metaWebhook } from './webhook.js';

/** Facebook Pages and Instagram accounts of one Meta app; both hear through the same webhook. */
@Module({})
export class MetaModule {
  static register(options: MetaOptions): DynamicModule {
    const source = metaWebhook(options);
    const providers = [provideConnector(facebookConnector(options, source)), provideConnector(instagramConnector(options, source))];
    return { module: MetaModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
