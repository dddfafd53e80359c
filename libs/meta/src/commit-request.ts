import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

interface Request {
  method: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

/**
 * A request that the customer sees something of. `committing` is awaited when the connection stands; in the same breath the
 * whole request leaves, so that whoever was put to sleep in between wakes up before and not after the question whether it may
 * still leave. `fetch` asks for the body before it connects. Rejects as `fetch` does, and with what `committing` rejects with.
 */
export function requestOnce(
  url: string,
  { method, headers, body = '', timeoutMs }: Request,
  committing: () => Promise<void>,
): Promise<Response> {
  const { request: open } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = open(url, { method, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } });
    const late = setTimeout(() => request.destroy(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
    request.once('close', () => clearTimeout(late));
    request.once('error', (cause) => reject(cause.name === 'TimeoutError' ? cause : new TypeError('fetch failed', { cause })));
    request.once('response', (response) => void read(response).then(resolve, reject));
    request.once('socket', (socket) => {
      const refuse = (error: Error) => {
        reject(error);
        request.destroy();
      };
      connected(socket, () => void committing().then(() => request.end(body), refuse));
    });
  });
}

/** One that was used before stands already. */
function connected(socket: Socket, then: () => void): void {
  if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', then);
  else then();
}

async function read(response: http.IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) headers.set(name, [value ?? ''].flat().join(', '));
  return new Response(Buffer.concat(chunks), { status: response.statusCode, headers });
}
