import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { guardedServer } from './guarded.mjs';

/** Starts a Redis of our own with an append-only file, as in production. Answers its URL and `stop()`. */
export async function startRedis(program) {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-redis-'));
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'yes',
    databases: 8192,
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stop } = await guardedServer(program, args, { folder: directory, ready: 'eady to accept connections' });
  return { url: `redis://127.0.0.1:${port}`, stop };
}
