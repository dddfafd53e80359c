import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { hosts, type GraphCall } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { RawAnswer } from './raw-answer.js';

/** Thrown by an answerer to leave the usual road: drop the connection, never answer, or answer something that is not Graph's. */
export class OddAnswer extends Error {
  constructor(
    readonly how: 'drop' | 'hang' | { status: number; contentType: string; body: string | Buffer; headers?: Record<string, string> },
  ) {
    super('an odd answer');
  }
}

export interface GraphServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Serves both Graph hosts on one loopback port. The host is told by the Host header or by a first path part
 * (`/graph.facebook.com/v26.0/…`); without either, by the token.
 */
export async function startGraphServer(
  port: number,
  now: () => number,
  answer: (call: GraphCall) => Promise<unknown>,
  refusal: (error: GraphError) => unknown,
): Promise<GraphServer> {
  const server = createServer((request, response) => void serve(request, response));
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Date', new Date(now()).toUTCString());
    const headers: Record<string, string> = {};
    try {
      const answered = await answer(await readCall(request, headers));
      if (answered instanceof RawAnswer) raw(response, answered, headers);
      else json(response, 200, answered, headers);
    } catch (error) {
      if (error instanceof OddAnswer) oddly(response, error.how);
      else if (error instanceof GraphError) json(response, error.status, refusal(error), headers);
      else json(response, 500, refusal(new GraphError(1, String(error), undefined, 500)));
    }
  };
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function readCall(request: IncomingMessage, answerHeaders: Record<string, string>): Promise<GraphCall> {
  const url = new URL(request.url ?? '/', 'http://graph');
  const prefix = hosts.find((host) => url.pathname.startsWith(`/${host}/`));
  const raw = await buffer(request);
  const body = parseBody(raw.toString(), request.headers['content-type'] ?? '');
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return {
    method: request.method ?? 'GET',
    path: prefix ? url.pathname.slice(prefix.length + 1) : url.pathname,
    host: prefix ?? hosts.find((host) => request.headers.host?.split(':')[0] === host) ?? null,
    headers: request.headers,
    query: url.searchParams,
    token: bearer ?? url.searchParams.get('access_token') ?? (body.access_token as string | undefined),
    body,
    raw,
    answerHeaders,
  };
}

/** JSON, or a form whose compound fields are JSON. */
function parseBody(text: string, contentType: string): Record<string, unknown> {
  if (!text || contentType.includes('multipart/')) return {};
  if (!contentType.includes('urlencoded')) return parsed(text) as Record<string, unknown>;
  return Object.fromEntries([...new URLSearchParams(text)].map(([key, value]) => [key, /^[[{]/.test(value) ? parsed(value) : value]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError(100, 'Request body is not valid JSON');
  }
}

function oddly(response: ServerResponse, how: OddAnswer['how']): void {
  if (how === 'drop') response.socket?.destroy();
  else if (how !== 'hang') response.writeHead(how.status, { 'Content-Type': how.contentType, ...how.headers }).end(how.body);
}

function raw(response: ServerResponse, { status, headers, body }: RawAnswer, more: Record<string, string>): void {
  response.writeHead(status, { ...more, ...headers });
  if (body instanceof Readable) body.on('error', () => response.destroy()).pipe(response);
  else response.end(body);
}

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=UTF-8', ...headers }).end(JSON.stringify(body));
}
