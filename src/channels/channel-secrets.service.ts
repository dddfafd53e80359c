import { Inject, Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DataSource, type EntityManager } from 'typeorm';
import { ConnectorError } from '#libs/connector';
import { Connectors } from '../connectors.js';
import { type Channel, ChannelSecret } from './channel.entity.js';
import { Vault } from './vault.js';

type Owner = Pick<Channel, 'id' | 'type'>;

/** Longer than a provider may take to answer; a process that died holds the others up for so long. */
const leaseMs = 60_000;
const patienceMs = 75_000;
const lookAgainMs = 150;
/** What is refused so soon after it was renewed is refused for another reason. */
const trustMs = 600_000;

/** The sealed settings of channels: opened, changed by one process at a time, and renewed before the tokens in them run out. */
@Injectable()
export class ChannelSecrets {
  /** What platforms refused before it had run out, by channel: it is renewed before it is used again. */
  private readonly refused = new Map<string, { settings: object; at: number; futile: boolean }>();

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** As they are stored: tokens in them may have run out. */
  async stored(channel: Owner): Promise<object> {
    return (await this.read(channel)).settings;
  }

  /** With tokens that are good for some minutes more. Asks the provider when need be, so never within a transaction. Throws ConnectorError. */
  async fresh(channel: Owner): Promise<object> {
    const settings = await this.stored(channel);
    if (!this.isDue(channel, settings)) return settings;
    return this.exclusively(channel.id, () => this.renew(channel));
  }

  /** Takes note that a platform refused these settings. Whether it may take them once they are renewed, so that no person is needed yet. */
  mayRenew(channel: Owner, settings: object): boolean {
    const { signIn, refresh } = this.connectors.of(channel);
    if (!refresh || !signIn?.usedBy(settings)) return false;
    const before = this.refused.get(channel.id);
    if (before && isDeepStrictEqual(before.settings, settings)) return !before.futile;
    const at = Date.now();
    this.refused.set(channel.id, { settings, at, futile: false });
    return !before || at - before.at > trustMs;
  }

  /** Runs work while no other process changes the channel's settings. Never within a transaction, which would wait for itself. */
  async exclusively<T>(channelId: string, work: () => Promise<T>): Promise<T> {
    const lease = await this.lease(channelId);
    try {
      return await work();
    } finally {
      await this.database.manager.update(ChannelSecret, { channelId, refreshLeaseUntil: lease }, { refreshLeaseUntil: null });
    }
  }

  /** Adds what a platform told of the account. Resolves with the settings as they are then. */
  async learn(channel: Owner, told: object): Promise<object> {
    const settings = await this.stored(channel);
    if (isDeepStrictEqual(this.typed(channel, { ...settings, ...told }), settings)) return settings;
    return this.exclusively(channel.id, async () => {
      const now = await this.read(channel);
      return this.replace(channel, now.sealed, { ...now.settings, ...told });
    });
  }

  /** Stores settings in the caller's transaction. */
  async write(manager: EntityManager, channelId: string, settings: object): Promise<void> {
    await manager.upsert(ChannelSecret, { channelId, sealed: this.seal(channelId, settings) }, ['channelId']);
  }

  /**
   * Trades the refresh token. What comes back is stored before anybody uses it. Should we die between the provider's
   * answer and that, the stored refresh token is the spent one: Google never spends it and Microsoft takes the old one
   * on; a provider that allows each once will ask for a new sign-in, which no order of ours could avoid.
   */
  private async renew(channel: Owner): Promise<object> {
    const { sealed, settings } = await this.read(channel);
    // Whoever had the lease before us has done it.
    if (!this.isDue(channel, settings)) return settings;
    const part = await this.connectors.of(channel).refresh!(settings, new Date());
    if (!part) return this.unchanged(channel, settings);
    return this.replace(channel, sealed, { ...settings, ...part });
  }

  /** Held up for longer than the lease, we leave what somebody stored meanwhile. */
  private async replace(channel: Owner, sealed: string, settings: object): Promise<object> {
    const change = { sealed: this.seal(channel.id, settings) };
    const { affected } = await this.database.manager.update(ChannelSecret, { channelId: channel.id, sealed }, change);
    return affected ? this.typed(channel, settings) : this.stored(channel);
  }

  /** Who refused them will refuse them again: until there are others, no renewal is asked for because of that. */
  private unchanged({ id }: Owner, settings: object): object {
    const refused = this.refused.get(id);
    if (refused) this.refused.set(id, { ...refused, futile: true });
    return settings;
  }

  private async lease(channelId: string): Promise<Date> {
    for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(lookAgainMs)) {
      const lease = new Date(Date.now() + leaseMs);
      const { affected } = await this.database.manager
        .createQueryBuilder()
        .update(ChannelSecret)
        .set({ refreshLeaseUntil: lease })
        .where('channel_id = :channelId AND (refresh_lease_until IS NULL OR refresh_lease_until < :now)', { channelId, now: new Date() })
        .execute();
      if (affected) return lease;
    }
    throw new ConnectorError('unavailable', 'Another process is changing the settings of this channel. Try again in a moment.');
  }

  private async read(channel: Owner): Promise<{ sealed: string; settings: object }> {
    const { sealed } = await this.database.manager.findOneByOrFail(ChannelSecret, { channelId: channel.id });
    return { sealed, settings: this.typed(channel, JSON.parse(this.vault.open(sealed, channel.id)) as object) };
  }

  private seal(channelId: string, settings: object): string {
    return this.vault.seal(JSON.stringify(settings), channelId);
  }

  private typed(channel: Owner, settings: object): object {
    return plainToInstance(this.connectors.of(channel).settings, settings);
  }

  private isDue(channel: Owner, settings: object): boolean {
    const refused = this.refused.get(channel.id);
    const wasRefused = !refused?.futile && isDeepStrictEqual(refused?.settings, settings);
    return wasRefused || (this.connectors.of(channel).refreshDue?.(settings, new Date()) ?? false);
  }
}
