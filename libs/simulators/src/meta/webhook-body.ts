import { hubSignature, metaJson, type Json } from './wire.js';
import type { EventElement, EventList } from './core.js';
import type { Habits } from './habits.js';
import type { MetaAccount } from './world.js';

/** One happening at an account, as an element of `entry[].messaging` or its siblings. */
export interface Happening {
  account: MetaAccount;
  list: EventList;
  element: EventElement;
}

/** The entries that tell of happenings. Messaging entries carry milliseconds, `changes` entries seconds. */
export function entriesOf(happenings: Happening[], now: number, habits: Habits): EventElement[] {
  return grouped(happenings, ({ account, list }) => `${account.id} ${list}`).flatMap((group) => {
    const { account, list } = group[0]!;
    const id = habits.numericIds ? BigInt(account.id) : account.id;
    const time = list === 'changes' ? Math.floor(now / 1000) : now;
    const elements = group.map(({ element }) => element);
    if (list === 'changes' && habits.bareChanges) return elements.map((element) => ({ id, time, ...element }));
    return [{ id, time, [list]: elements }];
  });
}

/** The bytes of a POST and its headers. */
export function signedPost(body: Json, secret: string): { body: string; headers: Record<string, string> } {
  const bytes = metaJson(body);
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'facebookexternalua',
    'X-Hub-Signature': hubSignature(secret, bytes, 'sha1'),
    'X-Hub-Signature-256': hubSignature(secret, bytes),
  };
  return { body: bytes, headers };
}

export function grouped<T>(items: T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
