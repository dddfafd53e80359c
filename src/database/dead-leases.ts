import { type DataSource, IsNull, Not } from 'typeorm';
import { Channel, ChannelWatch } from '../channels/channel.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';

/**
 * SQLite has one process, so every lease found at its start is a dead one's. Called before any worker runs: later a lease
 * could be our own. On PostgreSQL leases run out by themselves.
 */
export async function endDeadLeases(database: DataSource): Promise<void> {
  if (database.options.type === 'postgres') return;
  await database.manager.updateAll(ChannelWatch, { holder: null, leaseUntil: null });
  await database.manager.update(Channel, { catchUpAt: Not(IsNull()) }, { catchUpAt: new Date() });
  await database.manager.update(Delivery, { state: 'sending' }, { leaseUntil: new Date(0) });
}
