import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { eventually, freshGround, type Ground, ready, spawnApp } from '../house.js';

let ground: Ground;
beforeEach(async () => {
  ground = await freshGround({ DATABASE_URL: '', REDIS_URL: '' });
});
afterEach(() => ground.clear());

/** The processes of this ground's Redis. */
const servers = () => {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(join(ground.env.DATA_DIR!, 'redis')));
};

test('the private Redis never outlives the app, even after kill -9, and the next start finds its place free', async () => {
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    const app = spawnApp(ground.env);
    await ready(app, ground.env);
    expect(servers().length).toBeGreaterThan(0);
    app.child.kill(signal);
    expect(await app.ended).toBe(signal === 'SIGKILL' ? null : 0);
    await eventually(async () => expect(servers()).toEqual([]));
  }
});

test('a second app on the same directory is refused with a sentence, and the first goes on', async () => {
  const first = spawnApp(ground.env);
  await ready(first, ground.env);
  const second = spawnApp({ ...ground.env, PORT: '0' });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('Another Tributary runs on');
  expect((await fetch(`http://127.0.0.1:${ground.env.PORT}/health/ready`)).status).toBe(200);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
});

test('a Redis that dies under the app is started again, and the app is ready again', async () => {
  const app = spawnApp(ground.env);
  const url = await ready(app, ground.env);
  const pid = servers()
    .find((line) => !line.includes('/bin/sh'))!
    .trim()
    .split(' ')[0]!;
  process.kill(Number(pid), 'SIGKILL');
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200));
  await eventually(async () => {
    const now = servers().find((line) => !line.includes('/bin/sh'));
    expect(now).toBeDefined();
    expect(now).not.toContain(` ${pid} `);
  });
  app.child.kill('SIGTERM');
  expect(await app.ended).toBe(0);
});
