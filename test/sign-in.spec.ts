import { Api } from './api.js';
import { adminEmail, adminPassword, freshGround, type House, openHouse } from './house.js';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 60_000);
afterAll(() => house?.stop(), 30_000);

const call = (path: string, init: RequestInit = {}) => fetch(`${house.url}/api/v1${path}`, init);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });

test('nobody gets in without signing in, and errors are problem+json', async () => {
  const refused = await call('/conversations');
  expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/problem+json; charset=utf-8']);
  expect(await refused.json()).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'Sign in first.' });
  expect((await call('/conversations', { headers: { authorization: 'Bearer trb_wrong' } })).status).toBe(401);
});

test('a wrong password and an unknown address are refused in the same words', async () => {
  const details = [];
  for (const email of [adminEmail, 'nobody@harbour-lamps.example']) {
    const refused = await post('/auth/login', { email, password: 'wrong' });
    details.push([refused.status, ((await refused.json()) as { detail: string }).detail]);
  }
  expect(details[0]).toEqual([401, 'The email address or the password is wrong.']);
  expect(details[1]).toEqual(details[0]);
});

test('a browser gets an http-only cookie, and needs the CSRF token to change anything', async () => {
  const login = await post('/auth/login', { email: adminEmail.toUpperCase(), password: adminPassword });
  const setCookie = login.headers.getSetCookie()[0]!;
  expect(setCookie).toMatch(/HttpOnly/);
  expect(setCookie).toMatch(/SameSite=Lax/);
  const cookie = setCookie.split(';')[0]!;
  const { csrfToken } = (await login.json()) as { csrfToken: string };
  expect(await (await call('/auth/me', { headers: { cookie } })).json()).toMatchObject({
    user: { email: adminEmail, role: 'admin' },
    csrfToken,
  });
  expect((await post('/teams', { name: 'Sales' }, { cookie })).status).toBe(403);
  expect((await post('/teams', { name: 'Sales' }, { cookie, 'x-csrf-token': csrfToken })).status).toBe(201);
  expect((await post('/auth/logout', {}, { cookie, 'x-csrf-token': csrfToken })).status).toBe(204);
  expect((await call('/auth/me', { headers: { cookie } })).status).toBe(401);
});

test('everybody decides for how long the web keeps their replies back, and what is left out of a change stays as it was', async () => {
  interface Me {
    undoSeconds: number;
    signature: string | null;
  }
  expect((await house.api.get<Me>('/auth/me')).body.undoSeconds).toBe(10);
  await house.api.patch('/auth/me', { signature: 'Ada' });
  expect((await house.api.patch<Me>('/auth/me', { undoSeconds: 30 })).body).toMatchObject({ undoSeconds: 30, signature: 'Ada' });
  expect((await house.api.patch<Me>('/auth/me', { undoSeconds: 0 })).body.undoSeconds).toBe(0);
  expect((await house.api.patch('/auth/me', { undoSeconds: 121 })).status).toBe(422);
  expect((await house.api.get<Me>('/auth/me')).body.undoSeconds).toBe(0);
});

test('what only admins may do is refused to agents by the server', async () => {
  const agent = { name: 'Bo', email: 'bo@harbour-lamps.example', password: 'a fine long password', role: 'agent' };
  await house.api.post('/users', agent);
  const bo = await Api.signIn(house.url, agent.email, agent.password);
  for (const refused of [
    await bo.post('/users', { ...agent, email: 'cy@harbour-lamps.example' }),
    await bo.post('/channels', { type: 'email', name: 'x', settings: {} }),
    await bo.get('/inbound-events'),
    await bo.delete('/channels/01a20196-0f5b-70e0-9d8e-a92c5447b845'),
  ])
    expect(refused.status).toBe(403);
  expect((await bo.get('/conversations')).status).toBe(200);
});

test('passwords and keys are kept as hashes only', async () => {
  const users = JSON.stringify((await house.api.get('/users')).body);
  expect(users).not.toMatch(/hash|password|argon/i);
});

test('the first visit makes the first admin, and only the first', async () => {
  const ground = await freshGround({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
  const app = await startApp(readConfig(ground.env));
  const send = (body: unknown) =>
    fetch(`${app.url}/api/v1/auth/setup`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  try {
    expect(await (await fetch(`${app.url}/api/v1/auth/setup`)).json()).toEqual({ needed: true });
    expect((await send({ name: 'Ada', email: 'ada@harbour-lamps.example', password: 'short' })).status).toBe(422);
    const visits = await Promise.all(
      [1, 2, 3].map((n) => send({ name: `Visitor ${n}`, email: `v${n}@harbour-lamps.example`, password: 'long enough it is' })),
    );
    expect(visits.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(await (await fetch(`${app.url}/api/v1/auth/setup`)).json()).toEqual({ needed: false });
  } finally {
    await app.stop();
    await ground.clear();
  }
}, 30_000);
