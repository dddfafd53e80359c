import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { guardedServer } from './guarded.mjs';

/** Starts a Redis of our own with an append-only file, as in production. Answers its URL and `stop()`. */
export async function startRedis(program) {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-redis-'));
  const port = await freePort();
  const { stop } = await launchRedis(program, { port, directory }, { folder: directory });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** Starts a Redis on a port, over what an earlier one left in the directory; the options are those of `guardedServer`. */
export function launchRedis(program, { port, directory }, options = {}) {
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
  return guardedServer(program, args, { ready: 'eady to accept connections', ...options });
}
