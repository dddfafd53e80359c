import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { main, Stop } from './command.mjs';
import { build, checkNode, installModules, node, root } from './project.mjs';
import { ensure } from './system-packages.mjs';

process.chdir(root);

await main(async (signal) => {
  checkNode();
  await checkPort(Number(process.env.PORT ?? 3000));
  await ensure(['redis', 'dovecot'], { signal });
  await installModules({ signal });
  await build({ signal });
  signal.throwIfAborted();
  return demo(signal);
});

function checkPort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', ({ code }) =>
      reject(new Stop(`Port ${port} cannot be used (${code}). Free it or choose another one, e.g. PORT=3001 npm run quickstart`)),
    );
    probe.listen(port, process.env.HOST ?? '127.0.0.1', () => probe.close(resolve));
  });
}

/** Runs the demo until it ends or is interrupted. The channel between us lets it notice when we are gone, kill -9 included. */
function demo(signal) {
  const child = spawn(node, ['dist/libs/simulators/src/demo/main.js'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Stop(`The demo could not be started: ${error.message}`)));
    child.on('exit', (code) => resolve(signal.aborted ? 130 : (code ?? 1)));
  });
}
