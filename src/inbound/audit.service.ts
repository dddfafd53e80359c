import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, In, IsNull } from 'typeorm';
import { type Audit, type AuditContext, type RawEvent } from '#libs/connector';
import { type AuditFigures, Channel, ChannelWatch } from '../channels/channel.entity.js';
import { asInvalid, Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Message } from '../conversations/message.entity.js';
import { Invalid } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes } from '../realtime/changes.service.js';
import { InboundEvent } from './inbound-event.entity.js';
import { Ledger } from './ledger.service.js';

const nightHour = 3;

/** Compares what platforms hold with the ledger and takes in what is missing: on demand, and every night. */
@Injectable()
export class Audits implements OnModuleDestroy {
  private readonly logger = new Logger('audit');
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly ledger: Ledger,
    private readonly files: FileStore,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Audits one channel now. Throws Invalid with the reason when there is nothing to compare, or the platform cannot be asked. */
  async run(channelId: string): Promise<Audit> {
    const channel = await this.channels.get(channelId);
    const connector = this.connectors.of(channel);
    if (!connector.audit) throw new Invalid(`${connector.label} keeps no list of messages that could be compared with ours.`);
    try {
      const audit = await this.files.withSpool(async (spool) => connector.audit!(await this.context(channel, spool)));
      await this.note(channel, audit);
      return audit;
    } catch (error) {
      return asInvalid(error);
    }
  }

  /** Audits each channel whose last one was before the last night's hour; of several processes one takes it up. */
  async nightly(now = new Date()): Promise<void> {
    const night = lastNight(now);
    const open = (await this.database.manager.findBy(Channel, { enabled: true, removedAt: IsNull() })).filter(
      (channel) => channel.createdAt < night && this.connectors.find(channel.type)?.audit,
    );
    for (const { id } of open) {
      if (this.stopping.signal.aborted) return;
      if (!(await this.takeUp(id, night, now))) continue;
      await this.run(id).catch((error: Error) => this.logger.warn({ channel: id, error: error.message }, 'the nightly audit failed'));
    }
  }

  private async takeUp(id: string, night: Date, now: Date): Promise<boolean> {
    const { affected } = await this.database.manager
      .createQueryBuilder()
      .update(Channel)
      .set({ auditedAt: now })
      .where('id = :id AND (audited_at IS NULL OR audited_at < :night)', { id, night })
      .execute();
    return !!affected;
  }

  private async context(channel: Channel, spool: string): Promise<AuditContext> {
    const watch = await this.database.manager.findOneBy(ChannelWatch, { channelId: channel.id });
    return {
      channel: await this.channels.access(channel),
      cursor: watch?.cursor ?? null,
      spool,
      signal: this.stopping.signal,
      stored: (platformIds) => this.stored(channel.id, platformIds),
      shown: (platformIds) => this.shown(channel.id, platformIds),
      store: (events) => this.store(channel, events),
    };
  }

  private async stored(channelId: string, platformIds: string[]): Promise<Map<string, number>> {
    const rows = await this.database.manager
      .createQueryBuilder(InboundEvent, 'e')
      .select('e.platformId', 'platformId')
      .addSelect('COUNT(*)', 'count')
      .where({ channelId, platformId: In(platformIds) })
      .groupBy('e.platformId')
      .getRawMany<{ platformId: string; count: string | number }>();
    return new Map(rows.map(({ platformId, count }) => [platformId, Number(count)]));
  }

  private async shown(channelId: string, platformIds: string[]): Promise<Map<string, { text: string; hidden: boolean }>> {
    const there = { channelId, externalId: In(platformIds), deletedAt: IsNull() };
    const messages = await this.database.manager.find(Message, {
      select: { externalId: true, text: true, hidden: true, cards: true },
      where: there,
    });
    // Of what was tapped or shared the words are ours.
    const spoken = messages.filter(({ cards }) => !cards?.length);
    return new Map(spoken.map(({ externalId, text, hidden }) => [externalId!, { text, hidden }]));
  }

  private async store(channel: Channel, events: RawEvent[]): Promise<string[]> {
    const { type: connector, externalId: account } = channel;
    const there = await this.database.manager.find(InboundEvent, {
      select: { key: true },
      where: { connector, account, key: In(events.map(({ key }) => key)) },
    });
    // What is stored already is no event of now.
    const missing = events.filter((event) => !there.some(({ key }) => key === event.key));
    const arrivals = await this.ledger.keep(missing.map((event) => ({ connector, account, event })));
    const fresh = await this.database.transaction(async (manager) => {
      const rows = await this.ledger.write(manager, arrivals);
      const inserted = await manager.find(InboundEvent, { select: { id: true }, where: { id: In(rows.map(({ id }) => id)) } });
      return rows.filter((row) => inserted.some(({ id }) => id === row.id));
    });
    await this.queue.addInbound(fresh);
    return fresh.map(({ key }) => key);
  }

  private async note(channel: Channel, { there, here, missing, reimported }: Audit): Promise<void> {
    const figures: AuditFigures = { at: new Date().toISOString(), there, here, missing: missing.length, reimported };
    await this.database.transaction(async (manager) => {
      await manager.update(Channel, channel.id, { lastAudit: figures });
      await this.changes.write(manager, { type: 'channel.updated' });
    });
    this.changes.announce();
    this.logger[missing.length ? 'warn' : 'log']({ channel: channel.id, there, here, missing: missing.length, reimported }, 'audited');
  }
}

/** The latest three o'clock in the morning by the server's clock, when mailboxes are quiet. */
function lastNight(now: Date): Date {
  const night = new Date(now);
  night.setHours(nightHour, 0, 0, 0);
  if (night > now) night.setDate(night.getDate() - 1);
  return night;
}
