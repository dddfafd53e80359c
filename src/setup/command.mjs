import { spawn } from 'node:child_process';

/** A failure told in one sentence to the person at the terminal; it needs no stack trace. */
export class Stop extends Error {}

/** Aborts when somebody wants us gone: Ctrl-C, a kill, or the terminal closing. `reason` is the signal's name. */
export function interruption() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => controller.abort(signal));
  return controller.signal;
}

/**
 * Runs a command to its end without its chatter: what it printed is shown only when it fails.
 * `loud` passes the terminal through instead, for commands that may ask for a password.
 */
export function run(command, args, { signal, loud = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: loud ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
    child.on('error', (error) => reject(new Stop(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, by) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(new Stop('Stopped.'));
      else if (code === 0) resolve(printed);
      else reject(new Stop(`${printed.trim()}\n\n"${[command, ...args].join(' ')}" failed (${by ?? `exit code ${code}`}).`.trim()));
    });
  });
}

/** Runs a script's steps; a {@link Stop} ends it with its sentence. Exit codes: 130 after Ctrl-C, 1 after a failure, else what `steps` returns. */
export async function main(steps) {
  const signal = interruption();
  try {
    process.exitCode = await steps(signal);
  } catch (error) {
    if (!signal.aborted) console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exitCode = signal.aborted ? 130 : 1;
  }
}
