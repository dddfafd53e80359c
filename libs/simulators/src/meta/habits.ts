/** How the platform behaves until told otherwise. All may be changed while it runs. */
export interface Habits {
  /** Webhook answers later than this count as failed. Meta allows 5 s. */
  timeoutMs: number;
  /** Pauses before the tries after a failed one; the last repeats until `giveUpAfterMs`. Meta's own take up to 36 h. */
  retryDelaysMs: number[];
  giveUpAfterMs: number;
  /** Share of events that are delivered once more although they were answered with 200. */
  duplicates: number;
  /** Events wait for a random part of this, so later ones overtake earlier ones. */
  reorderWithinMs: number;
  /** Events of this long are put into one POST, up to `maxBatch`. */
  batchWithinMs: number;
  maxBatch: number;
  /** Ids in webhooks as JSON numbers, as old versions sent them. */
  numericIds: boolean;
  /** Whether the echo of a send is delivered before its HTTP answer. */
  echoBeforeAnswer: boolean;
  /** Whether the app was granted the Human Agent feature. */
  humanAgentGranted: boolean;
  /** "Require app secret" of the app's settings. */
  requireAppSecretProof: boolean;
  /** Error texts in another language and without their optional parts. */
  localizedErrors: boolean;
}

export const usualHabits: Habits = {
  timeoutMs: 5000,
  retryDelaysMs: [0, 100, 300, 1000, 2000],
  giveUpAfterMs: 15 * 60_000,
  duplicates: 0,
  reorderWithinMs: 0,
  batchWithinMs: 0,
  maxBatch: 1000,
  numericIds: false,
  echoBeforeAnswer: false,
  humanAgentGranted: true,
  requireAppSecretProof: false,
  localizedErrors: false,
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

/** Something that went wrong, by nature or on purpose. */
export interface Failure {
  at: Date;
  kind: 'webhook-failed' | 'webhook-given-up' | 'event-lost' | 'call-refused' | 'fault-injected';
  detail: string;
}
