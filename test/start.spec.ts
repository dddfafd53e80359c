import { createServer, type Server } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { Api, type Channel, type Conversation } from './api.js';
import { Gate } from './gate.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from './house.js';
import { Outside } from './outside.js';
import { launchRedis } from './servers/redis.mjs';

let outside: Outside;
let ground: Ground;
let app: AppProcess;

beforeAll(async () => {
  outside = await Outside.start();
}, 60_000);
afterEach(async () => {
  app.child.kill('SIGTERM');
  await app.ended;
  await ground.clear();
}, 30_000);
afterAll(() => outside?.stop());

const start = async (extra: Record<string, string>) => {
  ground = await freshGround({ ...outside.env, LOG_LEVEL: 'info', ...extra });
  app = spawnApp(ground.env);
};
const url = () => `http://127.0.0.1:${ground.env.PORT}`;
const state = async () => (await fetch(`${url()}/health/ready`)).json() as Promise<{ queue: { status: string; detail: string } }>;
const lines = () => app.output().trim().split('\n');
const previews = async (api: Api) => (await api.all<Conversation>('/conversations')).map(({ preview }) => preview).sort();

/** Signs in as soon as somebody answers. */
const signIn = () => eventually(() => Api.signIn(url(), adminEmail, adminPassword), 30_000);

test('without its Redis the app starts, answers and stores what comes in, and takes it in when Redis is there', async () => {
  const gate = await Gate.before(process.env.TEST_REDIS_URL!);
  await gate.shut();
  const redis = new URL(gate.url);
  redis.pathname = String(Math.floor(Math.random() * 8_000));
  await start({ REDIS_URL: redis.href });
  const api = await signIn();
  await api.post('/channels', outside.facebookChannel());
  await outside.meta.subscribe({ callbackUrl: `${url()}/webhooks/meta` });
  outside.meta.customerWrites(outside.page, outside.meta.customer('Ada'), 'Is anybody there?');
  await eventually(async () => expect(await api.all('/inbound-events?state=received')).toHaveLength(1));
  expect((await state()).queue).toMatchObject({ status: 'down', detail: expect.stringContaining('ECONNREFUSED') as string });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const told = lines().filter((line) => line.includes('the queue cannot be used'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(redis.host);
  expect(lines().length).toBeLessThan(10);
  await gate.open();
  await eventually(async () => expect(await previews(api)).toEqual(['Is anybody there?']), 30_000);
  await ready(app, ground.env);
  expect(app.output()).toContain('the queue is back');
  await gate.shut();
}, 90_000);

test('a Redis that is full loses nobody a message, and does not fill the log', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-full-'));
  const port = await freePort();
  const redis = await launchRedis('redis-server', { port, directory });
  const admin = new Redis(port);
  try {
    await start({ REDIS_URL: `redis://127.0.0.1:${port}` });
    const api = await signIn();
    await api.post('/channels', outside.facebookChannel());
    await outside.meta.subscribe({ callbackUrl: `${url()}/webhooks/meta` });
    const texts = Array.from({ length: 60 }, (_, n) => `letter ${n}`).sort();
    for (const [n, text] of texts.entries()) {
      // It gets full in the middle of the work.
      if (n === 30) await admin.config('SET', 'maxmemory', '1mb');
      outside.meta.customerWrites(outside.page, outside.meta.customer(text), text);
    }
    await eventually(async () => expect((await state()).queue.detail).toContain('OOM'));
    await eventually(async () => {
      const waiting = await api.all<{ id: string }>('/inbound-events?state=received');
      expect(waiting.length + (await previews(api)).length).toBeGreaterThanOrEqual(60);
    });
    await admin.config('SET', 'maxmemory', '0');
    await eventually(async () => expect((await previews(api)).filter((text) => text.startsWith('letter'))).toEqual(texts), 45_000);
    expect(lines().length).toBeLessThan(20);
  } finally {
    admin.disconnect();
    app.child.kill('SIGTERM');
    await app.ended;
    await redis.stop();
    await rm(directory, { recursive: true });
  }
}, 120_000);

test('a mail server that takes the call and says nothing delays neither the start nor the stop, and its channel says so', async () => {
  const { dovecot } = outside;
  const gate = await Gate.before(`imap://${dovecot.host}:${dovecot.port}`);
  const usual = Date.now();
  await start({});
  let api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  const channel = outside.emailChannel();
  channel.settings.imap.port = Number(new URL(gate.url).port);
  const usuallyTakes = Date.now() - usual;
  const { id } = (await api.post<Channel>('/channels', channel)).body;
  app.child.kill('SIGTERM');
  expect(await app.ended).toBe(0);
  await gate.shut();
  const silent = await listensSilently(channel.settings.imap.port);
  app = spawnApp(ground.env);
  const begun = Date.now();
  api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  expect(Date.now() - begun).toBeLessThan(usuallyTakes * 2 + 5_000);
  const asked = Date.now();
  app.child.kill('SIGTERM');
  expect(await app.ended).toBe(0);
  expect(Date.now() - asked).toBeLessThan(5_000);
  app = spawnApp(ground.env);
  api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  await eventually(async () => {
    const { health } = (await api.get<Channel>(`/channels/${id}`)).body;
    expect(['degraded', 'down']).toContain(health.state);
    expect(health.detail).toMatch(/IMAP|mail server/i);
  }, 60_000);
  silent.close();
}, 120_000);

test('a port that another program has stops the start with a sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  await start({ PORT: String((taken.address() as { port: number }).port) });
  expect(await app.ended).toBe(1);
  expect(app.output()).toMatch(/cannot start:\n {2}listen EADDRINUSE: address already in use 127\.0\.0\.1:\d+/);
  taken.close();
}, 60_000);

/** Takes calls and never answers. */
async function listensSilently(port: number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server.unref();
}
