import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endsWithin } from '../patience.js';

/** Longer than load balancers keep an idle connection: who closes second cannot be surprised by it. */
const keepAliveMs = 72_000;

/** The port. It is open from the first moment to the last; who answers behind it changes. */
export class FrontDoor {
  private readonly underWay = new Set<ServerResponse>();
  private closing = false;
  private next?: RequestListener;

  readonly server = createServer((request, response) => {
    this.underWay.add(response);
    response.once('close', () => this.underWay.delete(response));
    if (this.closing) response.shouldKeepAlive = false;
    this.answer(request, response);
  });

  private constructor(private answer: RequestListener) {
    this.server.keepAliveTimeout = keepAliveMs;
    // A large file over a thin line takes its time; silence is what the other limits are for.
    this.server.requestTimeout = 0;
  }

  /** Listens. Throws the system's own error when the port cannot be had. */
  static async open(port: number, host: string, answer: RequestListener): Promise<FrontDoor> {
    const door = new FrontDoor(answer);
    door.server.listen(port, host);
    await once(door.server, 'listening');
    return door;
  }

  /** Where it listens, as a browser on this machine reaches it. */
  get url(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
    return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
  }

  /** Takes note of who will answer once {@link leadIn} says so; for a framework that wants a server to be made. */
  prepare(answer: RequestListener): Server {
    this.server.removeAllListeners('clientError'); // Of one that was prepared before and came to nothing.
    this.next = answer;
    return this.server;
  }

  /** From the next request on the one who is prepared answers. */
  leadIn(): void {
    if (this.next) this.answer = this.next;
  }

  /** Lets nobody in any more; what is under way may end within the time, then it is cut off. */
  async close(patienceMs: number): Promise<void> {
    this.closing = true;
    for (const response of this.underWay) response.shouldKeepAlive = false;
    const gone = new Promise((resolve) => this.server.close(resolve));
    if (await endsWithin(patienceMs, gone)) return;
    this.server.closeAllConnections();
    await gone;
  }
}
