import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { Api } from './api.js';
import { freePort } from './servers/free-port.mjs';

export { freePort };

declare const TEST_DATABASE: 'sqlite' | 'postgres';

export const adminEmail = 'admin@harbour-lamps.example';
export const adminPassword = 'a long enough password';

/** What an app needs beneath it, empty and its own: a directory, and on PostgreSQL a database and a number in Redis. */
export interface Ground {
  env: Record<string, string>;
  clear(): Promise<void>;
}

/** On the database of this run, or on the other one. */
export async function freshGround(extra: Record<string, string> = {}, kind = TEST_DATABASE): Promise<Ground> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  const common = {
    DATA_DIR: directory,
    PORT: String(await freePort()),
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    ALLOW_PRIVATE_HOSTS: 'true',
    IMAP_POLL_SECONDS: '2',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'fatal',
  };
  const clear = async () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  if (kind === 'sqlite') return { env: { ...common, ...extra }, clear };
  const [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
  return {
    env: { ...common, DATABASE_URL: database.url, ...(extra.QUEUE_BACKEND === 'postgres' ? {} : { REDIS_URL: redis }), ...extra },
    async clear() {
      await clear();
      await database.drop();
    },
  };
}

async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_POSTGRES_URL!;
  const name = `t_${randomBytes(8).toString('hex')}`;
  const run = async (sql: string) => {
    const client = new pg.Client(server);
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function freshRedis(): Promise<string> {
  const url = `${process.env.TEST_REDIS_URL}/${randomBytes(2).readUInt16BE() % 8192}`;
  const client = new Redis(url);
  await client.flushdb();
  client.disconnect();
  return url;
}

/** The app, running in this process on ground of its own. */
export interface House {
  url: string;
  api: Api;
  ground: Ground;
  stop(): Promise<void>;
}

export async function openHouse(extra: Record<string, string> = {}): Promise<House> {
  const ground = await freshGround(extra);
  const app = await startApp(readConfig(ground.env));
  const api = await Api.signIn(app.url!, adminEmail, adminPassword);
  return {
    url: app.url!,
    api,
    ground,
    async stop() {
      await app.stop();
      await ground.clear();
    },
  };
}

/** The built app as a process of its own, which can be killed. */
export interface AppProcess {
  child: ChildProcess;
  output: () => string;
  /** Resolves with the exit code, or null after a signal. */
  ended: Promise<number | null>;
}

export function spawnApp(env: Record<string, string>): AppProcess {
  const child = spawn(process.execPath, ['dist/src/main.js'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

/** Resolves once the process answers that it is ready; fails with its output when it ends instead. */
export async function ready(app: AppProcess, env: Record<string, string>): Promise<string> {
  const url = `http://127.0.0.1:${env.PORT}`;
  const ended = app.ended.then((code) => `ended with ${code}`);
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    const state = await Promise.race([ended, isReady(url)]);
    if (state === true) return url;
    if (typeof state === 'string') throw new Error(`The app ${state}:\n${app.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The app is not ready after 30 s:\n${app.output()}`);
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Waits until the check passes; after the time its last failure is the test's. */
export async function eventually<T>(check: () => Promise<T>, withinMs = 15_000): Promise<T> {
  for (const until = Date.now() + withinMs; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
