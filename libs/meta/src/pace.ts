import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphAccess, GraphCall } from './graph.js';

/** Conversations API: 2 calls a second for each Page or Instagram account. */
const PER_SECOND = 2;
const reading = /(^|\/)(conversations|messages)$/;

/** When the latest looks at the chats of an account were or will be taken, by base address and account. */
const turns = new Map<string, number[]>();

/** Waits until a look at an account's chats is due; all else goes at once. */
export async function turnOf({ baseUrl, account }: GraphAccess, { method, path }: GraphCall): Promise<void> {
  if (!account || method !== 'GET' || !reading.test(path)) return;
  const key = `${baseUrl} ${account}`;
  const latest = turns.get(key) ?? [];
  const now = Date.now();
  const turn = latest.length < PER_SECOND ? now : Math.max(now, latest[0]! + 1000);
  turns.set(key, [...latest, turn].slice(-PER_SECOND));
  if (turn > now) await sleep(turn - now);
}
