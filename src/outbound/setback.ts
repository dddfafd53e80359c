import { ConnectorError } from '#libs/connector';
import type { Delivery, FailureKind } from '../conversations/delivery.entity.js';
import { afterFailure, faultOf, givenUp, hasReached } from '../conversations/recipient-fates.js';
import { type Next, nextAttempt, type Trying } from './retry-schedule.js';

/** What a failed attempt makes of a delivery: another one later, or the end of it. What left for some with an earlier attempt stays sent. */
export function afterSetback(
  { recipients }: Pick<Delivery, 'recipients'>,
  error: Error,
  trying: Trying,
  now = new Date(),
): Partial<Delivery> {
  const failure = asConnectorError(error);
  const { kind, code, action } = failure;
  const next =
    kind === 'unavailable' || kind === 'rate-limited' ? nextAttempt({ kind, retryAfterMs: failure.retryAfterMs }, trying, now) : null;
  const retryAt = next && 'at' in next ? next.at : null;
  const after = afterFailure(recipients, failure);
  const fates = retryAt ? after : givenUp(after);
  const told = {
    errorKind: next && 'over' in next && next.over === 'window' ? ('window' as const) : failureKindOf(failure),
    errorCode: code ?? null,
    errorMessage: next ? wordsFor(next, failure.message, trying, now) : failure.message,
    errorAction: action ?? remedyFor(failure),
    errorRetryable: kind !== 'rejected',
  };
  const change = hasReached(fates)
    ? { ...faultOf(fates), state: 'sent' as const }
    : { ...told, state: retryAt ? ('queued' as const) : ('failed' as const) };
  return { ...change, recipients: fates, nextAttemptAt: retryAt };
}

/** What no connector named is trouble of our own. */
export const asConnectorError = (error: Error): ConnectorError =>
  error instanceof ConnectorError ? error : new ConnectorError('unavailable', error.message, { cause: error });

export function failureKindOf({ kind, tooLate }: ConnectorError): FailureKind {
  if (tooLate) return 'window';
  return kind === 'rejected' ? 'refused' : kind;
}

function wordsFor(next: Next, reason: string, { attempts, since }: Trying, now: Date): string {
  if ('at' in next) return reason;
  const tried = attempts > 1 ? `Tried ${attempts} times over ${duration(now.getTime() - since.getTime())}: ${reason}` : reason;
  return next.over === 'window' ? `The time to answer ends before it could be tried again. ${tried}` : tried;
}

const units: Array<[name: string, ms: number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

function duration(ms: number): string {
  const [name, unit] = units.find(([, unit]) => ms >= 1.5 * unit) ?? units.at(-1)!;
  const count = Math.max(1, Math.round(ms / unit));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

function remedyFor({ kind, heldByOther }: ConnectorError): string | null {
  if (heldByOther) return 'Take the chat over, then send it again.';
  return kind === 'auth' ? 'Ask an admin to reconnect the channel, then send it again.' : null;
}
