import { spawn } from 'node:child_process';
import { main } from './command.mjs';
import { checkNode, installModules, node, root } from './project.mjs';
import { ensure } from './system-packages.mjs';

process.chdir(root);

/** The server, restarted at every change of src or libs, beside Vite, which serves the web with hot reload and passes API calls on. */
const watchers = [
  ['node_modules/@nestjs/cli/bin/nest.js', 'start', '--watch', '--preserveWatchOutput'],
  ['node_modules/vite/bin/vite.js', 'web'],
];

await main(async (signal) => {
  checkNode();
  await ensure(['redis'], { signal });
  await installModules({ signal });
  signal.throwIfAborted();
  const children = watchers.map((args) => spawn(node, args, { stdio: 'inherit' }));
  const stop = () => children.forEach((child) => child.kill('SIGTERM'));
  signal.addEventListener('abort', stop);
  const ends = children.map((child) => new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1))));
  const first = await Promise.race(ends);
  stop();
  await Promise.all(ends);
  return signal.aborted ? 130 : first;
});
