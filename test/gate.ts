import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { freePort } from './servers/free-port.mjs';

/** Stands before a server and can be shut: then the server is out of reach, while others go on using it. */
export class Gate {
  private server?: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly port: number,
  ) {}

  /** Opens a gate before the server that a URL names. */
  static async before(url: string): Promise<Gate> {
    const gate = new Gate(new URL(url), await freePort());
    await gate.open();
    return gate;
  }

  /** The same URL, through the gate. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async open(): Promise<void> {
    this.server = createServer((caller) => this.join(caller)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.server!.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(caller: Socket): void {
    const server = new Socket().connect(Number(this.target.port), this.target.hostname);
    const pair = [caller, server] as const;
    for (const socket of pair) {
      this.sockets.add(socket);
      // Whoever is cut off must not take the other's words for an answer.
      socket.on('error', () => pair.forEach((one) => one.destroy()));
      socket.on('close', () => {
        this.sockets.delete(socket);
        pair.forEach((one) => one.destroy());
      });
    }
    caller.pipe(server).pipe(caller);
  }
}
