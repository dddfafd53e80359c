import { Gate } from '../gate.js';
import { type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from '../house.js';

const processes: AppProcess[] = [];
let ground: Ground;
let gate: Gate;

beforeEach(async () => {
  ground = await freshGround();
});
afterEach(async () => {
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.splice(0).map(({ ended }) => ended));
  await gate?.shut();
  await ground.clear();
}, 30_000);

/** One more process; resolves with where it listens. */
async function start(extra: Record<string, string>): Promise<string> {
  const env = { ...ground.env, PORT: String(await freePort()), ...extra };
  const app = spawnApp(env);
  processes.push(app);
  return ready(app, extra.WORKER_PORT ? { ...env, PORT: extra.WORKER_PORT } : env);
}

interface Ready {
  status: string;
  role: string;
  database: { status: string; detail: string | null };
  queue: { status: string };
  workers: { status: string; detail: string | null };
}

const readiness = async (url: string) => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: (await response.json()) as Ready };
};
const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();

test('while PostgreSQL is out of reach, readiness and metrics name it, and it heals by itself', async () => {
  gate = await Gate.before(ground.env.DATABASE_URL!);
  const url = await start({ DATABASE_URL: gate.url });
  await gate.shut();
  await eventually(async () => {
    const { status, body } = await readiness(url);
    expect([status, body.status, body.database.status, body.queue.status]).toEqual([503, 'down', 'down', 'ok']);
    expect(body.database.detail).not.toContain(new URL(gate.url).password);
  });
  const told = await metrics(url);
  expect(told).toMatch(/tributary_up\{dependency="database"\} 0/);
  expect(told).toMatch(/tributary_queue_jobs\{queue="inbound",state="active"\} 0/);
  await gate.open();
  await eventually(async () => expect((await readiness(url)).status).toBe(200), 30_000);
}, 90_000);

test('an API says when no worker lives, and goes on serving while the queue is away', async () => {
  gate = await Gate.before(ground.env.REDIS_URL!);
  const api = await start({ ROLE: 'api', REDIS_URL: gate.url });
  expect((await readiness(api)).body.workers).toMatchObject({ status: 'degraded', detail: expect.stringMatching(/No worker/) });
  const worker = await start({ ROLE: 'worker', WORKER_PORT: String(await freePort()) });
  await eventually(async () => expect((await readiness(api)).body).toMatchObject({ status: 'ok', workers: { status: 'ok' } }));
  expect(await metrics(api)).toMatch(/tributary_processes\{role="worker"\} 1/);
  await gate.shut();
  await eventually(async () => {
    const { status, body } = await readiness(api);
    expect([status, body.queue.status]).toEqual([200, 'down']);
  });
  expect((await readiness(worker)).status).toBe(200);
}, 90_000);

test('a worker tells how it is doing where it is asked to, and nothing else', async () => {
  const worker = await start({ ROLE: 'worker', WORKER_PORT: String(await freePort()) });
  expect((await readiness(worker)).body).toMatchObject({ status: 'ok', role: 'worker' });
  expect(await metrics(worker)).toMatch(/tributary_process_info\{role="worker"\} 1/);
  for (const path of ['/', '/api/v1/conversations', '/api/openapi.json', '/webhooks/meta', '/admin/queues'])
    expect((await fetch(`${worker}${path}`)).status).toBe(404);
});
