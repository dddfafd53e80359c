import { ConnectorError } from '#libs/connector';
import { callGraph } from './graph.js';
import { asText } from './json.js';
import type { Line } from './line.js';

/**
 * The name by which Meta knows a chat partner; null when it tells none: without the profile feature, without the
 * person's consent (230), or when it finds nobody (9010). Instagram people may have a username only.
 */
export async function whoIs({ access, platform }: Line, personId: string): Promise<string | null> {
  const fields = platform === 'messenger' ? 'name,first_name,last_name' : 'name,username';
  try {
    const { body } = await callGraph(access, { method: 'GET', path: encodeURIComponent(personId), query: { fields } });
    const full = [body.first_name, body.last_name].map(asText).filter(Boolean).join(' ');
    return asText(body.name) || full || asText(body.username) || null;
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'rejected') return null;
    throw error;
  }
}
