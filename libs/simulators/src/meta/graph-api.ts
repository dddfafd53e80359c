import { createHmac } from 'node:crypto';
import { GraphError } from './graph-error.js';
import type { Habits } from './habits.js';
import { chosen, conversations, oneMessage, profile, threadMessages } from './read.js';
import { subscribedApps } from './subscriptions.js';
import type { MetaAccount, World } from './world.js';

const versions = /^\/v(2[1-6])\.0(?=\/)/;

/** One call as it reached either Graph host. */
export interface GraphCall {
  method: string;
  /** Path without host prefix. */
  path: string;
  /** Which host was addressed, where that can be told. */
  host: 'facebook' | 'instagram' | null;
  query: URLSearchParams;
  token?: string;
  body: Record<string, unknown>;
}

export interface GraphContext {
  world: World;
  habits: Habits;
  appId: string;
  appSecret: string;
  send(accounts: MetaAccount[], body: Record<string, unknown>): Promise<unknown>;
}

/** Answers a call of either Graph host. Throws {@link GraphError} for every refusal. */
export async function answer(call: GraphCall, context: GraphContext): Promise<unknown> {
  const { world } = context;
  const accounts = world.accountsOf(call.token);
  checkHost(call, accounts[0]);
  checkProof(call, context);
  const [target = '', edge] = pathOf(call.path);
  const account = target === 'me' ? accounts[0] : accounts.find(({ id }) => id === target);
  const route = `${call.method} ${edge ?? ''}`.trim();
  const messaging = account?.kind === 'page' || account?.via === 'instagram';
  if (account && route === 'GET') return accountNode(account, accounts, call.query);
  if (account && messaging && edge === 'subscribed_apps') return subscribedApps(account, call, context.appId);
  if (account && messaging && route === 'POST messages') return context.send(accounts, call.body);
  if (account && messaging && route === 'GET conversations') return conversations(world, accounts, call.query);
  return readNode(world, accounts, target, route, call.query);
}

function readNode(world: World, accounts: MetaAccount[], target: string, route: string, query: URLSearchParams): unknown {
  const threads = world.threads.filter((thread) => accounts.includes(thread.account));
  const thread = threads.find(({ id }) => id === target);
  if (thread && route === 'GET messages') return threadMessages(thread, query);
  const person = threads.find(({ customerId }) => customerId === target);
  if (person && route === 'GET') return profile(person, query);
  for (const thread of threads) {
    const message = thread.messages.find(({ mid }) => mid === target);
    if (message && route === 'GET') return oneMessage(thread, message, query);
  }
  throw new GraphError(100, `Unsupported ${route.split(' ')[0]!.toLowerCase()} request. Object with ID '${target}' does not exist`, 33);
}

function pathOf(path: string): string[] {
  const unversioned = path.replace(versions, '');
  if (/^\/v\d/.test(unversioned)) throw new GraphError(2500, `Unknown path components: ${unversioned}`);
  return unversioned.split('/').filter(Boolean).map(decodeURIComponent);
}

function checkHost({ host }: GraphCall, { via }: MetaAccount): void {
  if (host && host !== via) throw new GraphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
}

function checkProof(call: GraphCall, { appSecret, habits }: GraphContext): void {
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
