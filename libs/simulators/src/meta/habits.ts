import { noLimits, type Limits } from './limits.js';

/** How the platform behaves until told otherwise. All may be changed while it runs. */
export interface Habits {
  /** Webhook answers later than this count as failed. Meta allows 5 s. */
  timeoutMs: number;
  /** Pauses before the tries after a failed one; the last repeats until `giveUpAfterMs`. Meta’s own grow to an hour. */
  retryDelaysMs: number[];
  giveUpAfterMs: number;
  /** Share of events that are delivered once more although they were answered with 200. */
  duplicates: number;
  /** A copy comes at once or up to so much later. */
  duplicateWithinMs: number;
  /** A callback that fails for so long is told of, and then its accounts are unsubscribed. */
  alertAfterMs: number;
  disableAfterMs: number;
  /** Share of events that are never delivered. */
  losses: number;
  /** Share of POSTs with something odd among the good: an element of no known kind, an entry of nobody's account. */
  oddities: number;
  /** The whole body in `[…]`. */
  wrappedBodies: boolean;
  /** `changes` as `field` and `value` of the entry itself. */
  bareChanges: boolean;
  /** Events wait for a random part of this, so later ones overtake earlier ones. */
  reorderWithinMs: number;
  /** Events of this long are put into one POST, up to `maxBatch`. */
  batchWithinMs: number;
  maxBatch: number;
  /** So many POSTs are under way at once, at most; with 1 they arrive in the order of their events. */
  postsAtOnce: number;
  /** Ids in webhooks as JSON numbers, as old versions sent them. */
  numericIds: boolean;
  /** Whether the echo of a send is delivered before its HTTP answer. */
  echoBeforeAnswer: boolean;
  /** Echoes come up to so much later. */
  echoWithinMs: number;
  /** Whether echoes on Instagram say which app sent. */
  instagramEchoesNameApp: boolean;
  /** Share of delivery events that name no messages, only the watermark. */
  deliveriesWithoutMids: number;
  /** Whether the app was granted the Human Agent feature. */
  humanAgentGranted: boolean;
  /** "Require app secret" of the app's settings. */
  requireAppSecretProof: boolean;
  /** Share of requests for more than 50 threads at once that fail. */
  bigListsFail: number;
  /** How long the platform waits for a file that an app names by its address, ms of real time. */
  fetchWithinMs: number;
  fetchVideoWithinMs: number;
  /** Whether the app may see people's profiles. */
  profilesGranted: boolean;
  /** The codes of a person who cannot be reached, in the other of their two forms. */
  swappedCodes: boolean;
  limits: Limits;
  /** Share of list pages that are shorter than asked for, or empty, and go on all the same. */
  shortPages: number;
  cursorLivesMs: number;
  /** Messages have other ids when they are read than webhooks and sends gave them. */
  readIdsDiffer: boolean;
  /** The echo of what an app sent to a Page’s chat has another id than the answer to the send. */
  echoIdsDiffer: boolean;
  /** Whether an answer to an answer below a comment hangs below it, or below the first comment. */
  facebookNestsReplies: boolean;
  instagramNestsReplies: boolean;
  /** Whether a comment below an Instagram ad made of a post is told once more as if below that post. */
  adCommentsTwice: boolean;
  /** No comment says who wrote it, as for apps without the permission. */
  authorsWithheld: boolean;
  /** The account's own Instagram comments name it by an id scoped to the app. */
  ownCommentsScoped: boolean;
  /** `user_id` of an Instagram login without quotes. */
  numericUserId: boolean;
  /** The answer of an Instagram login in `{"data":[…]}`, its permissions as one string. */
  wrappedLogin: boolean;
  /** `/me/accounts` is empty though Pages were granted; `debug_token` still names them. */
  hidesGrantedPages: boolean;
  /** Meta restricted the whole app: every call is refused. */
  appRestricted: boolean;
  /** Error texts in other languages. */
  localizedErrors: boolean;
  /** Share of the optional fields that are missing in errors: titles, texts for users, `is_transient`, some subcodes. */
  bareErrors: number;
}

export const usualHabits: Habits = {
  timeoutMs: 5000,
  retryDelaysMs: [0, 100, 300, 1000, 2000],
  giveUpAfterMs: 36 * 3_600_000,
  duplicates: 0,
  duplicateWithinMs: 500,
  alertAfterMs: 15 * 60_000,
  disableAfterMs: 60 * 60_000,
  losses: 0,
  oddities: 0,
  wrappedBodies: false,
  bareChanges: false,
  reorderWithinMs: 0,
  batchWithinMs: 0,
  maxBatch: 1000,
  postsAtOnce: 50,
  numericIds: false,
  echoBeforeAnswer: false,
  echoWithinMs: 0,
  instagramEchoesNameApp: false,
  deliveriesWithoutMids: 0,
  humanAgentGranted: true,
  requireAppSecretProof: false,
  numericUserId: false,
  wrappedLogin: false,
  hidesGrantedPages: false,
  appRestricted: false,
  localizedErrors: false,
  bareErrors: 0,
  bigListsFail: 0,
  fetchWithinMs: 10_000,
  fetchVideoWithinMs: 75_000,
  profilesGranted: true,
  swappedCodes: false,
  limits: noLimits,
  shortPages: 0,
  cursorLivesMs: 24 * 3_600_000,
  readIdsDiffer: false,
  echoIdsDiffer: false,
  facebookNestsReplies: true,
  instagramNestsReplies: false,
  adCommentsTwice: true,
  authorsWithheld: false,
  ownCommentsScoped: false,
};

/** One refusal of the platform to an API call. */
export interface Refusal {
  code: number;
  subcode?: number;
  message?: string;
  /** `estimated_time_to_regain_access` of a rate limit. */
  regainAccessMinutes?: number;
}

/**
 * What happens to one send. The first three leave the customer with the message though the answer does not say so;
 * the next three leave them without it.
 */
export type SendBehaviour =
  'deliver-then-error' | 'deliver-then-drop' | 'deliver-then-hang' | 'fail-500' | 'html-502' | 'hang' | 'echo-first' | Refusal;
