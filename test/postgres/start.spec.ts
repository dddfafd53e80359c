import { createHmac } from 'node:crypto';
import { Api, type Conversation } from '../api.js';
import { Gate } from '../gate.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from '../house.js';
import { Outside } from '../outside.js';

let ground: Ground;
let gate: Gate;
let app: AppProcess;
const url = () => `http://127.0.0.1:${ground.env.PORT}`;
const lines = () => app.output().trim().split('\n');
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The app behind a gate to its database. */
async function start(extra: Record<string, string>, open: boolean): Promise<void> {
  ground = await freshGround({ LOG_LEVEL: 'info', ...extra });
  gate = await Gate.before(ground.env.DATABASE_URL!);
  if (!open) await gate.shut();
  app = spawnApp({ ...ground.env, DATABASE_URL: gate.url });
}
afterEach(async () => {
  app.child.kill('SIGTERM');
  await app.ended;
  await gate?.shut();
  await ground.clear();
}, 30_000);

test.each([['redis'], ['postgres']])(
  'while the database is away the port tells so, and then the app is behind it without having been away (queue on %s)',
  async (QUEUE_BACKEND) => {
    await start({ QUEUE_BACKEND }, false);
    await eventually(async () => expect((await fetch(`${url()}/health/live`)).status).toBe(200), 30_000);
    await eventually(async () => {
      const answer = await fetch(`${url()}/health/ready`);
      expect([answer.status, await answer.json()]).toEqual([
        503,
        {
          status: 'down',
          database: { status: 'down', detail: expect.stringContaining('ECONNREFUSED') as string },
          queue: { status: 'down', detail: 'waits for the database' },
        },
      ]);
    });
    for (const [method, path] of [
      ['GET', '/api/v1/conversations'],
      ['POST', '/webhooks/meta'],
    ] as const) {
      const answer = await fetch(url() + path, { method });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const page = await fetch(`${url()}/inbox`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('Tributary is starting: waiting for the database');

    let refused = 0;
    let over = false;
    const asking = (async () => {
      for (; !over; await sleep(20)) await fetch(`${url()}/health/live`).catch(() => refused++);
    })();
    await gate.open();
    await ready(app, ground.env);
    over = true;
    await asking;
    expect(refused).toBe(0);
    await Api.signIn(url(), adminEmail, adminPassword);
    const told = lines().filter((line) => line.includes('cannot reach the database'));
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told[0]).toContain(new URL(gate.url).host);
    expect(app.output()).not.toContain(new URL(gate.url).password);
  },
  90_000,
);

test('a signal while it waits ends it at once', async () => {
  await start({}, false);
  await eventually(async () => expect(app.output()).toContain('cannot reach the database'), 30_000);
  const asked = Date.now();
  app.child.kill('SIGTERM');
  expect(await app.ended).toBe(0);
  expect(Date.now() - asked).toBeLessThan(3_000);
}, 60_000);

test.each([
  ['a wrong password', (right: URL) => (right.password = 'certainly-wrong'), /password authentication failed/],
  ['a database that is not there', (right: URL) => (right.pathname = '/nowhere'), /database "nowhere" does not exist/],
])(
  '%s stops the start with a sentence',
  async (_, spoil, sentence) => {
    ground = await freshGround();
    const wrong = new URL(ground.env.DATABASE_URL!);
    spoil(wrong);
    app = spawnApp({ ...ground.env, DATABASE_URL: wrong.href });
    expect(await app.ended).toBe(1);
    expect(app.output()).toMatch(/cannot start:/);
    expect(app.output()).toMatch(sentence);
    expect(app.output()).not.toContain(wrong.password);
  },
  60_000,
);

test.each([['redis'], ['postgres']])(
  'a database that goes and comes back while the app runs costs no process and no browser its stream (queue on %s)',
  async (QUEUE_BACKEND) => {
    const outside = await Outside.start();
    await start({ ...outside.env, QUEUE_BACKEND }, true);
    const api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
    await api.post('/channels', outside.facebookChannel());
    await outside.meta.subscribe({ callbackUrl: `${url()}/webhooks/meta` });
    const abort = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const { type } of api.events(abort.signal)) heard.push(type);
    })().catch((error: Error) => expect(error.name).toBe('AbortError'));
    await eventually(async () => expect(heard).toContain('ready'));

    const before = lines().length;
    await gate.shut();
    outside.meta.customerWrites(outside.page, outside.meta.customer('Ada'), 'Is anybody there?');
    await eventually(async () => expect((await fetch(`${url()}/health/ready`)).status).toBe(503));
    for (const path of ['/api/v1/conversations', '/health/ready'])
      expect((await fetch(url() + path, { headers: api.headers })).status).toBe(503);
    expect(await tell(outside)).toEqual([503, 'application/problem+json', '5']);
    await sleep(8_000);
    expect(lines().length - before).toBeLessThan(25);
    await gate.open();
    await ready(app, ground.env);
    await eventually(async () => {
      expect((await api.all<Conversation>('/conversations')).map(({ preview }) => preview)).toEqual(['Is anybody there?']);
      expect(heard).toContain('message.created');
    }, 60_000);
    abort.abort();
    await listening;
    await outside.stop();
  },
  150_000,
);

/** Status, type and when to come again, as Meta hears them for a message that it hands over. */
async function tell({ page, env }: Outside): Promise<unknown[]> {
  const messaging = [{ sender: { id: '1' }, recipient: { id: page.id }, timestamp: Date.now(), message: { mid: 'm_lost', text: 'Lost?' } }];
  const body = JSON.stringify({ object: 'page', entry: [{ id: page.id, time: Date.now(), messaging }] });
  const signature = createHmac('sha256', env.META_APP_SECRET!).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
  const answer = await fetch(`${url()}/webhooks/meta`, { method: 'POST', body, headers });
  return [answer.status, answer.headers.get('content-type')?.split(';')[0], answer.headers.get('retry-after')];
}
