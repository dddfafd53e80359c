import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { JobQueue } from '../queue/jobs.js';
import { Repeating } from '../queue/repeating.js';
import { InboundEvent } from './inbound-event.entity.js';

const everyMs = 5_000;
const overdueMs = 5_000;
const batch = 1_000;

/**
 * Adds jobs again for events that still wait: what a crash left between row and job, or a queue that forgot. Events
 * that came before their account was connected find their channel here.
 */
@Injectable()
export class InboundSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('inbound sweep', everyMs, () => this.sweep());
  /** At the start nothing waits for a reason, so even the newest are added. */
  private patienceMs = 0;

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    const storedBefore = new Date(Date.now() - this.patienceMs);
    this.patienceMs = overdueMs;
    await this.routeStrays();
    const rows = await this.database.manager.find(InboundEvent, {
      select: { id: true, backfill: true },
      where: { state: 'received', storedAt: LessThan(storedBefore) },
      order: { storedAt: 'ASC', id: 'ASC' },
      take: batch,
    });
    await this.queue.addInbound(rows);
  }

  private async routeStrays(): Promise<void> {
    const channel = `SELECT channel.id FROM channel WHERE channel.type = inbound_event.connector AND channel.external_id = inbound_event.account AND channel.removed_at IS NULL`;
    await this.database.query(
      `UPDATE inbound_event SET channel_id = (${channel}), state = 'received', reason = NULL WHERE state = 'unrouted' AND EXISTS (${channel})`,
    );
  }
}
