import { Logger } from '@nestjs/common';
import { type RunningApp, startApp } from './app.js';
import { ConfigError, readConfig } from './config.js';
import { isOutage } from './outage.js';
import { reason } from './reason.js';

/** Docker kills after ten seconds; so does who waits for us elsewhere. */
const patienceMs = 9_500;

// What we write is customers' mail: nobody else on this machine may read it.
process.umask(0o077);

const leaving = new AbortController();
let app: RunningApp | undefined;
let exitCode = 0;
let ending = false;
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('unhandledRejection', onStray);
process.on('uncaughtException', onStray);

try {
  app = await startApp(readConfig(process.env), leaving.signal);
  if (leaving.signal.aborted) end();
} catch (error) {
  if (!leaving.signal.aborted) fail('cannot start', error);
  process.exit(0);
}

/** A second signal does not wait for anything. */
function stop(): void {
  if (leaving.signal.aborted) process.exit(130);
  leaving.abort();
  end();
}

/** What hangs must not keep us: what is under way then is looked for at the next start. */
function end(): void {
  setTimeout(() => process.exit(exitCode), patienceMs).unref();
  // A fault while it stops must not have it stop a second time at once.
  if (!app || ending) return;
  ending = true;
  app.stop().then(
    () => process.exit(exitCode),
    (error: unknown) => fail('did not stop cleanly', error),
  );
}

/** A server that is away fails many things at once, and whoever missed one of them must not cost us the process. */
function onStray(error: unknown): void {
  const logger = new Logger('app');
  if (isOutage(error)) return logger.warn({ error: reason(error) }, 'a failure that nobody waited for; going on');
  logger.fatal(error, 'a fault of ours; stopping');
  exitCode = 1;
  if (!app) process.exit(1);
  leaving.abort();
  end();
}

function fail(what: string, error: unknown): never {
  const lines = error instanceof ConfigError ? error.faults : [reason(error)];
  process.stderr.write(`Tributary ${what}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}
