import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Channel, ChannelSecret } from '../src/channels/channel.entity.js';
import { Vault } from '../src/channels/vault.js';
import { readConfig } from '../src/config.js';
import { openDatabase } from '../src/database/data-source.js';
import { adminEmail, adminPassword, type AppProcess, freePort, freshGround, type Ground, ready, spawnApp } from './house.js';
import { Api } from './api.js';
import { imapPassword, Outside } from './outside.js';
import { launchRedis } from './servers/redis.mjs';

declare const TEST_DATABASE: 'sqlite' | 'postgres';

interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  advice: string | null;
}

let outside: Outside;
let ground: Ground;

beforeAll(async () => {
  outside = await Outside.start();
}, 60_000);
beforeEach(async () => {
  ground = await freshGround(outside.env);
});
afterEach(() => ground.clear());
afterAll(() => outside?.stop());

/** The command as a process of its own, in an environment. */
function doctor(env: Record<string, string>, ...words: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 60_000 };
    execFile(process.execPath, ['dist/src/cli/main.js', 'doctor', ...words], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, output: `${stdout}${stderr}` }),
    );
  });
}

async function examined(env: Record<string, string>): Promise<{ code: number; checks: Finding[]; failed: string[] }> {
  const { code, output } = await doctor(env, '--json');
  const { ok, checks } = JSON.parse(output) as { ok: boolean; checks: Finding[] };
  const failed = checks.filter(({ status }) => status === 'fail').map(({ check }) => check);
  expect([ok, code]).toEqual(failed.length ? [false, 1] : [true, 0]);
  return { code, checks, failed };
}

const of = (checks: Finding[], check: string) => checks.filter((finding) => finding.check === check);

describe('beside a running server', () => {
  let app: AppProcess;

  beforeEach(async () => {
    app = spawnApp(ground.env);
    await outside.connect(await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword));
  }, 60_000);
  afterEach(async () => {
    app.child.kill('SIGTERM');
    await app.ended;
  });

  test('all is well, every channel was tried, and nothing secret is printed', async () => {
    const { checks, failed } = await examined(ground.env);
    expect(failed).toEqual([]);
    for (const check of ['config', 'node', 'directory', 'key', 'disk', 'database', 'migrations', 'queue', 'address', 'work'])
      expect([check, of(checks, check)[0]?.status]).toEqual([check, 'ok']);
    expect(checks.filter(({ check }) => check.startsWith('channel ')).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(of(checks, 'processes')[0]!.detail).toMatch(new RegExp(`all on .* \\(${app.child.pid}\\)`));
    const { output } = await doctor(ground.env);
    expect(output).toMatch(/^ok {4}config: /m);
    expect(output).toMatch(/\d+ ok, \d+ warnings, 0 failed\.\n$/);
    expect(output).not.toContain('\u001b');
    const databasePassword = ground.env.DATABASE_URL && new URL(ground.env.DATABASE_URL).password;
    for (const secret of [imapPassword, adminPassword, ground.env.META_APP_SECRET, outside.page.accessToken, databasePassword])
      if (secret) expect(output).not.toContain(secret);
  }, 90_000);

  test('a mailbox whose password is wrong by now fails its channel only, in words that say what to do', async () => {
    const config = readConfig(ground.env);
    const [vault, database] = [Vault.open(config), await openDatabase(config)];
    const { id: channelId } = await database.manager.findOneByOrFail(Channel, { type: 'email' });
    const { sealed } = await database.manager.findOneByOrFail(ChannelSecret, { channelId });
    const changed = vault.open(sealed, channelId).replaceAll(imapPassword, 'the password of last year');
    await database.manager.update(ChannelSecret, { channelId }, { sealed: vault.seal(changed, channelId) });
    await database.destroy();
    const { checks, failed } = await examined(ground.env);
    expect(failed).toEqual(['channel support (email)']);
    expect(of(checks, failed[0]!)[0]!.detail).toMatch(/authenticat|password|log ?in/i);
    expect(of(checks, failed[0]!)[0]!.advice).toMatch(/Settings, Channels/);
    expect(JSON.stringify(checks)).not.toContain('the password of last year');
  }, 90_000);
});

describe('without a server', () => {
  test('what the first start will make is no failure', async () => {
    const { checks } = await examined(ground.env);
    expect(of(checks, 'address')[0]).toMatchObject({ status: 'warn', detail: expect.stringMatching(/does not answer/) });
    expect(of(checks, 'database')[0]).toMatchObject(TEST_DATABASE === 'sqlite' ? { status: 'warn' } : { status: 'ok' });
    if (TEST_DATABASE === 'postgres') expect(of(checks, 'migrations')[0]).toMatchObject({ status: 'warn' });
  }, 90_000);

  test('every wrong variable is told', async () => {
    const { checks, failed } = await examined({ ...ground.env, PORT: 'http', ROLE: 'boss' });
    expect(failed).toEqual(['config', 'config']);
    expect(checks.map(({ detail }) => detail).join(' ')).toMatch(/PORT="http".*ROLE="boss"/);
  }, 90_000);

  test('a Redis that would throw jobs away fails', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tributary-forgetful-'));
    const port = await freePort();
    const redis = await launchRedis('redis-server', { port, directory });
    try {
      const client = new Redis(port);
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru', 'appendonly', 'no');
      client.disconnect();
      const { checks, failed } = await examined({ ...ground.env, REDIS_URL: `redis://127.0.0.1:${port}` });
      expect(failed).toContain('redis policy');
      expect(of(checks, 'redis policy')[0]).toMatchObject({
        detail: expect.stringMatching(/allkeys-lru/),
        advice: expect.stringMatching(/noeviction/),
      });
      expect(of(checks, 'redis persistence')[0]).toMatchObject({ status: 'warn' });
    } finally {
      await redis.stop();
      await rm(directory, { recursive: true });
    }
  }, 90_000);

  test('a Redis that is not there fails', async () => {
    const { checks, failed } = await examined({ ...ground.env, REDIS_URL: `redis://:sesame-open@127.0.0.1:${await freePort()}` });
    expect(failed).toContain('queue');
    expect(of(checks, 'queue')[0]!.detail).toMatch(/ECONNREFUSED/);
    expect(JSON.stringify(checks)).not.toContain('sesame-open');
  }, 90_000);

  test('a database that cannot be opened fails', async () => {
    const broken =
      TEST_DATABASE === 'postgres'
        ? { DATABASE_URL: `postgres://postgres:sesame-open@127.0.0.1:${await freePort()}/inbox` }
        : await writeFile(join(ground.env.DATA_DIR!, 'tributary.sqlite'), 'this is no database, and never was one'.repeat(200)).then(
            () => ({}),
          );
    const { checks, failed } = await examined({ ...ground.env, ...broken });
    expect(failed).toContain('database');
    expect(JSON.stringify(checks)).not.toContain('sesame-open');
  }, 90_000);

  test('tables of an older version fail, and are left as they are', async () => {
    const database = await openDatabase(readConfig(ground.env));
    await database.undoLastMigration({ transaction: 'each' });
    await database.destroy();
    for (let twice = 0; twice < 2; twice++) {
      const { checks, failed } = await examined(ground.env);
      expect(failed).toEqual(['migrations']);
      expect(of(checks, 'migrations')[0]!.advice).toMatch(/tributary migrate/);
    }
  }, 90_000);

  test('a directory that cannot be written fails', async () => {
    const directory = join(ground.env.DATA_DIR!, 'locked');
    await mkdir(directory, { mode: 0o700 });
    await chmod(directory, 0o500);
    // Nothing keeps root out, except where nobody can make a file.
    const { checks, failed } = await examined({ ...ground.env, DATA_DIR: process.getuid!() === 0 ? '/proc/self' : directory });
    expect(failed).toContain('directory');
    expect(of(checks, 'directory')[0]!.advice).toMatch(/chown/);
  }, 90_000);

  test('a key that others can read fails', async () => {
    const key = join(ground.env.DATA_DIR!, 'secret.key');
    await writeFile(key, Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
    await chmod(key, 0o644);
    const { checks, failed } = await examined(ground.env);
    expect(failed).toContain('key');
    expect(of(checks, 'key')[0]!.advice).toBe(`chmod 600 ${key}`);
  }, 90_000);
});
