import type { Core } from './core.js';
import { chosen } from './fields.js';
import type { GraphCall } from './graph-api.js';
import { GraphError } from './graph-error.js';

type Node = Record<string, unknown>;

interface Cursor {
  /** The item that was the last one of the page before. */
  id: string;
  /** Where it stood, for when it is gone. */
  place: number;
  madeAt: number;
}

/**
 * One page of a list. The end is where `next` is missing: by the habit of `shortPages` a page holds fewer items than it could,
 * or none, and goes on all the same. A cursor names an item, so what is added while somebody pages moves nothing.
 */
export function page<T>(core: Core, call: GraphCall, items: T[], idOf: (item: T) => string, node: (item: T, index: number) => Node): Node {
  const { query } = call;
  const start = startOf(core, query, items.map(idOf));
  const asked = Math.min(Number(query.get('limit') ?? 25), 100);
  if (!(asked >= 1)) throw new GraphError(100, 'Param limit must be a number greater than or equal to 1');
  const size = core.random() < core.habits.shortPages ? Math.floor(core.random() * asked) : asked;
  const shown = items.slice(start, start + size);
  const data = shown.map((item, index) => chosen(node(item, start + index), query));
  const end = start + shown.length;
  const last = items[end - 1];
  const after = written({ id: last === undefined ? '' : idOf(last), place: end, madeAt: core.clock.now() });
  const more = end < items.length;
  if (!more && data.length === 0) return { data };
  return { data, paging: { cursors: { before: query.get('after') ?? after, after }, ...(more && { next: nextUrl(core, call, after) }) } };
}

function startOf({ clock, habits }: Core, query: URLSearchParams, ids: string[]): number {
  const after = query.get('after');
  if (!after) return 0;
  const cursor = read(after);
  if (!cursor || clock.now() - cursor.madeAt > habits.cursorLivesMs) throw new GraphError(100, 'Invalid cursor: it is no longer valid');
  const place = ids.indexOf(cursor.id);
  return cursor.place === 0 ? 0 : place < 0 ? cursor.place - 1 : place + 1;
}

const written = (cursor: Cursor) => `QVF${Buffer.from(JSON.stringify(cursor)).toString('base64url')}`;

function read(after: string): Cursor | null {
  try {
    return JSON.parse(Buffer.from(after.slice(3), 'base64url').toString()) as Cursor;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** As Meta writes it: a whole address, with the token in it. */
function nextUrl({ url }: Core, { path, query, token }: GraphCall, after: string): string {
  const next = new URLSearchParams(query);
  next.set('access_token', token ?? '');
  next.set('after', after);
  return `${url()}${path}?${next.toString()}`;
}
