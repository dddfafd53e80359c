import { Browsers, desk, signIn } from './browsers.js';
import { adminEmail, adminPassword, eventually, freshGround, type House, openHouse, ready, spawnApp } from './house.js';

let house: House;
const agent = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'a fine long password', role: 'agent' };

beforeAll(async () => {
  house = await openHouse();
  await house.api.post('/users', agent);
}, 60_000);
afterAll(() => house?.stop());

const pause = '/admin/queues/api/queues/inbound/pause';
const resume = '/admin/queues/api/queues/inbound/resume';

const ask = (path: string, init: RequestInit = {}) => fetch(`${house.url}${path}`, { redirect: 'manual', ...init });

async function cookieOf(email: string, password: string): Promise<string> {
  const body = JSON.stringify({ email, password });
  const login = await ask('/api/v1/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return login.headers.getSetCookie()[0]!.split(';')[0]!;
}

test('strangers get nothing of it, and a browser is shown to the sign-in', async () => {
  const page = await (await ask('/admin/queues', { headers: { cookie: await cookieOf(adminEmail, adminPassword) } })).text();
  const script = /src="(static\/js\/[^"]+)"/.exec(page)![1]!;
  for (const path of ['/admin/queues', '/admin/queues/', '/admin/queues/api/queues', `/admin/queues/${script}`])
    expect([path, (await ask(path)).status]).toEqual([path, 401]);
  const browser = await ask('/admin/queues/queue/inbound', { headers: { accept: 'text/html' } });
  expect([browser.status, browser.headers.get('location')]).toEqual([302, '/login?then=%2Fadmin%2Fqueues%2Fqueue%2Finbound']);
  expect((await ask('/admin/queues', { headers: { authorization: 'Bearer trb_wrong', accept: '*/*' } })).status).toBe(401);
});

test('who is no admin gets nothing of it either', async () => {
  const cookie = await cookieOf(agent.email, agent.password);
  for (const path of ['/admin/queues', '/admin/queues/api/queues'])
    expect((await ask(path, { headers: { cookie, accept: 'text/html' } })).status).toBe(403);
});

test('a change must come from our own pages: another site cannot make an admin’s browser hold a queue', async () => {
  const cookie = await cookieOf(adminEmail, adminPassword);
  for (const origin of ['https://elsewhere.example', 'null', undefined]) {
    const headers = { cookie, ...(origin && { origin }) };
    expect((await ask(pause, { method: 'PUT', headers })).status).toBe(403);
  }
  expect((await ask(pause, { method: 'PUT', headers: { cookie, origin: house.url } })).status).toBe(200);
  const paused = async () => /tributary_queue_paused\{queue="inbound"\} (\d)/.exec(await (await ask('/metrics')).text())?.[1];
  expect(await paused()).toBe('1');
  expect((await ask(resume, { method: 'PUT', headers: { cookie, origin: house.url } })).status).toBe(200);
  expect(await paused()).toBe('0');
});

test('an admin’s browser sees the queues after signing in, and the page keeps to our content policy', async () => {
  const ground = await freshGround();
  const app = spawnApp(ground.env);
  const browsers = await Browsers.launch(await ready(app, ground.env));
  try {
    const { page } = await browsers.open(desk);
    await page.goto('/admin/queues');
    await page.waitForURL(/\/login\?then=/);
    await signIn(page);
    await page.waitForURL(/\/admin\/queues/);
    for (const name of ['inbound', 'outbound']) await page.getByRole('link', { name }).first().waitFor();
    await page.getByRole('link', { name: 'outbound' }).first().click();
    await page.waitForURL(/\/admin\/queues\/queue\/outbound/);
    await eventually(async () => expect(await page.getByText(/^Waiting/i).count()).toBeGreaterThan(0));
    expect(browsers.complaints).toEqual([]);
  } finally {
    await browsers.close();
    app.child.kill('SIGTERM');
    await app.ended;
    await ground.clear();
  }
}, 60_000);
