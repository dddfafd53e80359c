import { setTimeout as sleep } from 'node:timers/promises';
import { spawnKept } from '../kept-child.js';

/** The app, run as a process of its own like anywhere else. */
export interface AppProcess {
  /** Resolves with the exit code when the app has ended, for whatever reason. */
  ended: Promise<number>;
  /** Resolves when the app says it is ready; rejects when it ends before or takes longer than a minute. */
  ready(): Promise<void>;
  /** Asks it to end, and makes it after ten seconds. */
  stop(): Promise<void>;
}

/** Starts the built app with these environment variables; its log goes to our terminal. */
export function startApp(url: string, env: Record<string, string>): AppProcess {
  const child = spawnKept(process.execPath, ['dist/src/main.js'], { env: { ...process.env, ...env }, output: ['inherit', 'inherit'] });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  return {
    ended,
    async ready() {
      const deadline = Date.now() + 60_000;
      while (!(await answers(`${url}/health/ready`))) {
        if (child.exitCode !== null) throw new Error('The app ended before it was ready.');
        if (Date.now() > deadline) throw new Error('The app did not become ready within a minute.');
        await sleep(200);
      }
    },
    async stop() {
      child.stdin?.destroy();
      const late = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
