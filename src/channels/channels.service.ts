import { Inject, Injectable, Logger } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DataSource, type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import { type Account, type ChannelAccess, type Cursor, type Check, type Connector, ConnectorError, withoutSecrets } from '#libs/connector';
import { Connectors } from '../connectors.js';
import { newId } from '../database/columns.js';
import { insertNew, isDuplicate } from '../database/data-source.js';
import { type FieldError, Invalid, NotFound, fieldErrors } from '../errors.js';
import { Changes } from '../realtime/changes.service.js';
import { Channel, ChannelSecret, ChannelWatch, type HealthState, upkeepEveryMs } from './channel.entity.js';
import { ChannelCircuit } from './channel-circuit.entity.js';
import { ChannelSecrets } from './channel-secrets.service.js';
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

/** Connected channels, their settings and their health. */
@Injectable()
export class Channels {
  private readonly logger = new Logger('channels');

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    @Inject(Vault) private readonly vault: Vault,
    private readonly secrets: ChannelSecrets,
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

  /** Tries the settings out without keeping them, and asks a working account what it offers for them. */
  async test(input: NewChannel): Promise<{ checks: Check[]; choices: Record<string, string[]> }> {
    const { connector, settings, account } = await this.understand(input);
    const checks = await connector.check(account, settings);
    const works = checks.every(({ ok }) => ok);
    return { checks, choices: (works && (await connector.choices?.(settings).catch(asInvalid))) || {} };
  }

  /** Connects an account after a live check. */
  async create(input: NewChannel): Promise<Channel> {
    const { connector, settings, account } = await this.understand(input);
    await refuseUnlessWorking(connector, account, settings);
    const cursor = connector.source.kind === 'watch' ? await connector.source.begin(settings, null).catch(asInvalid) : null;
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
    const { settings } = patch;
    if (settings) {
      const cursor = await this.tryOut(channel, settings);
      // What was tried may hold a token that has been renewed meanwhile, so the patch goes onto what is stored now.
      await this.secrets
        .exclusively(id, async () => this.change(channel, patch, await this.merged(channel, settings), cursor))
        .catch(asInvalid);
    } else await this.change(channel, patch);
    this.changes.announce();
    return this.get(id);
  }

  /** Forgets the account's secrets and stops; its conversations stay. */
  async remove(id: string): Promise<void> {
    const channel = await this.get(id);
    const access = await this.stored(channel);
    await this.database.transaction(async (manager) => {
      // First, as a watcher takes them that stores mail at this very moment: else each could wait for the other.
      await manager.delete(ChannelWatch, { channelId: id });
      await manager.update(Channel, id, { removedAt: new Date(), enabled: false });
      await manager.delete(ChannelSecret, { channelId: id });
      await this.changes.write(manager, { type: 'channel.updated' });
    });
    this.changes.announce();
    await this.leave(channel, access);
  }

  /** Its platform goes on sending to nobody when that fails; channels that shared a subscription with it look after theirs at once. */
  private async leave(channel: Channel, access: ChannelAccess): Promise<void> {
    const connector = this.connectors.of(channel);
    if (!connector.leave) return;
    try {
      await connector.leave(access);
    } catch (error) {
      this.logger.warn({ channel: channel.id, error: (error as Error).message }, 'removed, but the platform was not told');
    }
    const type = In(this.connectors.sharing(connector.source));
    const long = new Date(Date.now() - upkeepEveryMs);
    await this.database.manager.update(Channel, { type, removedAt: IsNull(), upkeepAt: MoreThan(long) }, { upkeepAt: long });
  }

  /** Forgets a channel's tokens, and whatever else a sign-in told, but goes on taking in what comes. */
  async forget(id: string, reason: string): Promise<void> {
    const channel = await this.get(id);
    const schema = this.connectors.schemaOf(this.connectors.of(channel));
    await this.secrets.exclusively(id, async () => {
      const rest = withoutSecrets(schema, await this.secrets.stored(channel), { signedIn: false });
      await this.database.transaction((manager) => this.seal(manager, id, rest));
    });
    await this.report(id, 'needs-auth', reason);
  }

  /**
   * The channel as its connector sees it, ready to talk to the platform: tokens are good for some minutes. May ask a provider
   * for new ones, so it must not be called within a transaction. Throws a ConnectorError when there are none to be had.
   */
  async access(channel: Channel): Promise<ChannelAccess> {
    try {
      return this.outline(channel, await this.secrets.fresh(channel));
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'auth') await this.report(channel.id, 'needs-auth', error.message);
      throw error;
    }
  }

  /** Takes note that the platform refused this access. Whether the next {@link access} will be another, so that it is worth trying again. */
  mayRenew(channel: Channel, { settings }: ChannelAccess): boolean {
    return this.secrets.mayRenew(channel, settings);
  }

  /** The channel with its settings as they are stored, for parsing and preparing, which talk to nobody. */
  async stored(channel: Channel): Promise<ChannelAccess> {
    return this.outline(channel, await this.secrets.stored(channel));
  }

  /** Takes note of what the platform told of an account: its settings, and what it goes by. */
  async learn(channel: Channel, told: object): Promise<void> {
    const { id } = channel;
    if (!(await this.database.manager.existsBy(Channel, { id, removedAt: IsNull() }))) return;
    const settings = await this.secrets.learn(channel, told);
    const { address, alias = null } = accountOf(this.connectors.of(channel), channel.address, settings);
    if (address === channel.address && alias === channel.alias) return;
    await this.database.transaction(async (manager) => {
      await manager.update(Channel, { id, removedAt: IsNull() }, { address, alias });
      await this.changes.write(manager, { type: 'channel.updated' });
    });
    this.changes.announce();
  }

  /** Those of these accounts that are connected, with their settings as they are stored. */
  async connected(type: string, accounts: string[]): Promise<Array<{ account: string; settings: object }>> {
    const channels = await this.database.manager.findBy(Channel, { type, externalId: In(accounts), removedAt: IsNull() });
    return Promise.all(channels.map(async (channel) => ({ account: channel.externalId, settings: await this.secrets.stored(channel) })));
  }

  async visibleSettings(channel: Channel): Promise<Record<string, unknown>> {
    return withoutSecrets(this.connectors.schemaOf(this.connectors.of(channel)), await this.secrets.stored(channel));
  }

  /** Notes how a channel is doing; browsers hear of it only when that changed. */
  async report(id: string, state: HealthState, detail: string | null = null, facts: Partial<Channel> = {}): Promise<void> {
    const channel = await this.database.manager.findOneBy(Channel, { id });
    if (!channel) return;
    const changed = channel.healthState !== state || channel.healthDetail !== detail || 'importDone' in facts || 'upkeep' in facts;
    await this.database.transaction(async (manager) => {
      await manager.update(Channel, id, { ...facts, healthState: state, healthDetail: detail });
      if (changed) await this.changes.write(manager, { type: 'channel.updated' });
    });
    if (!changed) return;
    this.changes.announce();
    if (channel.healthState === state && channel.healthDetail === detail) return;
    this.logger[state === 'ok' ? 'log' : 'warn']({ channel: id, state }, 'channel health changed');
  }

  private async understand(input: NewChannel): Promise<{ connector: Connector; settings: object; account: Account }> {
    const connector = this.connectors.find(input.type);
    if (!connector) {
      const known = this.connectors.all().map(({ type }) => type);
      throw new Invalid(`There is no connector "${input.type}".`, [{ path: 'type', message: `must be one of ${known.join(', ')}` }]);
    }
    const settings = plainToInstance(connector.settings, withoutNulls(input.settings));
    const faults: FieldError[] = fieldErrors(await validate(settings, { whitelist: true, forbidNonWhitelisted: true }), 'settings');
    if (faults.length) throw new Invalid('Some settings are missing or wrong.', faults);
    return { connector, settings, account: accountOf(connector, input.address, settings) };
  }

  private outline({ id, address }: Channel, settings: object): ChannelAccess {
    return { id, address, signingKey: this.vault.derive('channel signing', id), settings };
  }

  /** The settings a patch leads to: what it sets to null is removed (RFC 7396). */
  private async merged(channel: Channel, patch: Record<string, unknown>, current?: object): Promise<object> {
    const settings = merge((current ?? (await this.secrets.stored(channel))) as Record<string, unknown>, patch);
    const understood = await this.understand({ ...channel, settings });
    if (understood.account.externalId !== channel.externalId)
      throw new Invalid('These settings belong to another account. Connect it as a channel of its own.');
    return understood.settings;
  }

  /** Resolves with where to go on under the new settings, for a channel that has to be asked. */
  private async tryOut(channel: Channel, patch: Record<string, unknown>): Promise<Cursor | null> {
    const connector = this.connectors.of(channel);
    let settings = await this.merged(channel, patch);
    // A patch that leaves the tokens alone is tried with fresh ones; one that replaces dead ones must not need them, and the try tells them apart.
    if (connector.refreshDue?.(settings, new Date())) {
      const fresh = await this.secrets.fresh(channel).catch((error: unknown) => (isAuth(error) ? undefined : asInvalid(error)));
      settings = await this.merged(channel, patch, fresh);
    }
    await refuseUnlessWorking(connector, accountOf(connector, channel.address, settings), settings);
    if (connector.source.kind !== 'watch') return null;
    const watch = await this.database.manager.findOneBy(ChannelWatch, { channelId: channel.id });
    return connector.source.begin(settings, watch?.cursor ?? null).catch(asInvalid);
  }

  private async change(channel: Channel, patch: ChannelPatch, settings?: object, cursor: Cursor | null = null): Promise<void> {
    const { name = channel.name, enabled = channel.enabled } = patch;
    await this.database.transaction(async (manager) => {
      if (cursor) await takeOver(manager, channel.id, cursor);
      const well = settings && { healthState: 'ok' as const, healthDetail: null, upkeepAt: null };
      const { affected } = await manager.update(Channel, { id: channel.id, removedAt: IsNull() }, { name, enabled, ...well });
      // Its secrets are forgotten, and must not come back.
      if (!affected) throw new NotFound('The channel was removed meanwhile.');
      if (settings) await this.seal(manager, channel.id, settings);
      await this.changes.write(manager, { type: 'channel.updated' });
    });
  }

  /** An account that was connected before takes up its old channel again. */
  private async store(manager: EntityManager, { type, name }: NewChannel, account: Account): Promise<string> {
    const former = await manager.findOneBy(Channel, { type, externalId: account.externalId });
    if (former && !former.removedAt) throw alreadyConnected(account, former.name);
    const fresh = {
      name,
      address: account.address,
      alias: account.alias ?? null,
      enabled: true,
      healthState: 'ok' as const,
      healthDetail: null,
      upkeepAt: null,
      removedAt: null,
    };
    if (former) {
      await manager.update(Channel, former.id, fresh);
      return former.id;
    }
    const id = newId();
    try {
      await manager.insert(Channel, { id, type, externalId: account.externalId, ...fresh, createdAt: new Date() });
    } catch (error) {
      // Somebody connected it at this very moment.
      throw isDuplicate(error) ? alreadyConnected(account) : error;
    }
    return id;
  }

  private async seal(manager: EntityManager, channelId: string, settings: object): Promise<void> {
    await manager.increment(Channel, { id: channelId }, 'settingsVersion', 1);
    await this.secrets.write(manager, channelId, settings);
    // What failed with the old ones says nothing of these.
    await manager.delete(ChannelCircuit, { channelId });
  }
}

/** From here on the watcher goes on from this cursor: one that is at work stores nothing more, and what it just stored is recognised by its key. */
async function takeOver(manager: EntityManager, channelId: string, cursor: Cursor): Promise<void> {
  await insertNew(manager, ChannelWatch, { channelId, cursor: null, holder: null, fence: 0, leaseUntil: null });
  await manager.update(ChannelWatch, { channelId }, { cursor: cursor as never, holder: null, leaseUntil: null, fence: () => 'fence + 1' });
}

function accountOf(connector: Connector, address: string | undefined, settings: object): Account {
  try {
    return connector.account({ address, settings });
  } catch (error) {
    return asInvalid(error);
  }
}

/** A refusal of a platform as an answer to the admin who tried. */
export function asInvalid(error: unknown): never {
  throw error instanceof ConnectorError ? new Invalid(error.advice) : error;
}

const alreadyConnected = ({ address }: Account, name?: string) =>
  new Invalid(`${address} is connected already${name ? ` as “${name}”` : ''}. Change that channel, or remove it first.`);

const isAuth = (error: unknown) => error instanceof ConnectorError && error.kind === 'auth';

async function refuseUnlessWorking(connector: Connector, account: Account, settings: object): Promise<void> {
  const failed = (await connector.check(account, settings)).filter(({ ok }) => !ok);
  if (!failed.length) return;
  throw new Invalid(failed.map(({ detail }) => detail).join(' '));
}

function merge(current: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(patch)) {
    const before = current[key];
    merged[key] = isRecord(value) && isRecord(before) ? merge(before, value) : value;
  }
  return merged;
}

function withoutNulls(settings: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(settings).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([key, value]) => [key, isRecord(value) ? withoutNulls(value) : value]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
