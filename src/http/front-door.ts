import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createLine, type Server as Line } from 'node:net';
import { endsWithin } from '../patience.js';

/** Longer than load balancers keep an idle connection: who closes second cannot be surprised by it. */
const keepAliveMs = 72_000;

/** The port. It is open from the first moment to the last; who answers behind it changes. */
export class FrontDoor {
  private readonly underWay = new Set<ServerResponse>();
  private readonly sideLines: Line[] = [];
  private lastCall = false;
  private next?: RequestListener;

  readonly server = createServer((request, response) => {
    this.underWay.add(response);
    response.once('close', () => this.underWay.delete(response));
    if (this.lastCall) response.shouldKeepAlive = false;
    this.answer(request, response);
  });

  private constructor(private answer: RequestListener) {
    this.server.keepAliveTimeout = keepAliveMs;
    // A large file over a thin line takes its time; silence is what the other limits are for.
    this.server.requestTimeout = 0;
  }

  /** Listens. Throws the system's own error when the port cannot be had. */
  static async open(port: number, host: string, answer: RequestListener): Promise<FrontDoor> {
    const [first, ...others] = await addressesOf(host);
    const door = new FrontDoor(answer);
    await listening(door.server, port, first!);
    try {
      for (const address of others) await door.listenOn(address);
    } catch (error) {
      await door.close(0);
      throw error;
    }
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

  /** Still lets everybody in, and asks each to come on another line next time: nobody is surprised when this one closes. */
  announceEnd(): void {
    this.lastCall = true;
    for (const response of this.underWay) response.shouldKeepAlive = false;
  }

  /** Lets nobody in any more; what is under way may end within the time, then it is cut off. */
  async close(patienceMs: number): Promise<void> {
    this.announceEnd();
    const closed = (line: Line) => new Promise((resolve) => line.close(resolve));
    const gone = Promise.all([this.server, ...this.sideLines].map(closed));
    if (await endsWithin(patienceMs, gone)) return;
    this.server.closeAllConnections();
    await gone;
  }
  /** The same port at a further address, where the machine has that. */
  private async listenOn(address: string): Promise<void> {
    const line = createLine((socket) => this.server.emit('connection', socket));
    try {
      await listening(line, (this.server.address() as AddressInfo).port, address);
      this.sideLines.push(line);
    } catch (error) {
      if (!/^(EADDRNOTAVAIL|EAFNOSUPPORT)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

/** `localhost` is 127.0.0.1 and ::1, and browsers take either. */
async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host];
  const found = (await lookup(host, { all: true })).map(({ address }) => address);
  // The older one first: no machine is without it.
  return [...new Set(found)].sort((one, other) => Number(one.includes(':')) - Number(other.includes(':')));
}

async function listening(line: Line, port: number, address: string): Promise<void> {
  line.listen(port, address);
  await once(line, 'listening');
}
