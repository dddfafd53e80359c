import { spawn } from 'node:child_process';

// Beside the program, a reader waits for the end of stdin, which comes when we close it or die of anything, kill -9 included.
// Then the program gets its signal, and ten seconds later all that is left of the process group dies.
// A program that ended takes its leftover children along.
const guard = `
  signal=$1 folder=$2; shift 2
  exec 3<&0
  "$@" </dev/null 3<&- & program=$!
  (
    read -r _ <&3
    kill -s "$signal" "$program" 2>/dev/null
    for _ in $(seq 100); do sleep 0.1; kill -0 "$program" 2>/dev/null || exit; done
    [ -z "$folder" ] || rm -rf "$folder"
    kill -s KILL 0
  ) &
  wait "$program" 2>/dev/null; code=$?
  trap '' TERM
  kill -s TERM 0
  [ -z "$folder" ] || rm -rf "$folder"
  exit "$code"
`;

/**
 * Runs a program that must not outlive this process: it is told `stopSignal` as soon as this process is gone, whatever ended it.
 * `folder` is removed with it; `loud` shows its output instead of keeping it. `ended` resolves with the exit code.
 */
export function guarded(command, args, { stopSignal = 'TERM', folder = '', loud = false, ...options } = {}) {
  const output = loud ? 'inherit' : 'pipe';
  // A process group of its own: Ctrl-C reaches us alone, and we stop things in their order.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', stopSignal, folder, command, ...args], {
    ...options,
    stdio: ['pipe', output, output],
    detached: true,
  });
  const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  const stop = () => {
    child.stdin.end();
    return ended;
  };
  return { child, ended, stop };
}

/** Runs a server like {@link guarded} and waits until it prints `ready`; throws with what it printed instead after 30 s or at its end. */
export async function guardedServer(command, args, { ready, ...options }) {
  const server = guarded(command, args, options);
  let printed = '';
  const up = new Promise((resolve) => {
    for (const stream of [server.child.stdout, server.child.stderr]) {
      stream.on('data', (chunk) => (printed = (printed + chunk).slice(-10_000)).includes(ready) && resolve(true));
    }
  });
  const late = setTimeout(server.stop, 30_000);
  const started = await Promise.race([up, server.ended.then(() => false)]);
  clearTimeout(late);
  if (!started) throw new Error(`${command} did not start:\n${printed}`);
  return server;
}
