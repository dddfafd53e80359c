import { type Person, type Profile } from '#libs/connector';
import { callGraph } from './graph.js';
import { asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { mentioned } from './mentioned.js';
import { isPermission, isRejected } from './readable.js';

const nobody: Profile = { name: null, pictureUrl: null };

/**
 * Name and picture by which Meta knows a chat partner; null where it tells none: without the profile feature (2018247, 2018218),
 * without the person's consent (230), or when it finds nobody (9010). Of commenters on Facebook it tells nothing beside the name
 * in the comment; where a webhook left even that out, the comment is read once more. Instagram people may have a username only.
 */
export async function whoIs(line: Line, { scope, id }: Person): Promise<Profile> {
  const [, unnamed] = /^unknown:([\w-]+)$/.exec(id) ?? [];
  if (unnamed) return authorOf(unnamed, line);
  const [, media, comment] = /^unknown:mention:(\d+):(\w+)$/.exec(id) ?? [];
  if (media && comment) return whoMentioned(media, comment, line);
  if (scope.startsWith('facebook-comment:')) return nobody;
  const fields = line.platform === 'messenger' ? 'name,first_name,last_name,profile_pic' : 'name,username,profile_pic';
  const person = await readIfShown(id, fields, line);
  const full = [person.first_name, person.last_name].map(asText).filter(Boolean).join(' ');
  return { name: asText(person.name) || full || asText(person.username) || null, pictureUrl: asText(person.profile_pic) ?? null };
}

/** Webhooks leave authors out that a read with the account's own token may tell. */
async function authorOf(commentId: string, line: Line): Promise<Profile> {
  const comment = await readIfShown(commentId, line.platform === 'messenger' ? 'from' : 'from,username', line);
  const from = asObject(comment.from) ?? {};
  return { ...nobody, name: asText(from.name) ?? asText(from.username) ?? asText(comment.username) ?? null };
}

/** Instagram tells of a mention by ids alone. */
async function whoMentioned(media: string, comment: string, line: Line): Promise<Profile> {
  const inCaption = comment === 'caption';
  const seen = await mentioned(line, inCaption ? 'media' : 'comment', inCaption ? media : comment, 'username');
  return { ...nobody, name: asText(seen?.username) ?? null };
}

/** Nothing where Meta shows nothing: no question about another shall fail of it. */
async function readIfShown(id: string, fields: string, { access }: Line): Promise<JsonObject> {
  try {
    return (await callGraph(access, { method: 'GET', path: encodeURIComponent(id), query: { fields } })).body;
  } catch (error) {
    if (isRejected(error) || isPermission(error)) return {};
    throw error;
  }
}
