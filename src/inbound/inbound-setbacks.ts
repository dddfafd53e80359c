import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { InboundEvent } from './inbound-event.entity.js';

const maxAttempts = 5;

/** What is noted of events that could not be taken in. */
export class InboundSetbacks {
  private readonly logger = new Logger('inbound');

  constructor(private readonly database: DataSource) {}

  /** Counts a failed attempt, durably; the last one quarantines. Resolves with whether it may be tried again. */
  async count(row: InboundEvent, error: Error): Promise<boolean> {
    const attempts = row.attempts + 1;
    if (attempts >= maxAttempts) {
      await this.quarantine(row, `Taking it in failed ${maxAttempts} times: ${error.message}`);
      return false;
    }
    await this.database.manager.update(InboundEvent, { id: row.id, state: 'received' }, { attempts, reason: error.message });
    return true;
  }

  async quarantine({ id, channelId, attempts }: InboundEvent, reason: string): Promise<void> {
    const quarantined = { state: 'quarantined' as const, reason, attempts: attempts + 1 };
    const { affected } = await this.database.manager.update(InboundEvent, { id, state: 'received' }, quarantined);
    if (!affected) return;
    // The reason may quote the payload; it is in the ledger, for admins.
    this.logger.warn({ event: id, channel: channelId }, 'quarantined');
  }

  /** Of a channel that was removed meanwhile. Connecting its account again takes it in. */
  async letGo({ id }: InboundEvent): Promise<void> {
    const reason = 'Its channel was removed. Connect the account again and this event is taken in.';
    await this.database.manager.update(InboundEvent, { id, state: 'received' }, { state: 'unrouted', reason });
  }
}
