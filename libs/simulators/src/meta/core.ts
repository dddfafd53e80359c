import type { Clock } from './clock.js';
import type { Failure, Habits } from './habits.js';
import type { Json } from './wire.js';
import type { MetaAccount, World } from './world.js';

/** The app as its developer registered it. */
export interface AppOptions {
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** Signs the webhooks of accounts connected through Instagram Login; by default `appSecret`. */
  instagramAppSecret?: string;
}

/** An element of `entry[].messaging`, of `standby` or of `changes`. */
export type EventElement = { [key: string]: Json };
export type EventList = 'messaging' | 'standby' | 'changes';

/** What every part of the platform shares. */
export interface Core {
  readonly app: AppOptions;
  readonly world: World;
  readonly clock: Clock;
  readonly habits: Habits;
  /** The next number in [0, 1) of the seed. */
  random(): number;
  /** Tells the app of an event, if it subscribed to it. Resolves when it was taken or given up. */
  emit(account: MetaAccount, element: EventElement, list?: EventList): Promise<void>;
  /** Writes into the log of what went wrong. */
  note(kind: Failure['kind'], detail: string): void;
}
