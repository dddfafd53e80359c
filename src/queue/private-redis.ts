import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import Database from 'better-sqlite3';
import { Redis } from 'ioredis';

const logger = new Logger('redis');

/**
 * Ends the server when our end of the pipe closes, which the system sees to however we die.
 * `$1` names the server's program, the rest are its arguments.
 */
const guardian = `exec 3<&0; "$@" 3<&- </dev/null & redis=$!; (cat <&3 >/dev/null; kill $redis 2>/dev/null) & wait $redis`;

const firstPatienceMs = 5_000;
/** One that dies again and again, e.g. because the disk is full, is started with growing pauses. */
const pausesMs = [500, 1_000, 2_000, 5_000, 15_000, 30_000];
const steadyMs = 60_000;

/** A Redis of our own: a child process on a unix socket, with its append-only file under the data directory. */
export class PrivateRedis {
  private child?: ChildProcess;
  private stopping = false;
  private deaths = 0;

  private constructor(
    private readonly program: string,
    private readonly directory: string,
    readonly socket: string,
    private readonly lock: Database.Database,
  ) {}

  /** Starts it and waits a little until it answers. Throws with a sentence when no server program is installed or another app owns the directory. */
  static async start(dataDir: string): Promise<PrivateRedis> {
    const directory = join(dataDir, 'redis');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const redis = new PrivateRedis(findProgram(), directory, socketPath(directory), lockDirectory(directory));
    await redis.endLeftover();
    redis.spawn();
    await redis.ready();
    return redis;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.destroy();
      await gone;
    }
    this.lock.close();
  }

  private spawn(): void {
    const flags = Object.entries({
      port: '0',
      unixsocket: this.socket,
      unixsocketperm: '700',
      dir: this.directory,
      save: '',
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      loglevel: 'warning',
    }).flatMap(([name, value]) => [`--${name}`, value]);
    // Detached, because a terminal's Ctrl-C goes to the whole group and would end Redis before the jobs in hand are done.
    this.child = spawn('/bin/sh', ['-c', guardian, 'sh', this.program, ...flags], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    this.child.on('error', (error) => logger.error({ error: error.message }, 'cannot start the private Redis'));
    const startedAt = Date.now();
    this.child.once('exit', (code, signal) => this.onDeath(code, signal, Date.now() - startedAt));
  }

  private onDeath(code: number | null, signal: string | null, livedMs: number): void {
    if (this.stopping) return;
    if (livedMs > steadyMs) this.deaths = 0;
    const nextTryMs = pausesMs[Math.min(this.deaths++, pausesMs.length - 1)]!;
    logger.error({ code, signal, nextTryMs }, 'the private Redis ended; starting it again. Its own messages are above');
    setTimeout(() => !this.stopping && this.spawn(), nextTryMs).unref();
  }

  /** After a `kill -9` of the app the old server may still be writing its file out: two on one file would spoil it. */
  private async endLeftover(): Promise<void> {
    for (const until = Date.now() + 20_000; Date.now() < until; await pause(50)) {
      const answer = await this.ask((client) => client.shutdown());
      if (answer === 'nobody there') return rmSync(this.socket, { force: true });
    }
    throw new Error(`An old private Redis on ${this.socket} does not stop. End it and start again.`);
  }

  /** It may have a long file to read, or die: the app does not wait for that, its database holds what waits. */
  private async ready(): Promise<void> {
    for (const until = Date.now() + firstPatienceMs; Date.now() < until; await pause(25)) {
      if ((await this.ask((client) => client.ping())) === 'PONG') return;
    }
    logger.error({ program: this.program }, 'the private Redis does not answer yet; starting without it');
  }

  private async ask(command: (client: Redis) => Promise<unknown>): Promise<unknown> {
    const client = new Redis({ path: this.socket, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined); // The outcome of connect and command says it all.
    try {
      await client.connect();
    } catch {
      return 'nobody there';
    }
    return command(client)
      .catch((error: Error) => error.message)
      .finally(() => client.disconnect());
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The server program of Redis or of its fork. Throws with a sentence when there is none. */
export function findProgram(): string {
  for (const name of ['redis-server', 'valkey-server']) {
    try {
      return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      continue;
    }
  }
  throw new Error(
    'Neither redis-server nor valkey-server is installed. Install one (Debian: apt install redis-server, Mac: brew install redis), ' +
      'or set REDIS_URL, or set QUEUE_BACKEND=postgres with DATABASE_URL.',
  );
}

/** The system limits a socket's path to about 100 bytes, so a deep data directory gets a short one elsewhere. */
export function socketPath(directory: string): string {
  const own = join(directory, 'redis.sock');
  if (Buffer.byteLength(own) < 100) return own;
  const short = join(tmpdir(), `tributary-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  return join(short, 'redis.sock');
}

/** An exclusive lock that the system releases when we die, however we die. */
function lockDirectory(directory: string): Database.Database {
  const lock = new Database(join(directory, 'owner.lock'), { timeout: 2000 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw new Error(`Another Tributary runs on ${directory}. Stop it, or give this one its own DATA_DIR.`, { cause: error });
  }
}
