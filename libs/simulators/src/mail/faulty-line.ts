import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server that can be made to fail as lines do. */
export interface FaultyLine {
  host: string;
  port: number;
  /** How many connections stand now, and how many stood at the same time at most. */
  open(): number;
  peak(): number;
  /** Everything that clients said, as text. */
  said(): string;
  /** Hangs up on everybody once the server has sent so many more bytes. */
  dropAfter(bytes: number): void;
  /** From now on nothing gets through in either direction, while connections seem to stand: a dead NAT entry. */
  stall(): void;
  /** From now on the server seems to say one thing for another of the same length, wherever a packet holds it whole. */
  garble(said: string, heard: string): void;
  /** Lets the bytes through again, also those held back. */
  resume(): void;
  stop(): Promise<void>;
}

/** Listens on the loopback interface and passes every byte on to a server. */
export async function startFaultyLine(to: { host: string; port: number }): Promise<FaultyLine> {
  const pairs = new Set<[Socket, Socket]>();
  const state = { peak: 0, said: '', left: Infinity, stalled: false, garbled: null as [string, string] | null };
  const hangUp = () => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy()));

  /** Reads no faster than the other side takes it. */
  function pass(chunk: Buffer, from: Socket, to: Socket): void {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => state.stalled || from.resume());
  }

  function garble(chunk: Buffer): Buffer {
    return state.garbled ? Buffer.from(chunk.toString('latin1').replaceAll(...state.garbled), 'latin1') : chunk;
  }

  function carry(client: Socket, server: Socket): void {
    client.on('data', (chunk: Buffer) => {
      state.said += chunk.toString('latin1');
      pass(chunk, client, server);
    });
    server.on('data', (chunk: Buffer) => {
      pass(garble(chunk).subarray(0, state.left), server, client);
      state.left -= chunk.length;
      if (state.left > 0) return;
      state.left = Infinity;
      client.end(hangUp);
    });
  }

  const listener = createServer((client) => {
    const server = connect(to.port, to.host);
    const pair: [Socket, Socket] = [client, server];
    pairs.add(pair);
    state.peak = Math.max(state.peak, pairs.size);
    carry(client, server);
    for (const socket of pair) {
      if (state.stalled) socket.pause();
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        pairs.delete(pair);
        pair.forEach((other) => other.destroy());
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    open: () => pairs.size,
    peak: () => state.peak,
    said: () => state.said,
    dropAfter: (bytes) => void (state.left = bytes),
    garble: (said, heard) => void (state.garbled = [said, heard]),
    stall() {
      state.stalled = true;
      pairs.forEach((pair) => pair.forEach((socket) => socket.pause()));
    },
    resume() {
      state.stalled = false;
      pairs.forEach((pair) => pair.forEach((socket) => socket.resume()));
    },
    async stop() {
      listener.close();
      hangUp();
      await once(listener, 'close');
    },
  };
}
