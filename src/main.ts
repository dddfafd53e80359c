import { startApp } from './app.js';
import { ConfigError, readConfig } from './config.js';

const patienceMs = 8_000;

// What we write is customers' mail: nobody else on this machine may read it.
process.umask(0o077);

try {
  const app = await startApp(readConfig(process.env));
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    // A platform that hangs must not keep us: what is under way then is looked for at the next start.
    setTimeout(() => process.exit(0), patienceMs).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => fail('did not stop cleanly', error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  fail('cannot start', error);
}

function fail(what: string, error: unknown): never {
  const lines = error instanceof ConfigError ? error.faults : [reason(error)];
  process.stderr.write(`Tributary ${what}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}

/** A refused connection comes as an error without words around one error per address that was tried. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reason(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}
