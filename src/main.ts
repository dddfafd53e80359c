import { startApp } from './app.js';
import { ConfigError, readConfig } from './config.js';

try {
  const app = await startApp(readConfig(process.env));
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  const lines = error instanceof ConfigError ? error.faults : [(error as Error).message];
  process.stderr.write(`Tributary cannot start:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}
