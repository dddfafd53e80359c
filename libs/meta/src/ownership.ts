import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { roadOf, type Road } from './permissions.js';

/** Whether something is as it should be, in words an admin understands. */
export interface Verdict {
  ok: boolean;
  detail: string;
}

/** Of an Instagram account also by what user name it goes now; its owner may change that. */
export interface Ownership extends Verdict {
  username?: string;
  /** The Page that an Instagram account is linked to. */
  linkedPage?: string;
}

/**
 * Whether a token is the account's own. Through Facebook an account must be linked to the Page whose token it is; of Instagram
 * Login's two ids events carry `user_id`. Throws a ConnectorError when Meta refuses the token.
 */
export async function ownership(line: Line): Promise<Ownership> {
  const { fields, judge } = judges[roadOf(line)];
  const { body } = await callGraph(line.access, { method: 'GET', path: 'me', query: { fields } });
  return judge(body, line.account);
}

const judges: Record<Road, { fields: string; judge(me: JsonObject, account: string): Ownership }> = {
  page: { fields: 'id,name', judge: ({ id, name }, account) => owned(asId(id), account, `the Page “${asText(name) ?? '?'}”`) },
  'instagram-on-page': { fields: 'id,name,instagram_business_account{id,username}', judge: linked },
  'instagram-login': {
    fields: 'user_id,username,id',
    judge: ({ user_id, username }, account) => ({
      ...owned(asId(user_id), account, `@${asText(username) ?? '?'}`),
      username: asText(username),
    }),
  },
};

function owned(id: string | undefined, wanted: string, name: string): Verdict {
  if (id === wanted) return { ok: true, detail: `Belongs to ${name}` };
  return { ok: false, detail: `This token belongs to ${name} with the id ${id ?? '?'}, not to ${wanted}` };
}

function linked(page: JsonObject, account: string): Ownership {
  const instagram = asObject(page.instagram_business_account);
  const id = asId(instagram?.id);
  const name = asText(page.name) ?? '?';
  if (id === account)
    return { ok: true, detail: `Linked to the Page “${name}”`, username: asText(instagram?.username), linkedPage: asId(page.id) };
  const other = id ? `the Instagram account ${id}` : 'no Instagram account';
  return { ok: false, detail: `This token belongs to “${name}” (${asId(page.id) ?? '?'}), to which ${other} is linked, not ${account}` };
}
