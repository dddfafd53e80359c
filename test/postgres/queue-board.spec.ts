import { type House, openHouse } from '../house.js';

let house: House;

beforeAll(async () => {
  house = await openHouse({ QUEUE_BACKEND: 'postgres' });
}, 60_000);
afterAll(() => house?.stop());

test('the dashboard and the metrics of the queues are the same where PostgreSQL holds them', async () => {
  const { key } = (await house.api.post<{ key: string }>('/api-keys', { name: 'dashboard' })).body;
  const ask = (path: string, method = 'GET') =>
    fetch(`${house.url}/admin/queues/api/${path}`, { method, headers: { authorization: `Bearer ${key}` } });
  const { queues } = (await (await ask('queues')).json()) as { queues: Array<{ name: string; counts: Record<string, number> }> };
  expect(queues.map(({ name, counts }) => [name, counts.waiting])).toEqual([
    ['inbound', 0],
    ['outbound', 0],
  ]);
  expect(await (await ask('redis/stats')).json()).toMatchObject({ backend: 'postgres' });
  expect((await ask('queues/outbound/pause', 'PUT')).status).toBe(200);
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  expect(metrics).toMatch(/tributary_up\{dependency="queue"\} 1/);
  expect(metrics).toMatch(/tributary_queue_paused\{queue="outbound"\} 1/);
  expect(metrics).toMatch(/tributary_queue_oldest_job_age_seconds\{queue="inbound",state="waiting"\} 0/);
  expect((await ask('queues/outbound/resume', 'PUT')).status).toBe(200);
  expect((await fetch(`${house.url}/health/ready`)).status).toBe(200);
});
