import { ConnectorError, type Person, type Profile } from '#libs/connector';
import { callGraph } from './graph.js';
import { asText } from './json.js';
import type { Line } from './line.js';

/**
 * Name and picture by which Meta knows a chat partner; null where it tells none: without the profile feature (2018247, 2018218),
 * without the person's consent (230), or when it finds nobody (9010). Of commenters on Facebook it tells nothing beside the name
 * in the comment. Instagram people may have a username only.
 */
export async function whoIs({ access, platform }: Line, { scope, id: personId }: Person): Promise<Profile> {
  if (scope.startsWith('facebook-comment:') || personId.startsWith('unknown:')) return { name: null, pictureUrl: null };
  const fields = platform === 'messenger' ? 'name,first_name,last_name,profile_pic' : 'name,username,profile_pic';
  try {
    const { body } = await callGraph(access, { method: 'GET', path: encodeURIComponent(personId), query: { fields } });
    const full = [body.first_name, body.last_name].map(asText).filter(Boolean).join(' ');
    return { name: asText(body.name) || full || asText(body.username) || null, pictureUrl: asText(body.profile_pic) ?? null };
  } catch (error) {
    if (error instanceof ConnectorError && error.kind === 'rejected') return { name: null, pictureUrl: null };
    throw error;
  }
}
