import { type DynamicModule } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, IsNull } from 'typeorm';
import { ConnectorError } from '#libs/connector';
import { Channel } from '../../channels/channel.entity.js';
import { ChannelSecrets } from '../../channels/channel-secrets.service.js';
import { Vault } from '../../channels/vault.js';
import { type Config } from '../../config.js';
import { connectorModules, Connectors } from '../../connectors.js';
import { within } from '../../health/figures.js';
import { type Check, fail, type Finding, ok } from './finding.js';

const patienceMs = 20_000;
const reconnect = 'Look at this channel under Settings, Channels: there it says what to do.';

/** Tries every channel that is on with what is stored for it, as an admin does who connects one. All at once. */
export const channelsCheck: Check = async ({ config, database }) => {
  const opened = await database;
  const channels = await opened.manager.find(Channel, { where: { removedAt: IsNull(), enabled: true }, order: { createdAt: 'ASC' } });
  if (!channels.length) return [ok('channels', 'None is connected.')];
  if (!config.ENCRYPTION_KEY && !existsSync(join(config.DATA_DIR, 'secret.key'))) return [lostKey];
  const app = await NestFactory.createApplicationContext(talking(config, opened), { logger: false, abortOnError: false });
  try {
    return (await Promise.all(channels.map((channel) => tried(channel, app.get(Connectors), app.get(ChannelSecrets))))).flat();
  } finally {
    await app.close();
  }
};

const lostKey = fail(
  'channels',
  'The key that their credentials were sealed with is not here.',
  'Bring secret.key back, or set ENCRYPTION_KEY to what the server uses. If it is lost, enter the credentials anew.',
);

/** As much of the app as it takes to talk to platforms: nothing in it works by itself. */
function talking(config: Config, database: DataSource): DynamicModule {
  return {
    module: class Talking {},
    imports: [DiscoveryModule, ...connectorModules(config)],
    providers: [
      { provide: DataSource, useValue: database },
      { provide: Vault, useFactory: () => Vault.open(config) },
      ...[Connectors, ChannelSecrets],
    ],
  };
}

async function tried(channel: Channel, connectors: Connectors, secrets: ChannelSecrets): Promise<Finding> {
  const name = `channel ${channel.name} (${channel.type})`;
  try {
    return await within(patienceMs, check(name, channel, connectors, secrets));
  } catch (error) {
    const sealed = !(error instanceof ConnectorError) && /unable to authenticate data|Not a sealed text/.test((error as Error).message);
    return sealed ? { ...lostKey, check: name } : fail(name, (error as Error).message, reconnect);
  }
}

async function check(name: string, channel: Channel, connectors: Connectors, secrets: ChannelSecrets): Promise<Finding> {
  const connector = connectors.of(channel);
  const settings = await secrets.fresh(channel);
  const checks = await connector.check(connector.account({ address: channel.address, settings }), settings);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length) return fail(name, failed.map(({ detail }) => detail).join(' '), reconnect);
  return ok(name, checks.map(({ detail }) => detail).join(' '));
}
