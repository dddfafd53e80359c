import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../servers/free-port.mjs';
import type { Guarded } from '../servers/guarded.mjs';
import { launchRedis } from '../servers/redis.mjs';

/** A Redis that can die, forget, and be put back to an older state. */
export interface MortalRedis {
  /** kill -9; it is back after a pause. */
  kill(pauseMs: number): Promise<void>;
  flush(): Promise<void>;
  /** Keeps a copy of its files as they are now. */
  copy(): Promise<void>;
  /** It comes back as it was when the copy was made. */
  putBack(): Promise<void>;
  stop(): Promise<void>;
}

const files = 'appendonlydir';

/** One of several processes' own, on a port. */
export class SharedRedis implements MortalRedis {
  private constructor(
    private readonly program: string,
    private readonly place: { port: number; directory: string },
    private server: Guarded,
  ) {}

  static async start(program: string): Promise<SharedRedis> {
    const place = { port: await freePort(), directory: await mkdtemp(join(tmpdir(), 'tributary-chaos-redis-')) };
    return new SharedRedis(program, place, await launchRedis(program, place));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.place.port}`;
  }

  async kill(pauseMs: number, meanwhile?: () => Promise<void>): Promise<void> {
    process.kill(-this.server.child.pid!, 'SIGKILL');
    await this.server.ended;
    await meanwhile?.();
    await sleep(pauseMs);
    this.server = await launchRedis(this.program, this.place);
  }

  flush = () => flushAll({ port: this.place.port });
  copy = () => copyFiles(this.place.directory);
  putBack = () => this.kill(500, () => restoreFiles(this.place.directory));

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.place.directory, { recursive: true, force: true });
  }
}

/** The app's own child, which the app starts again by itself. To put it back to an older state the app has to stop as well. */
export class PrivateRedisOfApp implements MortalRedis {
  private readonly directory: string;

  constructor(
    dataDir: string,
    private readonly whileAppIsDead: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.directory = join(dataDir, 'redis');
  }

  async kill(): Promise<void> {
    process.kill(await this.pid(), 'SIGKILL');
  }

  flush = () => flushAll(this.socket);
  copy = () => copyFiles(this.directory);

  putBack(): Promise<void> {
    return this.whileAppIsDead(async () => {
      // It notices the death of its app, and ends.
      while (await this.pid().then(Boolean, () => false)) await sleep(50);
      await restoreFiles(this.directory);
    });
  }

  async stop(): Promise<void> {
    // It goes with its app.
  }

  private get socket() {
    return { path: join(this.directory, 'redis.sock') };
  }

  private async pid(): Promise<number> {
    return once(this.socket, async (client) => Number(/process_id:(\d+)/.exec(await client.info('server'))![1]));
  }
}

const flushAll = (where: object) => once(where, async (client) => void (await client.flushall()));

async function once<T>(where: object, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ ...where, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined); // The outcome of connect and command says it all.
  await client.connect();
  return work(client).finally(() => client.disconnect());
}

async function copyFiles(directory: string): Promise<void> {
  await rm(join(directory, 'copy'), { recursive: true, force: true });
  await cp(join(directory, files), join(directory, 'copy'), { recursive: true });
}

async function restoreFiles(directory: string): Promise<void> {
  await rm(join(directory, files), { recursive: true, force: true });
  await cp(join(directory, 'copy'), join(directory, files), { recursive: true });
}
