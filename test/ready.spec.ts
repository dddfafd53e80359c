import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { components } from '../web/src/api/schema.js';
import { Gate } from './gate.js';
import { eventually, freePort, type House, openHouse } from './house.js';
import { launchRedis } from './servers/redis.mjs';

type ReadyView = components['schemas']['ReadyView'];

let house: House;
let gate: Gate;

beforeAll(async () => {
  gate = await Gate.before(`${process.env.TEST_REDIS_URL}/8190`);
  house = await openHouse({ REDIS_URL: gate.url });
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await gate?.shut();
});

const ready = async (url = house.url) => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: (await response.json()) as ReadyView };
};
const metrics = async () => (await fetch(`${house.url}/metrics`)).text();

test('each dependency says how it is, and all together say ok', async () => {
  const { body } = await eventually(async () => {
    const answer = await ready();
    expect(answer.body.workers?.status).toBe('ok');
    return answer;
  });
  const well = { status: 'ok', detail: null, ms: expect.any(Number) };
  expect(body).toEqual({
    status: 'ok',
    role: 'all',
    database: well,
    migrations: well,
    queue: well,
    disk: expect.anything(),
    workers: well,
  });
});

test('while Redis is out of reach, readiness and metrics name it and go on telling the rest', async () => {
  await gate.shut();
  const { status, body } = await eventually(async () => {
    const answer = await ready();
    expect(answer.body.queue.status).toBe('down');
    return answer;
  });
  expect([status, body.status, body.database.status]).toEqual([503, 'down', 'ok']);
  expect(body.queue.detail).toEqual(expect.any(String));
  const told = await metrics();
  expect(told).toMatch(/tributary_up\{dependency="queue"\} 0/);
  expect(told).toMatch(/tributary_up\{dependency="database"\} 1/);
  expect(told).toMatch(/tributary_inbound_events\{state="received"\} 0/);
  expect(told).not.toMatch(/tributary_queue_jobs\{/);
  await gate.open();
  await eventually(async () => expect((await ready()).status).toBe(200));
  await eventually(async () => expect(await metrics()).toMatch(/tributary_queue_jobs\{queue="inbound",state="waiting"\} 0/));
}, 60_000);

test('a Redis that would throw jobs away is used and complained of', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-forgetful-'));
  const port = await freePort();
  const redis = await launchRedis('redis-server', { port, directory });
  const client = new Redis(port);
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  client.disconnect();
  const careless = await openHouse({ REDIS_URL: `redis://127.0.0.1:${port}` });
  try {
    const { status, body } = await ready(careless.url);
    expect([status, body.queue.status]).toEqual([200, 'degraded']);
    expect(body.queue.detail).toMatch(/maxmemory-policy is allkeys-lru and must be noeviction/);
  } finally {
    await careless.stop();
    await redis.stop();
    await rm(directory, { recursive: true });
  }
}, 60_000);
