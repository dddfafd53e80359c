import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Core } from './core.js';
import { GraphError } from './graph-error.js';
import { chosen, conversations, oneMessage, profile, threadMessages } from './read.js';
import { subscribedApps } from './subscriptions.js';
import type { MetaAccount } from './world.js';

const versions = /^\/v(2[1-6])\.0(?=\/)/;

/** The hosts that Meta's API, its dialogs and its files live on. */
export const hosts = [
  'graph.facebook.com',
  'graph.instagram.com',
  'api.instagram.com',
  'www.facebook.com',
  'www.instagram.com',
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
  /** What the token opens: a Page and what is linked to it, or one Instagram account. */
  accounts: [MetaAccount, ...MetaAccount[]];
  /** The first path part, and the account where it is one of them. */
  target: string;
  account?: MetaAccount;
  /** Method and edge, as in `POST messages`; only the method for a node. */
  route: string;
}

/** One part of the API: answers its own requests, and `undefined` for those that are not its business. */
export type Edge = (request: GraphRequest) => unknown;

/** Answers a call of either Graph host. Throws {@link GraphError} for every refusal. */
export async function answer(call: GraphCall, core: Core, edges: Edge[]): Promise<unknown> {
  const accounts = core.world.accountsOf(call.token);
  checkHost(call, accounts[0]);
  checkProof(call, core);
  const [target = '', ...edge] = pathOf(call.path);
  const account = target === 'me' ? accounts[0] : accounts.find(({ id }) => id === target);
  const request = { call, accounts, target, account, route: [call.method, ...edge].join(' ') };
  for (const edge of edges) {
    const answered = await edge(request);
    if (answered !== undefined) return answered;
  }
  throw new GraphError(100, `Unsupported ${call.method.toLowerCase()} request. Object with ID '${target}' does not exist`, 33);
}

/** Accounts themselves, their subscriptions, and what can be read of chats. */
export function accountEdge({ call, accounts, account, route }: GraphRequest, core: Core): unknown {
  if (!account) return undefined;
  const messaging = account.kind === 'page' || account.via === 'instagram';
  if (route === 'GET') return accountNode(account, accounts, call.query);
  if (messaging && route.endsWith(' subscribed_apps')) return subscribedApps(account, call, core.app.appId);
  if (messaging && route === 'GET conversations') return conversations(core.world, accounts, call.query);
  return undefined;
}

/** Chats, their messages and the people in them. */
export function chatEdge({ call, accounts, target, route }: GraphRequest, { world }: Core): unknown {
  const threads = world.threads.filter((thread) => accounts.includes(thread.account));
  const thread = threads.find(({ id }) => id === target);
  if (thread && route === 'GET messages') return threadMessages(thread, call.query);
  const person = threads.find(({ customerId }) => customerId === target);
  if (person && route === 'GET') return profile(person, call.query);
  for (const thread of threads) {
    const message = thread.messages.find(({ mid }) => mid === target);
    if (message && route === 'GET') return oneMessage(thread, message, call.query);
  }
  return undefined;
}

function pathOf(path: string): string[] {
  const unversioned = path.replace(versions, '');
  if (/^\/v\d/.test(unversioned)) throw new GraphError(2500, `Unknown path components: ${unversioned}`);
  return unversioned.split('/').filter(Boolean).map(decodeURIComponent);
}

function checkHost({ host }: GraphCall, { via }: MetaAccount): void {
  if (host && host !== `graph.${via}.com`)
    throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
}

function checkProof(call: GraphCall, { app: { appSecret }, habits }: Core): void {
  const proof = call.query.get('appsecret_proof') ?? call.body.appsecret_proof;
  if (!proof && !habits.requireAppSecretProof) return;
  if (!proof) throw new GraphError(100, 'API calls from the server require an appsecret_proof argument');
  const right = createHmac('sha256', appSecret).update(call.token!).digest('hex');
  if (proof !== right) throw new GraphError(100, 'Invalid appsecret_proof provided in the API argument');
}

/** Through Instagram Login `id` is not the id that webhooks name; `user_id` is. */
function accountNode(account: MetaAccount, accounts: MetaAccount[], query: URLSearchParams): unknown {
  const { id, name } = account;
  if (account.via === 'instagram') return chosen({ id: `2${id.slice(1)}`, user_id: id, username: name, account_type: 'BUSINESS' }, query);
  if (account.kind === 'instagram') return chosen({ id, username: name }, query);
  const linked = accounts.find(({ kind }) => kind === 'instagram');
  return chosen({ id, name, ...(linked && { instagram_business_account: { id: linked.id } }) }, query);
}
