import { ConnectorError } from '#libs/connector';
import { callGraph } from './graph.js';
import { graphTime } from './graph-time.js';
import type { Line } from './line.js';

/** When an Instagram comment was written, which its webhook does not tell. Null when it is gone or not ours to see. Throws ConnectorError when it cannot be asked. */
export async function timeOf({ access }: Line, commentId: string): Promise<Date | null> {
  try {
    const { body } = await callGraph(access, { method: 'GET', path: encodeURIComponent(commentId), query: { fields: 'id,timestamp' } });
    return graphTime(body.timestamp) ?? null;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
    return null;
  }
}
