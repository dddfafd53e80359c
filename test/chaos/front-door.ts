import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { freePort } from '../servers/free-port.mjs';

/** What stands before several APIs: each request goes to one of them in turn, and to the next where nobody listens. */
export class FrontDoor {
  private turn = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(urls: string[]): Promise<FrontDoor> {
    const server = createServer();
    const port = await freePort();
    const door = new FrontDoor(server, `http://127.0.0.1:${port}`);
    server.on('request', (incoming, answer) => door.pass(incoming, answer, door.inTurn(urls)));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return door;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private inTurn(urls: string[]): string[] {
    const first = this.turn++ % urls.length;
    return [...urls.slice(first), ...urls.slice(0, first)];
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse, [url, ...others]: string[]): void {
    if (!url) return void answer.writeHead(503).end();
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url!, url), { method, headers, agent: false }, (reply) => {
      answer.writeHead(reply.statusCode!, reply.headers);
      reply.on('error', () => answer.destroy()).pipe(answer);
    });
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.pass(incoming, answer, others);
      else answer.destroy();
    });
    // Not sooner: what was piped into a line that never stood is lost for the next.
    onward.on('socket', (socket) => socket.once('connect', () => incoming.pipe(onward)));
  }
}
