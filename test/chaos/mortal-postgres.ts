import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guarded } from '../servers/guarded.mjs';
import { type Cluster, makeCluster } from '../servers/postgres.mjs';

// What was committed outlives the server's death without fsync, but not without waiting for the commit to be written at all.
const settings = ['fsync=off', 'max_connections=150'];

/** A PostgreSQL cluster of our own that can be shut down on the spot, and comes back with what was committed. */
export class MortalPostgres {
  private constructor(
    private readonly cluster: Cluster,
    private readonly logFile: string,
    private server: Guarded,
  ) {}

  static async start(initdb: string, logFile: string): Promise<MortalPostgres> {
    const cluster = await makeCluster(initdb);
    return new MortalPostgres(cluster, logFile, await launch(cluster, logFile));
  }

  get url(): string {
    return this.cluster.url;
  }

  /** "Immediate" shutdown: no client is waited for, nothing is tidied up; the next start recovers. */
  async restart(pauseMs: number): Promise<void> {
    const [pid] = (await readFile(join(this.cluster.data, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGQUIT');
    await this.server.ended;
    await sleep(pauseMs);
    this.server = await launch(this.cluster, this.logFile);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.cluster.directory, { recursive: true, force: true });
  }
}

async function launch(cluster: Cluster, logFile: string): Promise<Guarded> {
  const server = await cluster.launch(settings);
  const log = createWriteStream(logFile, { flags: 'a' });
  for (const stream of [server.child.stdout, server.child.stderr]) stream.pipe(log, { end: false });
  return server;
}
