import { ConnectorError, type GrantedAccount } from '#libs/connector';
import { callGraph, type GraphAccess } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { versioned } from './line.js';
import type { Registered } from './login.js';
import { isUsable, missing, type Granted, type Road } from './permissions.js';
import { allRows } from './rows.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';
import { factsOfToken, scopesOn, type TokenFacts } from './token-facts.js';

/** A Page that somebody let us in to. */
interface GrantedPage {
  id: string;
  name: string;
  token: string | undefined;
  granted: Granted;
  grantedBy: string | undefined;
  instagram: { id: string; username: string | undefined } | undefined;
}

const PAGE_FIELDS = 'id,name,access_token,instagram_business_account{id,username}';

/** The Pages that a user token opens, with the token and the permissions of each. Throws {@link ConnectorError}. */
export async function grantedPages(options: Registered, userToken: string): Promise<GrantedPage[]> {
  const access = { baseUrl: versioned(options.graphUrl, options.graphVersion), token: userToken, proofSecret: options.appSecret };
  const facts = await factsOfToken(options, userToken);
  const listed = await allRows(access, 'me/accounts', { fields: `${PAGE_FIELDS},tasks`, limit: '100' });
  const unlisted = [...pagesNamedIn(facts)].filter((id) => !listed.some((row) => asId(row.id) === id));
  return [...listed, ...(await pagesById(access, unlisted))].map((row) => readPage(row, facts));
}

export function asPageAccount({ id, name, token, granted, grantedBy }: GrantedPage): GrantedAccount<FacebookSettings> {
  const settings = { pageId: id, pageAccessToken: token ?? '', grantedBy };
  return { account: { externalId: id, address: id }, label: name, settings, ...verdict('page', granted, token) };
}

/** The Instagram account that hangs on a Page, if there is one. */
export function asInstagramAccount({
  id: linkedPage,
  name,
  token,
  granted,
  grantedBy,
  instagram,
}: GrantedPage): GrantedAccount<InstagramSettings>[] {
  if (!instagram) return [];
  const { id, username } = instagram;
  const settings = { accountId: id, accessToken: token ?? '', via: 'facebook' as const, username, linkedPage, grantedBy };
  const label = username ? `@${username} (${name})` : name;
  return [
    {
      account: { externalId: id, address: username ? `@${username}` : id },
      label,
      settings,
      ...verdict('instagram-on-page', granted, token),
    },
  ];
}

function verdict(road: Road, granted: Granted, token: string | undefined): { usable: boolean; missing: string[] } {
  if (!token) return { usable: false, missing: ['Facebook gave no access to this Page. Ask for a role on it, then sign in again.'] };
  return { usable: isUsable(road, granted), missing: missing(road, granted) };
}

/** Pages ticked one by one may be missing from the list of accounts, where the role on them comes through a business. */
function pagesNamedIn(facts: TokenFacts | undefined): Set<string> {
  const named = [...(facts?.targets ?? [])].filter(([scope]) => scope.startsWith('pages_'));
  return new Set(named.flatMap(([, ids]) => ids));
}

/** One by one, as together one that is gone would hide all others. */
async function pagesById(access: GraphAccess, ids: string[]): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for (const id of ids) {
    try {
      rows.push((await callGraph(access, { method: 'GET', path: encodeURIComponent(id), query: { fields: PAGE_FIELDS } })).body);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
    }
  }
  return rows;
}

function readPage(row: JsonObject, facts: TokenFacts | undefined): GrantedPage {
  const id = asId(row.id) ?? '';
  const linked = asObject(row.instagram_business_account);
  const instagramId = asId(linked?.id);
  const instagram = instagramId ? { id: instagramId, username: asText(linked?.username) } : undefined;
  const ids = instagramId ? [id, instagramId] : [id];
  return {
    ...{ id, name: asText(row.name) ?? id, token: asText(row.access_token), instagram },
    grantedBy: facts?.userId ?? undefined,
    granted: { scopes: facts ? scopesOn(facts, ids) : null, tasks: Array.isArray(row.tasks) ? row.tasks.map(String) : null },
  };
}
