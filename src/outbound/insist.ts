import { Logger } from '@nestjs/common';
import { isOurTrouble } from '../database/data-source.js';
import { untilPossible } from '../patience.js';
import { reason } from '../reason.js';

/** Longer than a database takes to start again. */
const mostMs = 180_000;

/**
 * Writes what this process alone knows, such as a server's answer: what is not written would have to be guessed by whoever takes
 * over. While our database is away or full it is tried again. It must check by itself that it still holds.
 */
export function insist<T>(write: () => Promise<T>): Promise<T> {
  const tell = (error: unknown, nextTryMs: number) =>
    new Logger('outbound').warn({ error: reason(error), nextTryMs }, 'cannot note what became of a reply; trying again');
  return untilPossible(write, { passes: isOurTrouble, tell, signal: AbortSignal.timeout(mostMs) });
}
