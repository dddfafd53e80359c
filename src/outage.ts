import { QueryFailedError } from 'typeorm';

/** The line: refused, lost, timed out, no route, no such name at the moment. */
const line = /^(E(CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|AI_AGAIN)|ENOTFOUND|ENOSPC)$/;
/**
 * PostgreSQL (Appendix A): connection lost (08), out of connections, disk or memory (53), shutting down or starting up
 * (57P01 to 57P03), or a standby that is not in charge yet (25006). SQLite: another process holds it, the disk is full.
 */
const database = /^(08\w{3}|53\w{3}|57P0[123]|25006|SQLITE_(BUSY|LOCKED|FULL)\w*)$/;
/** Where a driver gives no code. The last are Redis: full, cannot save, no master, still loading. */
const words =
  /Connection terminated|timeout exceeded|timeout expired|Connection is closed|max retries per request|^(OOM|MISCONF|READONLY|NOREPLICAS|MASTERDOWN|LOADING)\b/i;

/** Whether a server that we depend on is away or overwhelmed: nothing is wrong with what we asked, and waiting can mend it. */
export function isOutage(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length) return error.errors.every(isOutage);
  if (!(error instanceof Error)) return false;
  const { code } = (error instanceof QueryFailedError ? error.driverError : error) as NodeJS.ErrnoException;
  return (typeof code === 'string' && (line.test(code) || database.test(code))) || words.test(error.message);
}
