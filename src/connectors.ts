import { type DynamicModule, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type Connector, isConnector, type SettingsSchema, settingsSchema, type WebhookSource } from '#libs/connector';
import { EmailModule } from '#libs/email';
import { MetaModule } from '#libs/meta';
import type { Config } from './config.js';

/** The connectors there are: the one place a connector is registered. */
export const connectorModules = (config: Config): DynamicModule[] => [
  EmailModule.register({
    allowPrivateHosts: config.ALLOW_PRIVATE_HOSTS,
    pollSeconds: config.IMAP_POLL_SECONDS,
    google: registration(config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET, {
      issuer: config.GOOGLE_ISSUER_URL,
      imapUrl: config.GOOGLE_IMAP_URL,
      smtpUrl: config.GOOGLE_SMTP_URL,
    }),
    microsoft: registration(config.MICROSOFT_CLIENT_ID, config.MICROSOFT_CLIENT_SECRET, {
      issuer: config.microsoftIssuer,
      imapUrl: config.MICROSOFT_IMAP_URL,
      smtpUrl: config.MICROSOFT_SMTP_URL,
    }),
    listen: config.MAIL_LISTEN,
  }),
  MetaModule.register({
    appId: config.META_APP_ID,
    appSecret: config.META_APP_SECRET,
    verifyToken: config.META_VERIFY_TOKEN,
    instagramAppId: config.INSTAGRAM_APP_ID ?? config.META_APP_ID,
    instagramAppSecret: config.INSTAGRAM_APP_SECRET ?? config.META_APP_SECRET,
    graphUrl: config.META_GRAPH_URL,
    instagramGraphUrl: config.INSTAGRAM_GRAPH_URL,
    graphVersion: config.GRAPH_VERSION,
    login: {
      configId: config.META_LOGIN_CONFIG_ID,
      facebookUrl: config.META_LOGIN_URL,
      instagramUrl: config.INSTAGRAM_LOGIN_URL,
      instagramApiUrl: config.INSTAGRAM_API_URL,
      pkce: config.META_LOGIN_PKCE,
    },
  }),
];

/** A provider that the operator has not registered us with is not offered. */
function registration<T>(clientId: string | undefined, clientSecret: string | undefined, where: T) {
  return clientId && clientSecret ? { clientId, clientSecret, ...where } : undefined;
}

/** Finds the connectors that the modules above provide. */
@Injectable()
export class Connectors {
  private readonly byType: Map<string, Connector>;
  private readonly schemas = new Map<string, SettingsSchema>();

  constructor(discovery: DiscoveryService) {
    const found = discovery
      .getProviders()
      .map(({ instance }) => instance as unknown)
      .filter(isConnector);
    this.byType = new Map(found.map((connector) => [connector.type, connector]));
  }

  all(): Connector[] {
    return [...this.byType.values()];
  }

  find(type: string): Connector | undefined {
    return this.byType.get(type);
  }

  /** The connector of a stored channel. Throws when a release no longer brings it. */
  of(channel: { type: string }): Connector {
    const connector = this.byType.get(channel.type);
    if (!connector) throw new Error(`This release has no connector of type "${channel.type}"`);
    return connector;
  }

  /** The JSON schema of a connector's settings, made once. */
  schemaOf(connector: Connector): SettingsSchema {
    const schema = this.schemas.get(connector.type) ?? settingsSchema(connector.settings);
    this.schemas.set(connector.type, schema);
    return schema;
  }

  /** The types of the connectors that hear through this very source. */
  sharing(source: Connector['source']): string[] {
    return this.all().flatMap((connector) => (connector.source === source ? connector.type : []));
  }

  webhook(path: string): WebhookSource | undefined {
    return this.all()
      .map(({ source }) => source)
      .find((source) => source.kind === 'webhook' && source.path === path) as WebhookSource | undefined;
  }
}
