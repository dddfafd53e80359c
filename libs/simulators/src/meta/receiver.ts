import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One POST as it came. */
export interface Received {
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

/** How the receiver answers a POST: with a status, by breaking the connection, or after so many ms. */
export type Answering = number | 'reset' | { afterMs: number };

/** The smallest app there could be: agrees to every handshake, keeps what it gets, and answers as told, then with 200. */
export interface Receiver {
  url: string;
  received: Received[];
  answers: Answering[];
  /** All elements of all lists of all entries, in the order they came. */
  events(): Record<string, unknown>[];
  stop(): void;
}

/** Starts a receiver on a free loopback port. */
export async function startReceiver(...answers: Answering[]): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end(new URL(request.url!, 'http://app').searchParams.get('hub.challenge'));
    void text(request).then((body) => {
      received.push({ body, headers: request.headers });
      const how = answers.shift() ?? 200;
      if (how === 'reset') request.socket.destroy();
      else if (typeof how === 'number') response.writeHead(how).end();
      else setTimeout(() => response.writeHead(200).end(), how.afterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers,
    events: () => received.flatMap(({ body }) => elements(JSON.parse(body))),
    stop: () => void server.close().closeAllConnections(),
  };
}

type Entry = Partial<Record<'messaging' | 'standby' | 'changes', Record<string, unknown>[]>>;

function elements(body: unknown): Record<string, unknown>[] {
  const bodies = (Array.isArray(body) ? body : [body]) as { entry: Entry[] }[];
  return bodies
    .flatMap(({ entry }) => entry)
    .flatMap(({ messaging = [], standby = [], changes = [] }) => [...messaging, ...standby, ...changes]);
}
