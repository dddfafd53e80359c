import { callGraph } from './graph.js';
import { asObject, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { roadOf } from './permissions.js';
import { isPermission, isRejected } from './readable.js';

/**
 * Somebody else's comment or media in which an Instagram account is named: it cannot be read by its own id, but as an edge of the
 * account, through Facebook Login alone. Undefined where Meta shows nothing.
 */
export async function mentioned(line: Line, what: 'comment' | 'media', id: string, fields: string): Promise<JsonObject | undefined> {
  if (roadOf(line) !== 'instagram-on-page' || !/^\d+$/.test(id)) return undefined;
  const query = { fields: `mentioned_${what}.${what}_id(${id}){${fields}}` };
  try {
    const { body } = await callGraph(line.access, { method: 'GET', path: line.self, query });
    return asObject(body[`mentioned_${what}`]);
  } catch (error) {
    if (isRejected(error) || isPermission(error)) return undefined;
    throw error;
  }
}
