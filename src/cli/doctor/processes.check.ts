import { hostname } from 'node:os';
import { livingProcesses } from '../../health/heartbeat.js';
import type { RunningProcess } from '../../health/running-process.entity.js';
import { type Check, fail, ok } from './finding.js';

/** Who runs on this database now; nobody has to. */
export const processesCheck: Check = async ({ database }) => {
  const living = (await livingProcesses(await database)).filter(isAlive);
  if (!living.length) return [ok('processes', 'No Tributary runs on this database now.')];
  const roles = living.map(({ role, host, pid }) => `${role} on ${host} (${pid})`).join(', ');
  if (living.some(({ role }) => role !== 'api')) return [ok('processes', `Running: ${roles}.`)];
  return [fail('processes', `Running: ${roles}. None of them takes messages in or sends replies.`, 'Start a process with ROLE=worker.')];
};

/** One that was killed is heard of for some seconds more. */
function isAlive({ host, pid }: RunningProcess): boolean {
  if (host !== hostname()) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's, so it lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
