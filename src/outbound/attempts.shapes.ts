import type { FailureKind } from '../conversations/delivery.entity.js';
import type { AttemptOutcome } from '../conversations/delivery-attempt.entity.js';

export class AttemptView {
  number: number;
  startedAt: Date;
  /** When the first byte was about to leave that the customer could receive; null when it came not so far. */
  committedAt: Date | null;
  endedAt: Date;
  outcome: AttemptOutcome;
  /** Of what did not succeed. */
  kind: FailureKind | null;
  /** The platform's own code. */
  code: string | null;
  /** What the platform said, or why there was no answer, in plain words. */
  answer: string | null;
  nextAttemptAt: Date | null;
}

export class AttemptList {
  items: AttemptView[];
}
