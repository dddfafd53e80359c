import { Inject, Injectable, Logger } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { type Account, type ChannelAccess, type Check, type Connector, ConnectorError, withoutSecrets } from '#libs/connector';
import { Connectors } from '../connectors.js';
import { newId } from '../database/columns.js';
import { isDuplicate } from '../database/data-source.js';
import { type FieldError, Invalid, NotFound, fieldErrors } from '../errors.js';
import { Changes } from '../realtime/changes.service.js';
import { Channel, ChannelSecret, ChannelWatch, type HealthState } from './channel.entity.js';
import { Vault } from './vault.js';

export interface NewChannel {
  type: string;
  name: string;
  address?: string;
  settings: Record<string, unknown>;
}

export interface ChannelPatch {
  name?: string;
  enabled?: boolean;
  settings?: Record<string, unknown>;
}

/** Connected channels, their sealed settings and their health. */
@Injectable()
export class Channels {
  private readonly logger = new Logger('channels');

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    @Inject(Vault) private readonly vault: Vault,
    private readonly changes: Changes,
  ) {}

  list(): Promise<Channel[]> {
    return this.database.manager.find(Channel, { where: { removedAt: IsNull() }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async get(id: string): Promise<Channel> {
    const channel = await this.database.manager.findOneBy(Channel, { id, removedAt: IsNull() });
    if (!channel) throw new NotFound('There is no such channel.');
    return channel;
  }

  /** Tries the settings out without keeping them. */
  async test(input: NewChannel): Promise<Check[]> {
    const { connector, settings, account } = await this.understand(input);
    return connector.check(account, settings);
  }

  /** Connects an account after a live check. */
  async create(input: NewChannel): Promise<Channel> {
    const { connector, settings, account } = await this.understand(input);
    await refuseUnlessWorking(connector, account, settings);
    const cursor = connector.source.kind === 'watch' ? await connector.source.begin(settings).catch(asInvalid) : null;
    const id = await this.database.transaction(async (manager) => {
      const id = await this.store(manager, input, account);
      await this.seal(manager, id, settings);
      if (cursor) await manager.upsert(ChannelWatch, { channelId: id, cursor: cursor as never }, ['channelId']);
      await this.changes.write(manager, { type: 'channel.updated' });
      return id;
    });
    this.changes.announce();
    return this.get(id);
  }

  /** Changes name, settings (checked live; omitted secrets stay) or whether it is on. */
  async update(id: string, patch: ChannelPatch): Promise<Channel> {
    const channel = await this.get(id);
    const settings = patch.settings && (await this.mergedSettings(channel, patch.settings));
    await this.database.transaction(async (manager) => {
      const { name = channel.name, enabled = channel.enabled } = patch;
      await manager.update(Channel, id, { name, enabled, ...(settings && { healthState: 'ok' as const, healthDetail: null }) });
      if (settings) await this.seal(manager, id, settings);
      await this.changes.write(manager, { type: 'channel.updated' });
    });
    this.changes.announce();
    return this.get(id);
  }

  /** Forgets the account's secrets and stops; its conversations stay. */
  async remove(id: string): Promise<void> {
    await this.get(id);
    await this.database.transaction(async (manager) => {
      await manager.update(Channel, id, { removedAt: new Date(), enabled: false });
      await manager.delete(ChannelSecret, { channelId: id });
      await manager.delete(ChannelWatch, { channelId: id });
      await this.changes.write(manager, { type: 'channel.updated' });
    });
    this.changes.announce();
  }

  /** The channel as its connector sees it, ready to talk to the platform. */
  access(channel: Channel): Promise<ChannelAccess> {
    return this.stored(channel);
  }

  /** The channel with its settings as they are stored, for parsing and preparing, which talk to nobody. */
  async stored(channel: Channel): Promise<ChannelAccess> {
    const secret = await this.database.manager.findOneByOrFail(ChannelSecret, { channelId: channel.id });
    const settings = JSON.parse(this.vault.open(secret.sealed, channel.id)) as Record<string, unknown>;
    return {
      id: channel.id,
      address: channel.address,
      signingKey: this.vault.derive('channel signing', channel.id),
      settings: plainToInstance(this.connectors.of(channel).settings, settings),
    };
  }

  async visibleSettings(channel: Channel): Promise<Record<string, unknown>> {
    const { settings } = await this.stored(channel);
    return withoutSecrets(this.connectors.schemaOf(this.connectors.of(channel)), settings);
  }

  /** Notes how a channel is doing; browsers hear of it only when that changed. */
  async report(id: string, state: HealthState, detail: string | null = null, facts: Partial<Channel> = {}): Promise<void> {
    const channel = await this.database.manager.findOneBy(Channel, { id });
    if (!channel) return;
    const changed = channel.healthState !== state || channel.healthDetail !== detail || 'importDone' in facts;
    await this.database.transaction(async (manager) => {
      await manager.update(Channel, id, { ...facts, healthState: state, healthDetail: detail });
      if (changed) await this.changes.write(manager, { type: 'channel.updated' });
    });
    if (!changed) return;
    this.changes.announce();
    this.logger[state === 'ok' ? 'log' : 'warn']({ channel: id, state }, 'channel health changed');
  }

  private async understand(input: NewChannel): Promise<{ connector: Connector; settings: object; account: Account }> {
    const connector = this.connectors.find(input.type);
    if (!connector) {
      const known = this.connectors.all().map(({ type }) => type);
      throw new Invalid(`There is no connector "${input.type}".`, [{ path: 'type', message: `must be one of ${known.join(', ')}` }]);
    }
    const settings = plainToInstance(connector.settings, input.settings);
    const faults: FieldError[] = fieldErrors(await validate(settings, { whitelist: true, forbidNonWhitelisted: true }), 'settings');
    if (faults.length) throw new Invalid('Some settings are missing or wrong.', faults);
    return { connector, settings, account: accountOf(connector, input.address, settings) };
  }

  private async mergedSettings(channel: Channel, patch: Record<string, unknown>): Promise<object> {
    const { settings: current } = await this.access(channel);
    const merged = merge(current as Record<string, unknown>, patch);
    const { connector, settings, account } = await this.understand({ ...channel, settings: merged });
    if (account.externalId !== channel.externalId)
      throw new Invalid('These settings belong to another account. Connect it as a channel of its own.');
    await refuseUnlessWorking(connector, account, settings);
    return settings;
  }

  /** An account that was connected before takes up its old channel again. */
  private async store(manager: EntityManager, { type, name }: NewChannel, account: Account): Promise<string> {
    const former = await manager.findOneBy(Channel, { type, externalId: account.externalId });
    if (former && !former.removedAt) throw alreadyConnected(account);
    const fresh = { name, address: account.address, enabled: true, healthState: 'ok' as const, healthDetail: null, removedAt: null };
    if (former) {
      await manager.update(Channel, former.id, fresh);
      return former.id;
    }
    const id = newId();
    try {
      await manager.insert(Channel, { id, type, externalId: account.externalId, ...fresh, createdAt: new Date() });
    } catch (error) {
      throw isDuplicate(error) ? alreadyConnected(account) : error;
    }
    return id;
  }

  private async seal(manager: EntityManager, channelId: string, settings: object): Promise<void> {
    const sealed = this.vault.seal(JSON.stringify(settings), channelId);
    await manager.increment(Channel, { id: channelId }, 'settingsVersion', 1);
    await manager.upsert(ChannelSecret, { channelId, sealed }, ['channelId']);
  }
}

function accountOf(connector: Connector, address: string | undefined, settings: object): Account {
  try {
    return connector.account({ address, settings });
  } catch (error) {
    return asInvalid(error);
  }
}

function asInvalid(error: unknown): never {
  throw error instanceof ConnectorError ? new Invalid(error.message) : error;
}

const alreadyConnected = ({ address }: Account) => new Invalid(`${address} is connected already. Change that channel, or remove it first.`);

async function refuseUnlessWorking(connector: Connector, account: Account, settings: object): Promise<void> {
  const failed = (await connector.check(account, settings)).filter(({ ok }) => !ok);
  if (!failed.length) return;
  throw new Invalid(failed.map(({ detail }) => detail).join(' '));
}

function merge(current: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    const both = isRecord(value) && isRecord(current[key]);
    merged[key] = both ? merge(current[key] as Record<string, unknown>, value as Record<string, unknown>) : value;
  }
  return merged;
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
