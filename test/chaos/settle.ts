import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Channel, Delivery, List } from '../api.js';
import { eventually } from '../house.js';
import type { World } from './world.js';

/** What people and time did after the faults were over. */
export interface Settled {
  /** Messages that an admin had sent again once the outage was over: they may be late. */
  retried: Set<string>;
  /** What was still not at rest when our patience ended. */
  restless: string[];
}

/** Without anything coming to rest: what piled up in an hour takes its time. */
const patienceMs = 120_000;
const mostMs = 480_000;
const everyMs = 2_000;
const mostRetries = 5;

/**
 * Waits until nothing moves any more. An admin does here what admins do after an outage: lets channels send again, and has
 * what failed sent again. The one thing no API does is to make the waits between attempts shorter, which grow to hours.
 */
export async function settle(world: World): Promise<Settled> {
  await eventually(() => world.clients[0]!.get('/channels'), 60_000);
  const retried = new Set<string>();
  let restless = ['nothing was asked yet'];
  let calm = 0;
  let fewest = Infinity;
  const latest = Date.now() + mostMs;
  for (let until = Date.now() + patienceMs; Date.now() < Math.min(until, latest); await sleep(everyMs)) {
    restless = await attempt(() => moving(world));
    if (restless.length < fewest) until = Date.now() + patienceMs;
    fewest = Math.min(fewest, restless.length);
    // Twice, because what came to rest may have set something else going.
    calm = restless.length ? 0 : calm + 1;
    if (calm > 1) break;
    await attempt(() => hurry(world));
    if (retried.size < mostRetries * 200) for (const id of await attempt(() => retryFailed(world.clients[0]!))) retried.add(id);
  }
  return { retried, restless };
}

/** What the process says that is not there yet is no answer. */
const attempt = (ask: () => Promise<string[]>): Promise<string[]> => ask().catch((error: Error) => [error.message]);

async function moving({ clients: [api], meta }: World): Promise<string[]> {
  const received = await api!.all<{ id: string }>('/inbound-events?state=received');
  const waiting = await api!.all<Delivery>('/deliveries?state=queued,sending');
  return [
    ...(meta.unsettled ? [`${meta.unsettled} webhooks are not taken`] : []),
    ...received.map(({ id }) => `inbound event ${id} is received`),
    ...waiting.map(({ id, state }) => `delivery ${id} is ${state}`),
  ];
}

async function hurry(world: World): Promise<string[]> {
  const now = new Date().toISOString();
  await world.sql(`UPDATE delivery SET next_attempt_at = '${now}' WHERE next_attempt_at > '${now}'`);
  await world.sql(`UPDATE attachment SET next_fetch_at = '${now}' WHERE next_fetch_at > '${now}'`);
  const channels = await world.clients[0]!.all<Channel>('/channels');
  for (const { id, health } of channels)
    if ('sending' in health && health.sending) await world.clients[0]!.post(`/channels/${id}/resume-sending`);
  return [];
}

async function retryFailed(api: Api): Promise<string[]> {
  const { body } = await api.get<List<Delivery>>('/deliveries?state=failed&limit=100');
  const ids = body.items.map(({ id }) => id);
  if (!ids.length) return [];
  const answer = await api.post<{ retried: string[] }>('/deliveries/retry', { ids });
  return body.items.filter(({ id }) => answer.body.retried.includes(id)).map(({ messageId }) => messageId);
}
