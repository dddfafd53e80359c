import { ConnectorError } from '#libs/connector';
import type { Delivery } from '../conversations/delivery.entity.js';
import { afterFailure, faultOf, givenUp, hasReached } from '../conversations/recipient-fates.js';
import { nextAttempt } from './retry-schedule.js';

/** What a failed attempt makes of a delivery: another one later, or the end of it. What left for some with an earlier attempt stays sent. */
export function afterSetback({ attempts, recipients }: Pick<Delivery, 'attempts' | 'recipients'>, error: Error): Partial<Delivery> {
  const failure = error instanceof ConnectorError ? error : new ConnectorError('unavailable', error.message, { cause: error });
  const { kind, code, message, action, retryable, retryAfterMs } = failure;
  const retryAt = retryable ? nextAttempt(attempts, retryAfterMs) : null;
  const after = afterFailure(recipients, failure);
  const fates = retryAt ? after : givenUp(after);
  const told = {
    errorCode: code ?? null,
    errorMessage: message,
    errorAction: action ?? remedyFor(failure),
    errorRetryable: kind !== 'rejected',
  };
  const change = hasReached(fates)
    ? { ...faultOf(fates), state: 'sent' as const }
    : { ...told, state: retryAt ? ('queued' as const) : ('failed' as const) };
  return { ...change, recipients: fates, nextAttemptAt: retryAt };
}

function remedyFor({ kind, heldByOther }: ConnectorError): string | null {
  if (heldByOther) return 'Take the chat over, then send it again.';
  return kind === 'auth' ? 'Ask an admin to reconnect the channel, then send it again.' : null;
}
