import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/**
 * A loopback port that nobody listens on at the moment. Below those that systems give to outgoing connections, or one of these
 * could take it before its server does.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
