import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/**
 * A Node process whose use of the machine is read from /proc (Linux) while it runs. `cpuMs` counts all its threads;
 * `peakRssMb` is the most memory it ever had at once.
 */
export function measuredProcess(script, { env = {}, args = [] } = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return {
    usage: () => ({ cpuMs: cpuMs(child.pid), peakRssMb: peakRssMb(child.pid) }),
    output: () => output,
    ended: once(child, 'exit').then(([code]) => code),
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM');
      await this.ended;
    },
  };
}

function cpuMs(pid) {
  // The name in brackets may hold spaces; user and system time are the 12th and 13th field after it (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

function peakRssMb(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
