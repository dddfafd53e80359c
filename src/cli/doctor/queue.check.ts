import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Config } from '../../config.js';
import { policyFault, redisFact } from '../../health/redis-facts.js';
import { findProgram, socketPath } from '../../queue/private-redis.js';
import { addressOf, reason } from '../../reason.js';
import { type Check, fail, type Finding, megabytes, ok, warn } from './finding.js';

const patienceMs = 5_000;

/** Where jobs wait: reachable, and kept. */
export const queueCheck: Check = async ({ config, database }) => {
  if (config.QUEUE_BACKEND === 'postgres') return inPostgres(await database.then((opened) => opened.query<unknown[]>(bullmqTables)));
  if (config.REDIS_URL) return redis(config.REDIS_URL, `Redis at ${addressOf(config.REDIS_URL)}`);
  return own(config);
};

const bullmqTables = `SELECT 1 FROM information_schema.tables WHERE table_schema = 'bullmq' LIMIT 1`;

const inPostgres = (tables: unknown[]): Finding[] => [
  tables.length
    ? ok('queue', 'It is in the database.')
    : warn('queue', 'Its tables are not in the database yet.', 'The first start makes them.'),
];

/** Our own runs while we do. */
async function own({ DATA_DIR }: Config): Promise<Finding[]> {
  const program = findProgram();
  const directory = join(resolve(DATA_DIR), 'redis');
  if (!existsSync(directory)) return [ok('queue', `A private Redis will start with the server: ${program}`)];
  const socket = socketPath(directory);
  return existsSync(socket) ? redis(socket, 'The private Redis') : [ok('queue', `The private Redis starts with the server: ${program}`)];
}

async function redis(address: string, name: string): Promise<Finding[]> {
  const client = new Redis(address, { lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: patienceMs, retryStrategy: () => null });
  let trouble: unknown = null;
  client.on('error', (error) => (trouble ??= error));
  try {
    await client.connect();
    return redisFindings(await client.info(), name);
  } catch (error) {
    const advice = 'Is it running, and are host, port and password in REDIS_URL right? Until then jobs wait in the database.';
    return [fail('queue', `${name} cannot be reached: ${reason(trouble ?? error)}`, advice)];
  } finally {
    client.disconnect();
  }
}

function redisFindings(info: string, name: string): Finding[] {
  const [version, used] = [redisFact(info, 'redis_version') ?? 'of unknown version', Number(redisFact(info, 'used_memory'))];
  const most = Number(redisFact(info, 'maxmemory'));
  const memory = `${megabytes(used)} in use${most ? ` of ${megabytes(most)}` : ''}`;
  const findings = [ok('queue', `${name}, version ${version}, ${memory}.`)];
  const fault = policyFault(info);
  if (fault) findings.push(fail('redis policy', fault, 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.'));
  if (most && used > 0.8 * most)
    findings.push(warn('redis memory', `${memory}: it soon takes no jobs.`, 'Raise maxmemory. What finds no place waits in the database.'));
  if (redisFact(info, 'aof_enabled') === '0')
    findings.push(
      warn(
        'redis persistence',
        'It forgets its jobs when it restarts.',
        'Set appendonly yes: nothing would be lost, but work would be late.',
      ),
    );
  if (redisFact(info, 'aof_last_write_status') === 'err')
    findings.push(fail('redis persistence', 'It cannot write its append-only file.', 'Make room on the disk of Redis.'));
  if (redisFact(info, 'role') === 'slave')
    findings.push(fail('redis role', 'It is a replica, and takes no writes.', 'REDIS_URL must name the primary.'));
  return findings;
}
