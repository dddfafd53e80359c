import { Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import type { Cursor } from '#libs/connector';
import { Flag, Id, Int, Json, Ref, Text, Time, optional } from '../database/columns.js';
import { User } from '../people/user.entity.js';

export type HealthState = 'ok' | 'degraded' | 'needs-auth' | 'down';

/** What the last audit found; see `Audit` of the connector contract. */
export interface AuditFigures {
  at: string;
  there: number;
  here: number;
  missing: number;
  reimported: number;
}

/** What the last upkeep found; see `Upkeep` of the connector contract. Times are ISO 8601. */
export interface UpkeepFigures {
  at: string;
  expiresAt: string | null;
  subscribed: boolean;
  complaints: string[];
  usage: { share: number; regainAt: string | null } | null;
}

/** How often a channel is looked after; see `Upkeep` of the connector contract. */
export const upkeepEveryMs = 15 * 60_000;

/** One connected account: a mailbox, a Page, an Instagram account. */
@Entity()
@Unique('uq_channel_account', ['type', 'externalId'])
export class Channel {
  @Id() id: string;
  /** The connector's type. */
  @Text() type: string;
  @Text() name: string;
  @Text() address: string;
  /** The account at the platform; webhooks are routed by it. */
  @Text() externalId: string;
  /** Another id under which the platform may name it in webhooks; null for none. */
  @Text(optional) alias: string | null;
  @Flag(true) enabled: boolean;
  /** Grows when the settings change, so that a watcher takes up the new ones. */
  @Int({ default: 1 }) settingsVersion: number;
  @Text({ default: 'ok' }) healthState: HealthState;
  @Text(optional) healthDetail: string | null;
  @Time(optional) lastEventAt: Date | null;
  @Time(optional) lastSyncAt: Date | null;
  @Int(optional) importDone: number | null;
  @Int(optional) importTotal: number | null;
  @Json(optional) lastAudit: AuditFigures | null;
  /** What the last upkeep found; null before the first, and for connectors that need none. */
  @Json(optional) upkeep: UpkeepFigures | null;
  /** When an upkeep was last taken up. */
  @Time(optional) upkeepAt: Date | null;
  /** From when on what may have been missed is to be fetched; null when nothing is. */
  @Time(optional) catchUpAt: Date | null;
  /** How long the last event took from the platform to us, in milliseconds. */
  @Int(optional) lastLagMs: number | null;
  /** When the nightly audit was last taken up. */
  @Time(optional) auditedAt: Date | null;
  @Time() createdAt: Date;
  /** Set when an admin removed it: its conversations stay, and connecting the account again goes on with them. */
  @Time(optional) removedAt: Date | null;
}

/** A channel's settings with their passwords and tokens, sealed by the vault. */
@Entity()
export class ChannelSecret {
  @PrimaryColumn('uuid') @ForeignKey(() => Channel, { name: 'fk_channel_secret_channel', onDelete: 'CASCADE' }) channelId: string;
  @Text() sealed: string;
  /** Until when one process alone may renew the tokens in it: providers take each refresh token once. */
  @Time(optional) refreshLeaseUntil: Date | null;
}

/** A sign-in at a provider that has begun in a browser and not come back yet. */
@Entity()
export class PendingSignIn {
  /** The OAuth `state`: unguessable, good for one answer. */
  @PrimaryColumn('text') state: string;
  @Ref() @ForeignKey(() => User, { name: 'fk_pending_sign_in_user', onDelete: 'CASCADE' }) userId: string;
  /** The channel to sign in again; null for a new one. */
  @Ref(optional) @ForeignKey(() => Channel, { name: 'fk_pending_sign_in_channel', onDelete: 'CASCADE' }) channelId: string | null;
  @Text() type: string;
  /** The connector's ticket and what the admin entered so far, sealed by the vault. */
  @Text() sealed: string;
  /** Once the provider has answered with several accounts: these, sealed, until one is chosen. */
  @Text(optional) sealedAccounts: string | null;
  @Time() createdAt: Date;
}

/** Somebody's wish, told by a platform, that what we hold of them is deleted. */
@Entity()
export class DataDeletion {
  /** Unguessable; whoever has it may see what became of it. */
  @PrimaryColumn('text') code: string;
  /** The connector's type. */
  @Text() connector: string;
  /** Their id with our app there. */
  @Text() userId: string;
  @Time() requestedAt: Date;
  @Time(optional) doneAt: Date | null;
  /** What was done, in plain words. */
  @Text(optional) outcome: string | null;
}

/** Who watches a channel that has to be asked (a mailbox), and up to where it has been read. */
@Entity()
export class ChannelWatch {
  @PrimaryColumn('uuid') @ForeignKey(() => Channel, { name: 'fk_channel_watch_channel', onDelete: 'CASCADE' }) channelId: string;
  @Json(optional) cursor: Cursor | null;
  /** The process that holds the lease, until `leaseUntil`. */
  @Text(optional) holder: string | null;
  /** Grows with each new holder: a write that names an older one is refused. */
  @Int({ default: 0 }) fence: number;
  @Time(optional) leaseUntil: Date | null;
}
