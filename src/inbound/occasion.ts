import type { ChannelAccess } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';

/** What is known of an event beside itself: where and when it came in, and whether it is history. */
export interface Occasion {
  channel: Channel;
  access: ChannelAccess;
  /** Its row in the ledger. */
  eventId: string;
  receivedAt: Date;
  backfill: boolean;
}

/** Another transaction changed what ours went by at this very moment; ours has to be taken back and looked at again. */
export class Raced extends Error {}
