import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the child when our end of the pipe closes, which the kernel sees to however we die. */
const keeper = 'exec 3<&0; "$@" 3<&- </dev/null & child=$!; (cat <&3; kill $child) >/dev/null 2>&1 & wait $child';

/**
 * Starts a program that never outlives us; closing its `stdin` asks it to end. Its own process group keeps a terminal's
 * Ctrl-C from it, so that what hangs together is stopped in the right order.
 */
export function spawnKept(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; output: ['ignore' | 'inherit', 'inherit' | 'pipe'] },
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', keeper, 'keeper', program, ...args], {
    env: options.env ?? process.env,
    stdio: ['pipe', ...options.output],
    detached: true,
  });
  child.stdin?.on('error', () => child.kill());
  return child;
}
