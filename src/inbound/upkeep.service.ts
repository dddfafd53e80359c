import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { type Connector, ConnectorError, type Upkeep } from '#libs/connector';
import { Channel, type UpkeepFigures, upkeepEveryMs } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Invalid } from '../errors.js';
import { Audits } from './audit.service.js';

/** Platforms give up on us when we are away for longer than about this. */
const absentMs = 30 * 60_000;
/** Longer than a catch-up takes; after a crash another process takes it up then. */
const leaseMs = 30 * 60_000;

type KeptUp = Connector & Required<Pick<Connector, 'upkeep'>>;

/** Asks how connected accounts are doing, says so in their health, and fetches what was missed while they were not well. */
@Injectable()
export class Upkeeps implements OnModuleDestroy {
  private readonly logger = new Logger('upkeep');
  private stopping = false;

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly audits: Audits,
  ) {}

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Looks after every channel whose turn it is; of several processes one takes it up. */
  async round(now = new Date()): Promise<void> {
    for (const channel of await this.working()) {
      const { upkeepAt } = channel;
      if (upkeepAt && now.getTime() - upkeepAt.getTime() < upkeepEveryMs) continue;
      if (await this.takeUp(channel, now)) await this.look(channel, now);
    }
  }

  /** Looks after one channel now. Throws Invalid for one whose connector needs no such thing. */
  async run(id: string, now = new Date()): Promise<Channel> {
    const channel = await this.channels.get(id);
    if (!this.keeper(channel)) throw new Invalid('A channel of this type tells by itself how it is doing.');
    await this.database.manager.update(Channel, id, this.taken(channel, now));
    await this.look(channel, now);
    return this.channels.get(id);
  }

  /** Fetches what may have been missed, for each channel where that is wished. What fails is tried again later. */
  async catchUp(now = new Date()): Promise<void> {
    for (const channel of await this.working(now)) {
      if (this.stopping) return;
      const lease = new Date(now.getTime() + leaseMs);
      const { affected } = await this.database.manager.update(
        Channel,
        { id: channel.id, catchUpAt: channel.catchUpAt! },
        { catchUpAt: lease },
      );
      if (!affected) continue;
      const done = await this.audited(channel.id);
      // A wish that came meanwhile stays. What our own stop broke off is anybody's at once.
      const next = done ? null : new Date(Date.now() + (this.stopping ? 0 : upkeepEveryMs));
      await this.database.manager.update(Channel, { id: channel.id, catchUpAt: lease }, { catchUpAt: next });
    }
  }

  private async working(wishedBefore?: Date): Promise<Channel[]> {
    const wish = wishedBefore && { catchUpAt: LessThan(wishedBefore) };
    const channels = await this.database.manager.findBy(Channel, { enabled: true, removedAt: IsNull(), ...wish });
    return channels.filter((channel) => this.keeper(channel));
  }

  private keeper(channel: Channel): KeptUp | null {
    const connector = this.connectors.find(channel.type);
    return connector?.upkeep ? (connector as KeptUp) : null;
  }

  private async takeUp(channel: Channel, now: Date): Promise<boolean> {
    const unseen = { id: channel.id, upkeepAt: channel.upkeepAt ?? IsNull() };
    const { affected } = await this.database.manager.update(Channel, unseen, this.taken(channel, now));
    return !!affected;
  }

  /** The wish to catch up is written with it: should the look fail, or we die of it, the next one would not know that we were away. */
  private taken({ upkeepAt, ...channel }: Channel, now: Date): Partial<Channel> {
    const wasAway = !upkeepAt || now.getTime() - upkeepAt.getTime() > absentMs;
    return { upkeepAt: now, ...(wasAway && this.connectors.of(channel).audit && { catchUpAt: now }) };
  }

  private async look(channel: Channel, now: Date): Promise<void> {
    try {
      const access = await this.channels.access(channel);
      await this.note(channel, await this.keeper(channel)!.upkeep(access), now);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      await this.failed(channel, error);
    }
  }

  private async note(channel: Channel, found: Upkeep, now: Date): Promise<void> {
    if (found.learnt) await this.channels.learn(channel, found.learnt);
    const complaints = found.subscribed ? found.complaints : [notSubscribed, ...found.complaints];
    const catchUp = (found.missedEvents || channel.healthState === 'needs-auth') && this.keeper(channel)!.audit;
    const facts = { upkeep: figuresOf(found, now), lastSyncAt: now, ...(catchUp && { catchUpAt: now }) };
    await this.report(channel, complaints.length ? 'degraded' : 'ok', complaints.join(' ') || null, facts);
  }

  private async failed(channel: Channel, error: ConnectorError): Promise<void> {
    const words = error.advice;
    if (error.kind === 'auth') return this.report(channel, 'needs-auth', words);
    // A platform out of reach says nothing about a sign-in that is needed.
    if (channel.healthState !== 'needs-auth') await this.report(channel, 'degraded', words);
  }

  /** What was found with settings that somebody replaced meanwhile is no news; the new ones are looked at next. */
  private async report(channel: Channel, ...health: [Channel['healthState'], string | null, Partial<Channel>?]): Promise<void> {
    const { id, settingsVersion } = channel;
    if (await this.database.manager.existsBy(Channel, { id, settingsVersion, removedAt: IsNull() }))
      await this.channels.report(id, ...health);
  }

  private async audited(id: string): Promise<boolean> {
    try {
      await this.audits.run(id);
      return true;
    } catch (error) {
      this.logger.warn({ channel: id, error: (error as Error).message }, 'cannot fetch what may have been missed; trying again later');
      return false;
    }
  }
}

const notSubscribed = 'The platform does not send us the events of this account.';

const figuresOf = ({ expiresAt, subscribed, complaints, usage }: Upkeep, now: Date): UpkeepFigures => ({
  at: now.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
  subscribed,
  complaints,
  usage: usage && { share: usage.share, regainAt: usage.regainAt?.toISOString() ?? null },
});
