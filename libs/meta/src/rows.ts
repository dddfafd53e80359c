import { callGraph, type GraphAccess } from './graph.js';
import { asObject, asText, type JsonObject } from './json.js';

/** More pages than anybody has Pages; a cursor that leads round in circles ends here. */
const MOST_PAGES = 100;

/** The rows of a Graph list as far as it was given. */
export const rowsOf = (body: JsonObject): JsonObject[] =>
  Array.isArray(body.data) ? body.data.map((row: unknown) => asObject(row) ?? {}) : [];

/** All rows of a list. Only a missing `next` ends it: a page may be short or empty before. The cursor goes onto our own address, as `next` holds the token. */
export async function allRows(access: GraphAccess, path: string, query: Record<string, string>): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { body } = await callGraph(access, { method: 'GET', path, query: { ...query, ...(after && { after }) } });
    rows.push(...rowsOf(body));
    const paging = asObject(body.paging);
    after = paging?.next ? asText(asObject(paging.cursors)?.after) : undefined;
    if (!after) break;
  }
  return rows;
}
