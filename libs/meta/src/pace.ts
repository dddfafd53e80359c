import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphAccess, GraphCall } from './graph.js';

/** Conversations API: 2 calls a second for each Page or Instagram account. */
const AT_ONCE = 2;
/** Somewhat more than the second, as calls do not all travel equally fast. */
const WITHIN_MS = 1250;
/** The lists, and threads and messages by their ids: `t_…` and `m_…` at Messenger, `aWdf…` at Instagram. */
const chats = /(^|\/)(conversations|messages)$|^(t_|m_|aWdf)/;

/** When the latest looks at the chats of an account were or will be taken, by base address and account. */
const turns = new Map<string, number[]>();

/** Whether a call reads chats, which Meta counts apart. */
export const readsChats = ({ method, path }: GraphCall) => method === 'GET' && chats.test(path);

/** Waits until a look at an account's chats is due; all else goes at once. */
export async function turnOf({ baseUrl, account }: GraphAccess, call: GraphCall): Promise<void> {
  if (!account || !readsChats(call)) return;
  const key = `${baseUrl} ${account}`;
  const latest = turns.get(key) ?? [];
  const now = performance.now();
  const turn = latest.length < AT_ONCE ? now : Math.max(now, latest[0]! + WITHIN_MS);
  turns.set(key, [...latest, turn].slice(-AT_ONCE));
  if (turn > now) await sleep(turn - now);
}
