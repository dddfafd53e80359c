import type { Cdn } from './cdn.js';
import type { Clock } from './clock.js';
import type { Habits } from './habits.js';
import type { LogEntry } from './log.js';
import type { Json } from './wire.js';
import type { MetaAccount, World } from './world.js';

/** The app as its developer registered it. */
export interface AppOptions {
  appId: string;
  appSecret: string;
  verifyToken: string;
  /** As dialogs call it. */
  name?: string;
  /** The Instagram product has its own id and secret; by default they are the app's. The secret signs the webhooks of its accounts. */
  instagramAppId?: string;
  instagramAppSecret?: string;
  /** What a dialog may ask for; by default all there is. Anything else ends it with "Invalid Scopes". */
  scopes?: string[];
  /** Where dialogs may send people back to; by default anywhere. */
  redirectUris?: string[];
  /** Configurations of Facebook Login for Business, by `config_id`. */
  loginConfigs?: Record<string, { kind: 'user' | 'system-user'; scopes: string[] }>;
  /** Called with a `signed_request` when a person takes their grant back, and when they ask for their data to be deleted. */
  deauthorizeUrl?: string;
  deletionUrl?: string;
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
  readonly cdn: Cdn;
  /** Where the platform itself answers. */
  url(): string;
  /** The next number in [0, 1) of the seed. */
  random(): number;
  /** Tells the app of an event, if it subscribed to it. Resolves when it was taken or given up. */
  emit(account: MetaAccount, element: EventElement, list?: EventList): Promise<void>;
  /** Writes into the log, with the event it is about. */
  note(kind: LogEntry['kind'], detail: string, event?: string): void;
}
