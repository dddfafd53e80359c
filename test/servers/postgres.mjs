import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../src/setup/command.mjs';
import { freePort } from './free-port.mjs';
import { guardedServer } from './guarded.mjs';

// What a crash would cost does not matter in a cluster that lives for one test run.
const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

/** Starts a PostgreSQL cluster of our own, given the path of `initdb`. Answers the URL of its `postgres` database and `stop()`. */
export async function startPostgres(initdb) {
  const cluster = await makeCluster(initdb);
  const { stop } = await cluster.launch(careless, { folder: cluster.directory });
  return { url: cluster.url, stop };
}

/**
 * Makes an empty cluster, given the path of `initdb`. `launch(settings, options)` starts its server, now and after each of its ends,
 * with the options of `guardedServer`; `data` is its directory.
 */
export async function makeCluster(initdb) {
  const user = unprivileged();
  const directory = await mkdtemp(join(tmpdir(), 'tributary-postgres-'));
  const [data, passwordFile, password] = [join(directory, 'data'), join(directory, 'password'), randomUUID()];
  await writeFile(passwordFile, password);
  for (const path of user ? [directory, passwordFile] : []) await chown(path, user.uid, user.gid);
  const as = { ...user, cwd: directory };
  const access = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth-local=trust', '--auth-host=scram-sha-256'];
  await run(initdb, ['-D', data, '-E', 'UTF8', '--locale=C', '--no-sync', ...access], as);
  const port = await freePort();
  const place = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${directory}`];
  const launch = (settings, options) => {
    const args = ['-D', data, ...[...settings, ...place].flatMap((setting) => ['-c', setting])];
    // PostgreSQL's "fast" stop; TERM would wait for every client to leave.
    const how = { ...as, stopSignal: 'INT', ready: 'ready to accept connections', ...options };
    return guardedServer(join(dirname(initdb), 'postgres'), args, how);
  };
  return { directory, data, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, launch };
}

/** PostgreSQL refuses to run as root; root runs it as the user that its package made. */
function unprivileged() {
  if (process.getuid() !== 0) return undefined;
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
