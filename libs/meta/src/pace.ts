import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphAccess, GraphCall } from './graph.js';

/** Conversations API: 2 calls a second for each Page or Instagram account. */
const APART_MS = 500;
const reading = /(^|\/)(conversations|messages)$/;

/** When the next look at the chats of an account may be taken, by base address and account. */
const free = new Map<string, number>();

/** Waits until a look at an account's chats is due; all else goes at once. */
export async function turnOf({ baseUrl, account }: GraphAccess, { method, path }: GraphCall): Promise<void> {
  if (!account || method !== 'GET' || !reading.test(path)) return;
  const key = `${baseUrl} ${account}`;
  const now = Date.now();
  const turn = Math.max(now, free.get(key) ?? 0);
  free.set(key, turn + APART_MS);
  if (turn > now) await sleep(turn - now);
}
