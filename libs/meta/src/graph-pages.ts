import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '#libs/connector';
import { callGraph, type GraphAccess, type GraphAnswer, type GraphCall } from './graph.js';
import { asObject, asText, type JsonObject } from './json.js';
import { rowsOf } from './rows.js';

const LONGEST_WAIT_MS = 60_000;

/** A list of Graph's, and how much of it to read at most. */
export interface Listing {
  path: string;
  query: Record<string, string>;
  /** Rows of a page, and of fewer where Meta cannot put so many together: Instagram often fails at larger ones. */
  limits: number[];
  mostPages: number;
}

/**
 * The pages of a list. Only a missing `next` ends it: a page may be short or empty before. The cursor goes onto our own address,
 * as `next` holds the token.
 */
export async function* pagesOf(
  access: GraphAccess,
  { path, query, limits, mostPages }: Listing,
  signal: AbortSignal,
): AsyncGenerator<JsonObject[]> {
  let [after, left]: [string | undefined, number[]] = [undefined, limits];
  for (let page = 0; page < mostPages; page++) {
    signal.throwIfAborted();
    const read = await readPage(access, path, { ...query, ...(after && { after }) }, left, signal);
    yield rowsOf(read.body);
    const { next, cursors } = asObject(read.body.paging) ?? {};
    const onward = next ? asText(asObject(cursors)?.after) : undefined;
    if (!onward || onward === after) return;
    [after, left] = [onward, read.left];
  }
}

/** `left` are the limits that are still worth trying. */
async function readPage(
  access: GraphAccess,
  path: string,
  query: Record<string, string>,
  limits: number[],
  signal: AbortSignal,
): Promise<{ body: JsonObject; left: number[] }> {
  const [limit, ...smaller] = limits;
  try {
    const { body } = await patiently(access, { method: 'GET', path, query: { ...query, limit: String(limit) } }, signal);
    return { body, left: limits };
  } catch (error) {
    if (!smaller.length || !(error instanceof ConnectorError) || error.kind !== 'unavailable') throw error;
    return readPage(access, path, query, smaller, signal);
  }
}

/** Waits where there will soon be room for more calls: beginning anew would need all of them again. */
export async function patiently(access: GraphAccess, call: GraphCall, signal: AbortSignal, times = 3): Promise<GraphAnswer> {
  try {
    return await callGraph(access, call);
  } catch (error) {
    const waitMs = error instanceof ConnectorError && error.kind === 'rate-limited' ? (error.retryAfterMs ?? LONGEST_WAIT_MS) : Infinity;
    if (!times || waitMs > LONGEST_WAIT_MS) throw error;
    await sleep(waitMs, undefined, { signal });
    return patiently(access, call, signal, times - 1);
  }
}
