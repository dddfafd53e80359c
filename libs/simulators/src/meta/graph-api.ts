import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Core } from './core.js';
import { GraphError } from './graph-error.js';
import { accountNode } from './account-node.js';
import { subscribedApps } from './subscriptions.js';
import type { Token } from './tokens.js';
import type { MetaAccount } from './world.js';

const versions = /^\/v(2[1-6])\.0(?=\/)/;

/** The hosts that Meta's API, its dialogs and its files live on. */
export const hosts = [
  'graph.facebook.com',
  'graph.instagram.com',
  'api.instagram.com',
  'www.facebook.com',
  'www.instagram.com',
  'scontent.fbcdn.net',
  'lookaside.fbsbx.com',
] as const;

/** One call as it reached any of the hosts. */
export interface GraphCall {
  method: string;
  /** Path without host prefix. */
  path: string;
  /** Which host was addressed, where that can be told. */
  host: (typeof hosts)[number] | null;
  headers: IncomingHttpHeaders;
  query: URLSearchParams;
  token?: string;
  /** JSON or form fields; empty for any other kind of body. */
  body: Record<string, unknown>;
  /** The body's bytes. */
  raw: Buffer;
  /** Sent with the answer, refusals included. */
  answerHeaders: Record<string, string>;
}

/** A call with a living token, taken apart. */
export interface GraphRequest {
  call: GraphCall;
  token: Token;
  /** What the token opens: a Page and what is linked to it, one Instagram account, or what a person granted. */
  accounts: MetaAccount[];
  /** The first path part, and the account where it is one of them. */
  target: string;
  account?: MetaAccount;
  /** Method and edge, as in `POST messages`; only the method for a node. */
  route: string;
}

/** One part of the API: answers its own requests, and `undefined` for those that are not its business. */
export type Edge = (request: GraphRequest) => unknown;

/** The same for calls that need no token. */
export type Door = (call: GraphCall) => unknown;

/** Answers a call of any host. Throws {@link GraphError} for every refusal. */
export async function answer(call: GraphCall, core: Core, doors: Door[], edges: Edge[]): Promise<unknown> {
  const opened = await first(doors, call);
  if (opened !== undefined) return opened;
  const request = requestOf(call, core);
  const answered = await first(edges, request);
  if (answered !== undefined) return answered;
  throw new GraphError(100, `Unsupported ${call.method.toLowerCase()} request. Object with ID '${request.target}' does not exist`, 33);
}

async function first<T>(parts: ((asked: T) => unknown)[], asked: T): Promise<unknown> {
  for (const part of parts) {
    const answered = await part(asked);
    if (answered !== undefined) return answered;
  }
  return undefined;
}

function requestOf(call: GraphCall, core: Core): GraphRequest {
  const token = core.world.tokens.open(call.token);
  checkHost(call, token);
  checkProof(call, core);
  if (core.habits.appRestricted) throw new GraphError(100, `Unsupported request - method type: ${call.method.toLowerCase()}`);
  const [target = '', ...edge] = pathOf(call.path);
  const accounts = core.world.accountsOf(token);
  const own = token.kind === 'page' || token.kind === 'instagram';
  const account = target === 'me' && own ? accounts[0] : accounts.find(({ id }) => id === target);
  return { call, token, accounts, target, account, route: [call.method, ...edge].join(' ') };
}

/** Accounts themselves, and their subscriptions. */
export function accountEdge({ call, token, account, route }: GraphRequest, core: Core): unknown {
  if (!account) return undefined;
  const messaging = account.kind === 'page' || account.via === 'instagram';
  if (route === 'GET') return accountNode(account, token, core, call.query);
  if (messaging && route.endsWith(' subscribed_apps')) return subscribedApps(account, call, token, core);
  return undefined;
}

function pathOf(path: string): string[] {
  const unversioned = path.replace(versions, '');
  if (/^\/v\d/.test(unversioned)) throw new GraphError(2500, `Unknown path components: ${unversioned}`);
  return unversioned.split('/').filter(Boolean).map(decodeURIComponent);
}

function checkHost({ host }: GraphCall, { kind }: Token): void {
  if (host && host !== (kind === 'instagram' ? 'graph.instagram.com' : 'graph.facebook.com'))
    throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
}

function checkProof(call: GraphCall, { app: { appSecret }, habits }: Core): void {
  const proof = call.query.get('appsecret_proof') ?? call.body.appsecret_proof;
  if (!proof && !habits.requireAppSecretProof) return;
  if (!proof) throw new GraphError(100, 'API calls from the server require an appsecret_proof argument');
  const right = createHmac('sha256', appSecret).update(call.token!).digest('hex');
  if (proof !== right) throw new GraphError(100, 'Invalid appsecret_proof provided in the API argument');
}
