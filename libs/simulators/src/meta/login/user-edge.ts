import { accountNode, pageNode } from '../account-node.js';
import type { Core } from '../core.js';
import { select } from '../fields.js';
import type { GraphRequest } from '../graph-api.js';
import { GraphError } from '../graph-error.js';
import { page } from '../paging.js';
import type { Token } from '../tokens.js';

/** What the token of a person or a system user opens: who they are, their Pages, their grants. Anything else needs a Page's token: error 210. */
export function userEdge(request: GraphRequest, core: Core): unknown {
  const { token, target, route, call, account, accounts } = request;
  if (token.kind !== 'user' && token.kind !== 'system-user') return undefined;
  const { user } = token;
  const self = target === 'me' || target === user.id;
  if (call.query.has('ids') && !target) return byIds(request, core);
  if (self && route === 'GET') return select({ id: user.id, name: user.name }, call.query.get('fields') ?? 'name');
  if (self && route === 'GET accounts') return pages(request, core);
  if (self && route.endsWith(' permissions')) return permissions(token, call.method, core);
  if (account && route === 'GET') return accountNode(account, token, core, call.query);
  if (accounts.length === 0 || account) throw new GraphError(210, 'A page access token is required to request this resource.');
  return undefined;
}

/** `GET /me/accounts`, in pages of 25 unless told otherwise. */
function pages({ token, accounts, call }: GraphRequest, core: Core): unknown {
  if (!token.scopes.includes('pages_show_list') || core.habits.hidesGrantedPages) return { data: [] };
  if (!call.query.has('fields')) call.query.set('fields', 'name,access_token,category,tasks');
  const theirs = accounts.filter(({ kind }) => kind === 'page');
  return page(
    core,
    call,
    theirs,
    ({ id }) => id,
    (each) => pageNode(each, token, core),
  );
}

/** `GET /?ids=a,b`: one node for each, or an error for all when one is not to be seen. */
function byIds({ call, accounts, token }: GraphRequest, core: Core): unknown {
  const ids = call.query.get('ids')!.split(',');
  const found = ids.map((id) => {
    const account = accounts.find((each) => each.id === id);
    if (!account) throw new GraphError(100, `Unsupported get request. Object with ID '${id}' does not exist`, 33);
    return [id, accountNode(account, token, core, call.query)] as const;
  });
  return Object.fromEntries(found);
}

/** What was granted; `DELETE` takes all of it back, which ends every token made of it. */
function permissions(token: Token, method: string, { world }: Core): unknown {
  if (method === 'GET') return { data: token.scopes.map((permission) => ({ permission, status: 'granted' })) };
  world.tokens.kill('app-removed', ({ user, kind }) => user === token.user && kind !== 'instagram');
  return { success: true };
}
