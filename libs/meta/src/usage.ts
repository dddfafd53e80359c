import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '#libs/connector';
import type { GraphAccess, GraphCall } from './graph.js';
import { asObject, jsonOrUndefined, type JsonObject } from './json.js';
import { readsChats } from './pace.js';

/** What Meta counts apart: the whole app, and of an account its chats, looking into these, and all the rest. */
type Quota = 'app' | 'chats' | 'looks' | 'rest';

/** How full a quota is, 1 for all of it. Times in ms of the clock that nobody sets, `performance.now()`. */
interface Level {
  share: number;
  /** When calls are possible again, where they are refused; else null. */
  regainAt: number | null;
  /** When this is too old to go by. */
  until: number;
}

const MINUTE = 60_000;
/** Quotas are counted over an hour or a day: after so long without a newer word a call may find out how it stands. */
const FORGOTTEN_AFTER = 5 * MINUTE;
/** From here reads go slowly, from there they leave the rest to agents, and then nobody calls: calls while throttled make it last. */
const [READS_SLOW, READS_STOP, ALL_STOP] = [0.75, 0.8, 0.95];
const SLOWED_BY = 2000;

const chatEdge = /(^|\/)(messages|message_?attachments|thread_owner|\w+_thread_control)$/;
/** Which quota the entries of `X-Business-Use-Case-Usage` speak of; `instagram` has no messages in it. */
const countedAs = new Map<unknown, Quota>([
  ['messenger', 'chats'],
  ['pages', 'rest'],
  ['instagram', 'rest'],
]);
/** Errors that say a quota is used up, beside the refused call's own, and how long that may take where nothing is told. */
const usedUp: Record<string, { quotas: Quota[]; waitMs: number }> = {
  '4': { quotas: ['app'], waitMs: 5 * MINUTE },
  '17': { quotas: ['chats', 'rest'], waitMs: 5 * MINUTE },
  '32': { quotas: ['chats', 'rest'], waitMs: 5 * MINUTE },
  '613': { quotas: [], waitMs: MINUTE / 6 },
  '80001': { quotas: ['rest'], waitMs: 5 * MINUTE },
  '80002': { quotas: ['rest'], waitMs: 5 * MINUTE },
  '80006': { quotas: ['chats'], waitMs: 5 * MINUTE },
};

/** As far as this process knows. */
const levels = new Map<string, Level>();

/** How full the quotas are that an account's calls count against; null when Meta has not told lately. */
export function usageOf(access: GraphAccess): { share: number; regainAt: Date | null } | null {
  const known = levelsOf(access, ['app', 'chats', 'rest']);
  if (!known.length) return null;
  const regainAt = Math.max(...known.map((level) => level.regainAt ?? 0));
  const asDate = (at: number) => new Date(Date.now() + at - performance.now());
  return { share: Math.max(...known.map(({ share }) => share)), regainAt: regainAt ? asDate(regainAt) : null };
}

/** Lets a call go, late, or not at all: throws `rate-limited` with the time until it is worth trying again. Agents' sends outrank reads. */
export async function admit(access: GraphAccess, call: GraphCall): Promise<void> {
  const yields = call.method === 'GET' && !call.urgent;
  const known = levelsOf(access, ['app', quotaOf(call), ...(readsChats(call) ? ['looks' as const] : [])]);
  const full = known.filter(({ share, regainAt }) => regainAt !== null || share >= (yields ? READS_STOP : ALL_STOP));
  if (full.length) {
    const retryAfterMs = Math.ceil(Math.max(...full.map(({ until }) => until)) - performance.now());
    throw new ConnectorError('rate-limited', 'Meta’s limit for calls is nearly used up. This waits until there is room again.', {
      retryAfterMs,
      // Chats have a quota of their own, and go on while that of the rest is used up.
      scope: quotaOf(call) === 'rest' ? 'message' : 'channel',
    });
  }
  if (yields && known.some(({ share }) => share >= READS_SLOW)) await sleep(SLOWED_BY);
}

/** Takes in the usage headers of an answer, whatever else it says. */
export function noteUsage(access: GraphAccess, call: GraphCall, headers: Headers): void {
  const told = [
    ...usesIn(headers, 'x-app-usage').map((use) => ({ quota: 'app' as const, use })),
    ...usesIn(headers, 'x-page-usage').map((use) => ({ quota: quotaOf(call), use })),
    ...businessUses(access, headers).map((use) => ({ quota: countedAs.get(use.type), use })),
  ];
  for (const quota of ['app', 'chats', 'rest'] as const) {
    const uses = told.filter((one) => one.quota === quota).map(({ use }) => use);
    if (uses.length) note(access, quota, Math.max(...uses.map(shareOf)), Math.max(...uses.map(regainMs)));
  }
}

/** Notes a refusal for too many calls; how long to wait is told with it. */
export function noteRefusal(access: GraphAccess, call: GraphCall, refusal: ConnectorError, headers: Headers): ConnectorError {
  if (refusal.kind !== 'rate-limited') return refusal;
  const told = Math.max(Number(headers.get('retry-after') ?? 0) * 1000, ...businessUses(access, headers).map(regainMs));
  const { quotas, waitMs } = limitOf(call, refusal, told > 0);
  const retryAfterMs = told || refusal.retryAfterMs || waitMs;
  for (const quota of quotas) note(access, quota, 1, retryAfterMs ?? 0);
  const { kind, message, outcome, action, code, cause, scope } = refusal;
  return new ConnectorError(kind, message, { outcome, action, code, cause, retryAfterMs, scope });
}

/** Which quotas a refusal says are used up. Chats looked into too fast are no reason for agents to wait. */
function limitOf(call: GraphCall, { code = '' }: ConnectorError, lasts: boolean): { quotas: Quota[]; waitMs?: number } {
  const limit = usedUp[code.split('/')[0]!];
  if (!limit) return { quotas: [] };
  if (readsChats(call) && !lasts && TOO_FAST.test(code)) return { quotas: ['looks'], waitMs: MINUTE / 6 };
  return limit.quotas.includes('app') ? limit : { ...limit, quotas: [...limit.quotas, quotaOf(call)] };
}

const TOO_FAST = /^(613|80006)/;

const quotaOf = (call: GraphCall): Quota => (chatEdge.test(call.path) || readsChats(call) ? 'chats' : 'rest');

/** An app has one quota for all its accounts; what no account is known for counts against the app alone. */
const nameOf = ({ baseUrl, account }: GraphAccess, quota: Quota) =>
  quota === 'app' ? baseUrl : account && `${baseUrl} ${account} ${quota}`;

function levelsOf(access: GraphAccess, quotas: Quota[]): Level[] {
  const now = performance.now();
  return quotas.flatMap((quota) => levels.get(nameOf(access, quota) ?? '') ?? []).filter(({ until }) => until > now);
}

function note(access: GraphAccess, quota: Quota, share: number, regainInMs: number): void {
  const now = performance.now();
  const regainAt = regainInMs ? now + regainInMs : null;
  const name = nameOf(access, quota);
  if (name) levels.set(name, { share, regainAt, until: regainAt ?? now + FORGOTTEN_AFTER });
}

/** Of a map from businesses or accounts to lists of uses: those of this account, or all where it is not named. */
function businessUses({ account }: GraphAccess, headers: Headers): JsonObject[] {
  const [map = {}] = usesIn(headers, 'x-business-use-case-usage');
  const lists = account && map[account] ? [map[account]] : Object.values(map);
  return lists.flatMap((list) => (Array.isArray(list) ? list.map((use: unknown) => asObject(use) ?? {}) : []));
}

const usesIn = (headers: Headers, name: string): JsonObject[] => [asObject(jsonOrUndefined(headers.get(name) ?? '')) ?? []].flat();

/** Percentages, which may exceed 100. */
const shareOf = ({ call_count, total_cputime, total_time }: JsonObject) =>
  Math.max(...[call_count, total_cputime, total_time].map((percent) => Number(percent) || 0)) / 100;

const regainMs = (use: JsonObject) => (Number(use.estimated_time_to_regain_access) || 0) * MINUTE;
